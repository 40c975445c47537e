import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { at, written } = folderOf('flags-aside')
const quick = words`--steps 1 --hidden 8,8 --candidates 1 --engine simd --threads 1 --recipe table`
const people = written(
  'people.csv',
  `age,town\n${Array.from({ length: 40 }, (_, i) => `${20 + ((i * 7) % 11)},town ${i % 3}`).join('\n')}\n`,
)
const rowsOf = (run: string, file: string) =>
  readFileSync(at(run, file), 'utf8').trimEnd().split('\n').length - 1

it('train keeps rows aside, as --holdout and --validation say, and suggests the report on them', async () => {
  const { stderr } = await succeeds`train --dataset ${people} ${quick} --out ${at('default')}`
  expect([rowsOf('default', 'train.csv'), rowsOf('default', 'holdout.csv')]).toEqual([32, 8])
  expect(existsSync(at('default', 'validation.csv'))).toBe(false)
  expect(stderr).toContain(`or: moonstep report ${at('default')}\n`)
  await succeeds`train --dataset ${people} --holdout 0.1 --validation 0.3 ${quick} --out ${at('stated')}`
  expect(['train', 'holdout', 'validation'].map((file) => rowsOf('stated', `${file}.csv`))).toEqual([
    24, 4, 12,
  ])
  const none = await succeeds`train --dataset ${people} --holdout 0 ${quick} --out ${at('none')}`
  expect(readdirSync(at('none')).filter((file) => /train|holdout|validation/.test(file))).toEqual([])
  expect(none.stderr).not.toContain('moonstep report')
  await refuses(
    ['report', at('none')],
    /has no holdout\.csv.*: moonstep train --dataset people\.csv --out runs\//,
  )
})

it('train --resume takes the shares of the run, and no other', async () => {
  const run = at('resumed')
  await succeeds`train --dataset ${people} --holdout 0.15 ${quick} --out ${run}`
  await succeeds`train --resume --holdout 0.15 --validation 0 --steps 2 --out ${run}`
  for (const [option, share, recorded] of [
    ['holdout', '0.2', '0.15'],
    ['validation', '0.2', '0'],
  ] as const)
    await refuses(
      ['train', '--resume', `--${option}`, share, '--out', run],
      `whose ${option} is ${recorded}, not ${share}: leave the option out`,
    )
})

it('train refuses a share that leaves no rows to train on', async () => {
  await refuses(
    ['train', '--dataset', people, '--validation', '0.9', '--holdout', '0.1', ...quick, '--out', at('never')],
    /--holdout 0\.1, which sets aside 4 of the 40 rows/,
  )
  await refuses(
    ['train', '--validation', '1', '--out', at('never')],
    /--validation 1: give a share from 0 to 0\.9|--validation 1/,
  )
  expect(existsSync(at('never'))).toBe(false)
})
