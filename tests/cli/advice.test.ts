import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withoutKinds } from '../../src/cli/command.ts'
import { refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'

const { at, written } = folderOf('advice')
const quick = words`--steps 1 --hidden 8,8 --candidates 1 --engine simd --threads 1`
const lines = (head: string, count: number, row: (i: number) => string) =>
  `${head}\n${Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('')}`
const people = written(
  'people.csv',
  lines('email,age', 80, (i) => `p${i}@example.org,${20 + ((i * 7) % 11)}`),
)

describe('names that single people out', () => {
  it('are refused with the flags that help', async () => {
    await refuses(
      [
        'train',
        '--dataset',
        people,
        '--types',
        'email=category',
        '--holdout',
        '0',
        ...quick,
        '--out',
        at('refused'),
      ],
      /of 80 values of email, 80 occur in one training row only, .*: leave the column out \(--drop\), merge rare values \(--min-category\), or allow them \(--allow-rare-names\)\n$/,
    )
    expect(existsSync(at('refused'))).toBe(false)
  })

  it('are said at the end of a training that learns them, by info, and in config.json', async () => {
    const options = words`--types email=category --allow-rare-names --holdout 0 ${quick}`
    const { stderr } = await succeeds`train --dataset ${people} ${options} --out ${at('allowed')}`
    const said = stderr.trim().split('\n').at(-2)
    expect(said).toBe(
      'warning: of 80 values of email, 80 occur in one training row only: samples and the model file hold these values, which single people out',
    )
    await succeeds`export ${at('allowed')} --out ${at('allowed.onnx')}`
    const { stdout } = await succeeds`info ${at('allowed.onnx')}`
    expect(stdout).toMatch(/^rare names +of 80 values of email, 80 occur in one training row only$/m)
  })
})

describe('a column that is left out', () => {
  it('stands with its reason in config.json, on the card and in info, without any of its cells', async () => {
    const rows = written(
      'dates.csv',
      lines('seen,remark,age', 80, (i) => `${1 + (i % 28)}/1/${1900 + i}x,,${i % 9}`),
    )
    const { stderr } = await succeeds`train --dataset ${rows} ${quick} --out ${at('left')}`
    expect(stderr).not.toContain('{ types:')
    const remark = { name: 'remark', reason: 'it has no values' }
    const config = readFileSync(at('left', 'config.json'), 'utf8')
    expect(JSON.parse(config).leftOut).toContainEqual(remark)
    expect(config).not.toContain('1/1/1900')
    await succeeds`export ${at('left')} --out ${at('left.onnx')}`
    const { stdout } = await succeeds`info ${at('left.onnx')}`
    expect(stdout).toMatch(/^ *remark: it has no values|^left out +remark: it has no values/m)
    const { card } = JSON.parse((await succeeds`info ${at('left.onnx')} --json`).stdout)
    expect(card.leftOut).toContainEqual(remark)
  })
})

describe('advice to give a column a kind', () => {
  const to = (kind: string) => `{ types: { zip: '${kind}' } }`

  it.each([
    [
      `'1,2' may be two: say it with ${to('number:1,234.5')} or ${to('number:1.234,5')}, or write numbers as 1234.5`,
      "'1,2' may be two: write numbers as 1234.5",
    ],
    [`007 loses its zeros: ${to('category')} keeps them`, '007 loses its zeros'],
    [`x is left out, an id; ${to('integer')} keeps it`, 'x is left out, an id'],
    [`x: left out, an id (${to('integer')} keeps it)`, 'x: left out, an id'],
    ['a line without advice: leave `drop` as it is', 'a line without advice: leave `drop` as it is'],
  ])('is left out of a line of a command that has no --types: %s', (said, without) => {
    expect(withoutKinds(said)).toBe(without)
  })

  it('is in the flags of train, and not in those of evaluate, which has no --types', async () => {
    const zips = written(
      'zips.csv',
      lines('zip,age', 60, (i) => `0${100 + ((i * 37) % 45)},${i % 9}`),
    )
    const trained = await succeeds`train --dataset ${zips} ${quick} --out ${at('zips')}`
    expect(trained.stderr).toContain('--types zip=category')
    const { stderr } = await succeeds`evaluate ${zips} --against ${zips}`
    expect(stderr).toContain('column zip: numbers such as')
    for (const text of ['--types', '{ types', '`types`']) expect(stderr).not.toContain(text)
  })
})

describe('a mistake in a call is answered by its cause', () => {
  it('a table in place of a model', async () => {
    await refuses(
      ['sample', people],
      `moonstep: ${people} is a table, not a model: moonstep train --dataset ${people} --out runs/people trains one from it\n`,
    )
    await refuses(['info', people], /is a table, not a model/)
  })

  it('a holdout of too few rows, by the dataset', async () => {
    const few = written('few.csv', 'a,b\n1,2\n3,4\n5,6\n')
    await refuses(
      ['train', '--dataset', few, '--holdout', '0.8', '--out', at('few')],
      /--holdout 0\.8, which sets aside 2 of the 3 rows of .*few\.csv: give a share/,
    )
  })

  it('train without --dataset, whose example is named', async () => {
    const { stderr } =
      await succeeds`train --rows 50 --hidden 8 --steps 1 --engine simd --threads 1 --out ${at('example')}`
    expect(stderr).toMatch(
      /^no --dataset: this trains on two-moons, a built-in example; --dataset FILE trains on your table\n/,
    )
    const named =
      await succeeds`train --dataset two-moons --rows 50 --hidden 8 --steps 1 --engine simd --threads 1 --out ${at('named')}`
    expect(named.stderr).not.toContain('no --dataset')
    expect(readFileSync(at('named', 'config.json'))).toEqual(readFileSync(at('example', 'config.json')))
  })
})

describe('a folder that a path needs and that is not there', () => {
  it('is made outside the working folder in a line that says so', async () => {
    const { stderr } =
      await succeeds`sample models/two-moons-seed/model.onnx -n 2 --out ${at('a', 'b', 's.csv')}`
    expect(stderr).toContain(`made the folder ${at('a', 'b')}\n`)
    const again = await succeeds`sample models/two-moons-seed/model.onnx -n 2 --out ${at('a', 'b', 's.csv')}`
    expect(again.stderr).not.toContain('made the folder')
  })

  it('is not made, nor named, by a command that is refused', async () => {
    await refuses(['train', '--dataset', 'two-mons', '--out', at('c', 'run')], 'did you mean two-moons')
    expect(existsSync(at('c'))).toBe(false)
  })
})
