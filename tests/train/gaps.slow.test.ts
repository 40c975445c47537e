import { beforeAll, describe, expect, it } from 'vitest'
import { describeConfig } from '../../src/model/description.ts'
import { noStore } from '../../src/model/run-store.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { decode } from '../../src/table/encodings/encoding.ts'
import type { Column, NamedTable, Table } from '../../src/table/table.ts'
import { createSimdEngine } from '../../src/train/engines/simd/engine.ts'
import { weightSampler } from '../../src/train/live-samples.ts'
import { train } from '../../src/train/train.ts'

const rows = 2000
/** Shares of missing cells; every second one depends on the first column. */
const shares = [0.02, 0.1, 0.4, 0.73]
const groups = ['red', 'green', 'blue']

const namesOf = (count: number) => Array.from({ length: count }, (_, k) => `name ${k}`)

/** A value by a uniform number and the row's group, in each encoding that may have gaps. */
const kinds: readonly (readonly [
  encoding: string,
  Omit<Column, 'name'>,
  (u: number, group: number) => number,
])[] = [
  ['quantile', { kind: 'number' }, (u, group) => Math.round(1e4 * (u ** 2 + group)) / 1e3],
  ['steps', { kind: 'integer' }, (u, group) => Math.floor(90 * u) + 10 * group],
  ['whole category', { kind: 'integer' }, (u, group) => Math.floor(8 * u) + group],
  ['2 names', { kind: 'category', categories: namesOf(2) }, (u, group) => (u < 0.3 + 0.2 * group ? 0 : 1)],
  [
    '40 names',
    { kind: 'category', categories: namesOf(40) },
    (u, group) => (Math.floor(40 * u ** 2) + group) % 40,
  ],
  [
    '300 names',
    { kind: 'category', categories: namesOf(300) },
    (u, group) => (Math.floor(300 * u ** 3) + group) % 300,
  ],
]

/** The chance of a gap in a row of a group. */
function chanceOf(share: number, group: number): number {
  const isByGroup = shares.indexOf(share) % 2 === 1
  // a third of the rows is in each group
  return isByGroup ? Math.min(1, share * [0.5, 1.2, 1.3][group]!) : share
}

function gappyTable(): NamedTable {
  const columns: Column[] = [{ name: 'group', kind: 'category', categories: groups }]
  for (const [name, column] of kinds)
    for (const share of shares) columns.push({ name: `${name}, ${share}`, ...column })
  const dim = columns.length
  const drawn = uniforms({ seed: 8, stream: streams.datasets, step: 9, start: 0, count: rows, dim: 2 * dim })
  const data = new Float64Array(rows * dim)
  for (let i = 0; i < rows; i++) {
    const u = drawn.subarray(2 * i * dim, 2 * (i + 1) * dim)
    const group = Math.floor(3 * u[0]!)
    data[i * dim] = group
    for (let d = 1; d < dim; d++) {
      const [, , cellOf] = kinds[Math.floor((d - 1) / shares.length)]!
      const isMissing = u[dim + d]! < chanceOf(shares[(d - 1) % shares.length]!, group)
      data[i * dim + d] = isMissing ? Number.NaN : cellOf(u[d]!, group)
    }
  }
  return { name: 'gappy', columns, points: { data, count: rows, dim } }
}

/** The share of missing cells of a column, in the rows of a group, or in all. */
function gapShare({ points: { data, count, dim } }: Table, d: number, group?: number): number {
  let [missing, all] = [0, 0]
  for (let i = 0; i < count; i++) {
    if (group !== undefined && data[i * dim] !== group) continue
    all++
    if (Number.isNaN(data[i * dim + d])) missing++
  }
  return missing / all
}

describe('gaps', () => {
  const table = gappyTable()
  let samples: Table

  beforeAll(async () => {
    const engines = {
      choose: async () => 'simd' as const,
      create: async (_: string, options: Parameters<typeof createSimdEngine>[0]) =>
        createSimdEngine({ ...options, threads: 2 }),
    }
    const request = {
      dataset: table,
      recipe: 'table',
      seed: 1,
      steps: 700,
      hidden: [96, 96, 96],
      onWarning: () => {},
    }
    const { config, weights } = await train(request, { engines, store: noStore })
    const description = describeConfig(config)
    const noise = (step: number | null) => ({
      seed: 3,
      stream: streams.x_T,
      step: step === null ? 0 : step + 1,
    })
    samples = decode(description.encoding, await weightSampler(description, { count: 4000, noise })(weights))
  }, 600_000)

  it.each(table.columns.slice(1).map(({ name }, k) => [name, k + 1] as const))(
    'come back as often as in the rows: %s',
    (_, d) => {
      // four standard errors of the difference of two shares are at most .035 here
      expect(Math.abs(gapShare(samples, d) - gapShare(table, d))).toBeLessThan(0.05)
    },
  )

  it.each(table.columns.slice(1).map(({ name }, k) => [name, k + 1] as const))(
    'come back with the group that they depend on: %s',
    (_, d) => {
      const worst = groups.map((_, group) =>
        Math.abs(gapShare(samples, d, group) - gapShare(table, d, group)),
      )
      expect(Math.max(...worst)).toBeLessThan(0.1)
    },
  )
})
