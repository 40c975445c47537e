import { beforeAll, describe, expect, it } from 'vitest'
import { describeConfig } from '../../src/model/description.ts'
import { noStore } from '../../src/model/run-store.ts'
import { type FloatArray, gatherRows, type Points } from '../../src/numerics/points.ts'
import { shuffled, standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import { decode } from '../../src/table/encodings/decode.ts'
import { encodeCells } from '../../src/table/encodings/encode.ts'
import {
  type Column,
  columnsAt,
  type NamedTable,
  pointsOf,
  type Table,
  tableOfPoints,
} from '../../src/table/table.ts'
import { weightSampler } from '../../src/train/live-samples.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'

const rows = 1000
const groups = ['red', 'green', 'blue']
const namesOf = (count: number) => Array.from({ length: count }, (_, k) => `name ${k}`)

/**
 * Columns with gaps, one in each encoding that may have them: a value by a uniform number and the row's group, and the
 * share of missing cells, by chance or more in some groups than in others.
 */
const gappy: readonly (readonly [
  name: string,
  Omit<Column, 'name'>,
  (u: number, group: number) => number,
  share: number,
  isByGroup: boolean,
])[] = [
  ['quantile', { kind: 'number' }, (u, group) => Math.round(1e4 * (u ** 2 + group)) / 1e3, 0.4, false],
  ['steps', { kind: 'integer' }, (u, group) => Math.floor(90 * u) + 10 * group, 0.73, true],
  ['whole category', { kind: 'integer' }, (u, group) => Math.floor(8 * u) + group, 0.1, true],
  [
    '2 names',
    { kind: 'category', categories: namesOf(2) },
    (u, group) => +(u > 0.3 + 0.2 * group),
    0.1,
    false,
  ],
  [
    '60 names',
    { kind: 'category', categories: namesOf(60) },
    (u, group) => (Math.floor(60 * u ** 2) + group) % 60,
    0.4,
    true,
  ],
]
const numbers = ['linear', 'sum', 'curve', 'product']
const first = 1 + gappy.length
const columnsOfNumbers = numbers.map((_, k) => first + k)

type Columns = Points<FloatArray>

/** A third of the rows is in each group. */
const chanceOf = (share: number, isByGroup: boolean, group: number) =>
  isByGroup ? Math.min(1, share * [0.5, 1.2, 1.3][group]!) : share

/** Rows with a group, the columns with gaps, and numbers that depend on each other. */
function tableOf(): NamedTable {
  const columns: Column[] = [
    { name: 'group', kind: 'category', categories: groups },
    ...gappy.map(([name, column]) => ({ name, ...column })),
    ...numbers.map((name): Column => ({ name, kind: 'number' })),
  ]
  const dim = columns.length
  const place = { seed: 8, stream: streams.datasets, start: 0, count: rows }
  const drawn = uniforms({ ...place, step: 9, dim: first * 2 })
  const normal = standardNormals({ ...place, step: 10, dim: 6 })
  const data = new Float64Array(rows * dim)
  for (let i = 0; i < rows; i++) {
    const u = drawn.subarray(2 * i * first, 2 * (i + 1) * first)
    const [p, q, a, b, c, d] = normal.subarray(6 * i, 6 * i + 6)
    const group = Math.floor(3 * u[0]!)
    const cells = gappy.map(([, , cellOf, share, isByGroup], k) =>
      u[first + k]! < chanceOf(share, isByGroup, group) ? Number.NaN : cellOf(u[k + 1]!, group),
    )
    const dependent = [
      p! + 0.3 * a!,
      0.8 * p! - 0.6 * q! + 0.3 * b!,
      Math.tanh(2 * p!) + 0.2 * c!,
      p! * q! + 0.3 * d!,
    ]
    data.set([group, ...cells, ...dependent], i * dim)
  }
  return { name: 'gappy', ...tableOfPoints(columns, { data, count: rows, dim }) }
}

/** The share of missing cells of a column, in the rows of a group, or in all. */
function gapShare({ columns }: Table, d: number, group?: number): number {
  const cells = columns[d]!.cells.filter((_, i) => group === undefined || columns[0]!.cells[i] === group)
  return cells.filter(Number.isNaN).length / cells.length
}

function meanDistance(a: Columns, b: Columns): number {
  let sum = 0
  for (let i = 0; i < a.count; i++)
    for (let j = 0; j < b.count; j++) {
      let square = 0
      for (let d = 0; d < a.dim; d++) square += (a.data[i * a.dim + d]! - b.data[j * a.dim + d]!) ** 2
      sum += Math.sqrt(square)
    }
  return sum / (a.count * b.count)
}

/** The energy distance as a V-statistic, which is above 0 for finite sets: Szekely and Rizzo (2013). */
const energy = (a: Columns, b: Columns) => 2 * meanDistance(a, b) - meanDistance(a, a) - meanDistance(b, b)

const pick = (points: Columns, from: number, count: number, draw: number): Columns =>
  gatherRows(points, shuffled(points.count, 99, draw).slice(from, from + count))

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!

describe('samples of a table', () => {
  const table = tableOf()
  let samples: Table

  beforeAll(async () => {
    const size = { steps: 700, hidden: [64, 64, 64] }
    const request = { dataset: table, recipe: 'table', seed: 1, ...size, onWarning: () => {} } as const
    const { config, weights } = await train(request, { engines, store: noStore })
    const description = describeConfig(config)
    const noise = (step: number | null) => ({
      seed: 3,
      stream: streams.x_T,
      step: step === null ? 0 : step + 1,
    })
    const codes = encodeCells(description.encoding, table, 'kept')
    const draw = weightSampler(description, { count: 4000, noise, codes })
    samples = decode(description.encoding, await draw(weights))
  })

  it.each(gappy.map(([name], k) => [name, k + 1] as const))('have gaps as often as the rows: %s', (_, d) => {
    // four standard errors of a share of 4000 samples are at most .032
    expect(Math.abs(gapShare(samples, d) - gapShare(table, d))).toBeLessThan(0.05)
  })

  it.each(gappy.map(([name], k) => [name, k + 1] as const))(
    'have gaps as often as the rows of each group: %s',
    (_, d) => {
      const worst = groups.map((_, group) =>
        Math.abs(gapShare(samples, d, group) - gapShare(table, d, group)),
      )
      expect(Math.max(...worst)).toBeLessThan(0.1)
    },
  )

  it('have numbers at most twice as far from the rows as halves of the rows from each other', () => {
    const [drawn, real] = [samples, table].map((of) => pointsOf(columnsAt(of, columnsOfNumbers)))
    // the same values, each column moved by another number of rows
    const moved = real!.data.map((_, k) => real!.data[(k + 4 * 17 * (k % 4)) % real!.data.length]!)
    // one pair of sets scatters as widely as what is measured: medians over nine
    const draws = Array.from({ length: 9 }, (_, draw) => draw)
    const count = 300
    const chance = median(
      draws.map((draw) => energy(pick(real!, 0, count, draw), pick(real!, count, count, draw))),
    )
    const distanceOf = (points: Columns) =>
      median(draws.map((draw) => energy(pick(points, 0, count, draw), pick(real!, 0, count, 20 + draw))))
    expect(distanceOf(drawn!)).toBeLessThanOrEqual(2 * chance)
    expect(distanceOf({ ...real!, data: moved })).toBeGreaterThan(3 * chance)
  })
})
