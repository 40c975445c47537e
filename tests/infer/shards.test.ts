import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { moonstep, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { orderTable } from '../helpers/related-tables.ts'
import { petModel, withCandidates } from '../helpers/tables.ts'

const { at, written } = folderOf('shards-of-candidates')
const [csv, json] = [at('parts/part-00001.csv'), at('parts/part-00001.json')]

/** Of 200 rows, those that are drawn again. */
const redrawn = Array.from({ length: 10 }, (_, k) => 20 * k)

const linesOf = (text: string) => text.trimEnd().split('\n')

const orders = orderTable(400)
const placeOf = (column: string) => orders.columns.findIndex(({ name }) => name === column)

/** A row of orders with other cells. */
function withCells(row: string, cells: Readonly<Record<string, string>>): string {
  const changed = row.split(',')
  for (const [column, cell] of Object.entries(cells)) changed[placeOf(column)] = cell
  return changed.join(',')
}

/** A cell of a row of orders, moved by steps of its column's grid. */
function moved(row: string, column: string, steps: number): string {
  const cell = row.split(',')[placeOf(column)]!
  if (column !== 'ordered')
    return String((Math.round(100 * Number(cell)) + steps * (column === 'tax' ? 1 : 100)) / 100)
  return new Date(Date.parse(cell) + steps * 86_400_000).toISOString().slice(0, 10)
}

/** Cells in place of a row's, each of which rounding may flip: a price, a date, a whole number of a list, a name, a gap. */
function flipsOf(row: string): Record<string, string>[] {
  const [days, shop] = ['days', 'shop'].map((column) => row.split(',')[placeOf(column)])
  return [
    { tax: moved(row, 'tax', 1) },
    { ordered: moved(row, 'ordered', -1) },
    { minute: moved(row, 'minute', Number(row.split(',')[placeOf('minute')]) < 30 ? 1 : -1) },
    { shop: shop === 'a' ? 'b' : 'a' },
    ...(days === '' ? [] : [{ days: '' }]),
  ]
}

/** A row of orders whose net is more. */
function dearer(row: string, by: number): string {
  const [net, ...rest] = row.split(',')
  return [(Number(net) + by).toFixed(2), ...rest].join(',')
}

describe('a part of a model with candidates, drawn elsewhere,', () => {
  let manifest: { processor: string; file: object }
  let head: string
  /** The part's rows; the first candidate of each; other choices among the candidates; rows of another seed. */
  let [right, first, even, strange]: [string[], string[], string[], string[]] = [[], [], [], []]
  /** Redrawn rows of which `first` has another candidate, and `even` neither of these two. */
  let [ofFirst, ofEven]: [number[], number[]] = [[], []]

  beforeAll(async () => {
    const { config, weights } = await withCandidates(orders, 4)
    const { candidates, ...single } = config
    const model = written('model.onnx', await exportNoisePredictor({ config, weights }))
    const ofOne = written('one.onnx', await exportNoisePredictor({ config: single, weights }))
    const blind = { ...config, candidates: { ...candidates!, trees: ['0'] } }
    const ofEach = written('even.onnx', await exportNoisePredictor({ config: blind, weights }))
    const rowsOf = async (path: string, seed: string) =>
      linesOf((await succeeds`sample ${path} --from 300 -n 200 --seed ${seed}`).stdout).slice(1)
    await succeeds`sample ${model} --from 300 -n 200 --seed 4 --shard 1/1 --out ${at('parts')}`
    ;[head, ...right] = linesOf(readFileSync(csv, 'utf8')) as [string, ...string[]]
    manifest = JSON.parse(readFileSync(json, 'utf8'))
    first = await rowsOf(ofOne, '4')
    even = await rowsOf(ofEach, '4')
    strange = await rowsOf(model, '5')
    ofFirst = redrawn.filter((i) => first[i] !== right[i])
    ofEven = redrawn.filter((i) => even[i] !== right[i] && even[i] !== first[i])
  })

  const verify = async (rows: readonly string[], processor = 'another') => {
    writeFileSync(csv, `${[head, ...rows].join('\n')}\n`)
    const sha256 = createHash('sha256').update(readFileSync(csv)).digest('hex')
    writeFileSync(json, JSON.stringify({ ...manifest, processor, file: { ...manifest.file, sha256 } }))
    const { status, stdout, stderr } =
      await moonstep`shards verify ${at('parts')} --model ${at('model.onnx')} --json`
    return { status, stderr, ...JSON.parse(stdout) }
  }

  it('may have another candidate in a row, which is counted', async () => {
    expect(await verify(right)).toMatchObject({ status: 0, redrawn: { samples: 10, otherCandidates: 0 } })
    for (const [rows, i] of [
      [first, ofFirst[0]!],
      [even, ofEven[0]!],
    ] as const)
      expect(await verify(right.with(i, rows[i]!))).toMatchObject({
        status: 0,
        stderr: '10 samples drawn again: the same, but for rounding: 1 row is another candidate\n',
        redrawn: { samples: 10, worst: 0, cells: 120, flips: 0, otherCandidates: 1 },
        problems: [],
      })
  })

  it('may not have it if this processor drew the part', async () => {
    const i = ofFirst[1]!
    expect(await verify(right.with(i, first[i]!), manifest.processor)).toMatchObject({
      status: 1,
      redrawn: { otherCandidates: 0 },
      problems: [expect.stringContaining(`is not what the model draws, as row ${i + 1} shows: `)],
    })
  })

  it('may not have other candidates in more rows', async () => {
    const [i, j] = ofFirst as [number, number]
    for (const [rows, count] of [
      [right.with(i, first[i]!).with(j, first[j]!), 2],
      [first, ofFirst.length],
    ] as const)
      expect(await verify(rows)).toMatchObject({
        status: 1,
        redrawn: { worst: 0, flips: 0, otherCandidates: count },
        problems: [
          `part-00001.csv is not what the model draws, as row ${i + 1} shows: ${count} of 10 rows are another of their candidates, and rounding explains at most 1`,
        ],
      })
  })

  it('may not have a row of another seed, or a changed number in any candidate', async () => {
    const [i, j] = [redrawn[3]!, ofFirst[2]!]
    // a gap or a name that differs is reported before numbers
    const gapAndName = (row: string) => {
      const [days, shop] = ['days', 'shop'].map((column) => row.split(',')[placeOf(column)])
      return `${days === ''} ${shop}`
    }
    const s = redrawn.find((k) => gapAndName(strange[k]!) === gapAndName(right[k]!))!
    for (const [k, row] of [
      [s, strange[s]!],
      [i, dearer(right[i]!, 100)],
      [j, dearer(first[j]!, 100)],
    ] as const) {
      const { status, problems, redrawn } = await verify(right.with(k, row))
      expect([status, redrawn.otherCandidates]).toEqual([1, 0])
      expect(problems).toEqual([
        expect.stringContaining(
          `part-00001.csv is not what the model draws, as row ${k + 1} shows: numbers differ`,
        ),
      ])
    }
  })

  it('may have another name, a step or a gap in one cell, also in its other candidate', async () => {
    const i = ofFirst[0]!
    for (const [row, otherCandidates] of [
      [right[i]!, 0],
      [first[i]!, 1],
    ] as const)
      for (const cells of flipsOf(row))
        expect(await verify(right.with(i, withCells(row, cells))), JSON.stringify(cells)).toMatchObject({
          status: 0,
          stderr: `10 samples drawn again: the same, but for rounding: 1 of 120 cells flipped${otherCandidates ? ', 1 row is another candidate' : ''}\n`,
          redrawn: { worst: 0, cells: 120, flips: 1, otherCandidates },
          problems: [],
        })
  })

  it('may not have that if this processor drew the part', async () => {
    const i = redrawn[3]!
    for (const cells of flipsOf(right[i]!))
      expect(
        await verify(right.with(i, withCells(right[i]!, cells)), manifest.processor),
        JSON.stringify(cells),
      ).toMatchObject({
        status: 1,
        problems: [
          `part-00001.csv is not what the model draws, as row ${i + 1} shows: 1 of 120 cells flipped, and rounding explains none, as this processor drew the part`,
        ],
      })
  })

  it('may not have it in more cells, of one row or of two', async () => {
    const [i, j] = [redrawn[3]!, redrawn[5]!]
    const [one, another] = flipsOf(right[i]!) as [Record<string, string>, Record<string, string>]
    const other = flipsOf(right[j]!)[1]!
    for (const rows of [
      right.with(i, withCells(right[i]!, one)).with(j, withCells(right[j]!, other)),
      right.with(i, withCells(right[i]!, { ...one, ...another })),
    ])
      expect(await verify(rows)).toMatchObject({
        status: 1,
        redrawn: { worst: 0, flips: 2 },
        problems: [
          `part-00001.csv is not what the model draws, as row ${i + 1} shows: 2 of 120 cells flipped, and rounding explains at most 1`,
        ],
      })
  })

  it('may not have a number, a date or a value beyond a step, or an impossible gap', async () => {
    const i = redrawn[3]!
    const beyond = (column: string, steps: number) => ({ [column]: moved(right[i]!, column, steps) })
    for (const [cells, problem] of [
      [beyond('tax', 2), /numbers differ by up to 0\.0002\d of their range/],
      [beyond('ordered', 2), /numbers differ by up to 0\.00\d+ of their range/],
      [beyond('minute', 2), /numbers differ by up to 0\.03\d of their range/],
      [{ tax: '' }, /it has a missing value or a name that rounding does not explain/],
    ] as const) {
      const { status, problems } = await verify(right.with(i, withCells(right[i]!, cells)))
      expect([status, problems], JSON.stringify(cells)).toEqual([1, [expect.stringMatching(problem)]])
      expect(problems[0]).toContain(`as row ${i + 1} shows`)
    }
  })

  it('may round a number by a share of its column, also in the other candidate', async () => {
    const [i, j] = [redrawn[3]!, ofFirst[0]!]
    const rounded = right.with(i, dearer(right[i]!, 0.01)).with(j, dearer(first[j]!, 0.01))
    expect(await verify(rounded)).toMatchObject({ status: 0, redrawn: { otherCandidates: 1 } })
  })
})

describe('parts of a model with a key', () => {
  it.each(['csv', 'jsonl', 'parquet'])('are compared by the numbers of all rows, as %s', async (format) => {
    const model = written('pets.onnx', await exportNoisePredictor(petModel()))
    for (const shard of ['1/2', '2/2'])
      await succeeds`sample ${model} -n 200 --shard ${shard} --out ${at(format)} --format ${format}`
    await succeeds`shards verify ${at(format)} --model ${model}`
  })
})

describe('a part of a model with rules, drawn elsewhere,', () => {
  const folder = () => at('ruled/part-00001')
  let [head, right, later, broken]: [string, string[], string[], string[]] = ['', [], [], []]
  const netOf = (row: string) => Number(row.split(',')[0])

  beforeAll(async () => {
    const { config, weights } = await withCandidates(orders, 2)
    const { candidates: _, ...single } = config
    const of = async (name: string, to?: number) => {
      const rules = to === undefined ? [] : [{ kind: 'range' as const, column: 'net', to }]
      const encoding = { ...config.encoding!, rules }
      return written(name, await exportNoisePredictor({ config: { ...single, encoding }, weights }))
    }
    const rowsOf = async (path: string) =>
      linesOf((await succeeds`sample ${path} -n 200 --seed 4`).stdout).slice(1)
    broken = await rowsOf(await of('free.onnx'))
    const nets = broken.map(netOf).sort((a, b) => a - b)
    // half of the rows are drawn again, and of those that are not, some elsewhere
    const ruled = await of('ruled.onnx', nets[100]!)
    later = await rowsOf(await of('stricter.onnx', nets[80]!))
    await succeeds`sample ${ruled} -n 200 --seed 4 --shard 1/1 --out ${at('ruled')}`
    ;[head, ...right] = linesOf(readFileSync(`${folder()}.csv`, 'utf8')) as [string, ...string[]]
  })

  const verify = async (rows: readonly string[]) => {
    writeFileSync(`${folder()}.csv`, `${[head, ...rows].join('\n')}\n`)
    const sha256 = createHash('sha256')
      .update(readFileSync(`${folder()}.csv`))
      .digest('hex')
    const manifest = JSON.parse(readFileSync(`${folder()}.json`, 'utf8'))
    const changed = { ...manifest, processor: 'another', file: { ...manifest.file, sha256 } }
    writeFileSync(`${folder()}.json`, JSON.stringify(changed))
    const { status, stdout } = await moonstep`shards verify ${at('ruled')} --model ${at('ruled.onnx')} --json`
    return { status, ...JSON.parse(stdout) }
  }

  it('may have a row of a further attempt, which is counted, and none that breaks a rule', async () => {
    const redrawnOtherwise = redrawn.filter((i) => later[i] !== right[i])
    expect(await verify(right)).toMatchObject({ status: 0, redrawn: { otherCandidates: 0 } })
    // rounding may take one acceptable attempt for none, not two
    const [twoFurther, i] = redrawnOtherwise as [number, number]
    expect(await verify(right.with(twoFurther, later[twoFurther]!))).toMatchObject({ status: 1 })
    expect(await verify(right.with(i, later[i]!))).toMatchObject({
      status: 0,
      redrawn: { worst: 0, flips: 0, otherCandidates: 1 },
      problems: [],
    })
    const j = redrawn.find((k) => broken[k] !== right[k])!
    expect(await verify(right.with(j, broken[j]!))).toMatchObject({
      status: 1,
      redrawn: { otherCandidates: 0 },
      problems: [expect.stringContaining(`as row ${j + 1} shows: `)],
    })
  })
})
