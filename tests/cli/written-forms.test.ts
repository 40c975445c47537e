import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { at, written } = folderOf('written-forms')
const quick = words`--steps 2 --hidden 8,8 --candidates 1 --engine simd --threads 1`
const sales = written(
  'sales.csv',
  `when,price,kind\n${Array.from({ length: 60 }, (_, i) => `${1 + (i % 9)}/${1 + ((7 * i) % 12)}/2024,"1,${100 + ((37 * i) % 800)}",${i % 3 ? 'a' : 'b'}\n`).join('')}`,
)

it('a file whose dates and numbers may mean two things is refused with the flags that decide it', async () => {
  await refuses(
    ['train', '--dataset', sales, ...quick, '--out', at('open')],
    /sales\.csv, line 3, column when: '2\/8\/2024' may be 2 August or 8 February, and .*: say it with --types when=date:dmy or --types when=date:mdy, or write dates as 2011-12-31\n$/,
  )
  await refuses(
    ['train', '--dataset', sales, '--types', 'when=date:dmy', ...quick, '--out', at('open')],
    /line 2, column price: '1,100' may be 1100 or 1\.1, .*: say it with --types price=number:1,234\.5 or --types price=number:1\.234,5, or write numbers as 1234\.5\n$/,
  )
})

it('its model samples and completes rows in the forms of the file, and its run goes on', async () => {
  const types = 'price=integer:1,234.5,when=date:dmy'
  await succeeds`train --dataset ${sales} --types ${types} --holdout 0.4 ${quick} --out ${at('run')}`
  await succeeds`export ${at('run')} --out ${at('m.onnx')}`
  const form = /^\d\d?\/\d\d?\/2024,"1,\d{3}",[ab]$/
  const rowsIn = (name: string) => readFileSync(at(name), 'utf8').trim().split('\n').slice(1)
  await succeeds`sample ${at('m.onnx')} -n 25 --num-steps 2 --given when=3/4/2024 --out ${at('s.csv')}`
  for (const row of rowsIn('s.csv')) expect(row).toMatch(form)
  expect(rowsIn('s.csv')[0]).toMatch(/^3\/4\/2024,/)
  const gaps = written('gaps.csv', 'when,price,kind\n3/4/2024,"1,234",\n')
  await succeeds`impute ${at('m.onnx')} ${gaps} --num-steps 2 --out ${at('full.csv')}`
  expect(rowsIn('full.csv')[0]).toMatch(/^3\/4\/2024,"1,234",[ab]$/)
  // the run's own files are read again by its columns
  await succeeds`train --resume --out ${at('run')} --steps 3`
}, 60_000)
