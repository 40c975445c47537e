import { describe, expect, it } from 'vitest'
import { requirementsOf } from '../../../src/model/requirements.ts'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import type { Encoding } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { boundsOf } from '../../../src/table/rules/column-range.ts'
import { combinationsOf } from '../../../src/table/rules/unique.ts'
import { type Column, tableOfPoints } from '../../../src/table/table.ts'
import { expectRefused } from '../../helpers/refusals.ts'

// three rows of each year
const count = 501
const drawn = uniforms({ seed: 2, stream: streams.datasets, step: 61, start: 0, count, dim: 3 })
const day = 86_400_000

const columns: readonly Column[] = [
  { name: 'team', kind: 'category', categories: ['a', 'b', 'c'] },
  { name: 'year', kind: 'integer' },
  { name: 'price', kind: 'number' },
  { name: 'born', kind: 'date', form: 'YYYY-MM-DD' },
  { name: 'size', kind: 'number' },
  { name: 'weight', kind: 'number' },
  { name: 'noise', kind: 'number' },
]

const cells = Array.from({ length: count }, (_, i) => {
  const [u, v, w] = drawn.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number]
  return [
    i % 3,
    2000 + Math.floor(i / 3),
    Math.round(1e6 * u) / 100,
    (10_000 + Math.floor(5000 * v)) * day,
    [0.5, 1.5, 2.5][Math.floor(3 * w)]!,
    5,
    Math.sqrt(u * v),
  ]
})
const encodingWith = (rules: readonly string[]): Encoding =>
  fitTable(
    { ...tableOfPoints(columns, { data: Float64Array.from(cells.flat()), count, dim: columns.length }) },
    { rules },
  )

const combined = (rule: string) => {
  const encoding = encodingWith([rule])
  const [unique] = encoding.rules!
  return combinationsOf(unique as Parameters<typeof combinationsOf>[0], encoding.columns)
}

/** The ends that a card has of a column: the means of three rows, as cells of the column. */
function endsOf(own: readonly number[], d: number): [number, number] {
  const sorted = own.toSorted((a, b) => a - b)
  const unit = columns[d]!.kind === 'date' ? day : 0.01
  const end = (three: readonly number[]) => {
    const mean = three.reduce((sum, x) => sum + x, 0) / 3
    return unit < 1 ? Math.round(mean / unit) / (1 / unit) : Math.round(mean / unit) * unit
  }
  return [end(sorted.slice(0, 3)), end(sorted.slice(-3))]
}

describe('unique cells', () => {
  it.each([
    ['unique(team, year)', 3 * 167],
    ['unique(team, size)', 9],
    ['unique(price)', undefined],
    ['unique(born)', undefined],
    ['unique(weight, team)', 3],
  ])('of %s are all their combinations, each once', (rule, expected) => {
    // rows of one team and size, or of one price, may repeat
    const encoding = encodingWith([])
    const names = /\((.*)\)/.exec(rule)![1]!.split(', ')
    const all = combinationsOf({ kind: 'unique', columns: names }, encoding.columns)
    if (expected !== undefined) expect(all.count).toBe(expected)
    const made = Array.from({ length: Math.min(all.count, 20_000) }, (_, k) => all.cells(k).join())
    expect(new Set(made).size).toBe(made.length)
    const of = names.map((name) => columns.findIndex((column) => column.name === name))
    for (const [k, d] of of.entries()) {
      const own = cells.map((row) => row[d]!)
      const [first, last] = [all.cells(0)[k]!, all.cells(all.count - 1)[k]!]
      expect([first, last]).toEqual(endsOf(own, d))
    }
  })

  it('have the decimals of the rows, and whole days', () => {
    const encoding = encodingWith([])
    const prices = combinationsOf({ kind: 'unique', columns: ['price'] }, encoding.columns)
    const days = combinationsOf({ kind: 'unique', columns: ['born'] }, encoding.columns)
    for (let k = 0; k < 5000; k += 7) {
      const price = prices.cells(k)[0]!
      expect(price).toBe(Number(price.toFixed(2)))
    }
    const born = cells.map((row) => row[3]!)
    const [first, last] = endsOf(born, 3)
    expect(days.count).toBe((last - first) / day + 1)
    expect(days.cells(1)[0]! - days.cells(0)[0]!).toBe(day)
  })

  it('are a permutation of them by the row, another for another seed, refused beyond', () => {
    const { tests, fixed } = requirementsOf(encodingWith(['unique(team, year)']), {})!
    expect(tests).toEqual([])
    const cellsOf = (seed: number, indices: number) =>
      Array.from({ length: indices }, (_, i) => fixed[0]!.cells(seed, i, 0).join())
    expect(new Set(cellsOf(1, 501)).size).toBe(501)
    expect(cellsOf(1, 50)).not.toEqual(cellsOf(2, 50))
    expect(fixed[0]!.cells(1, 7, 3)).toEqual(fixed[0]!.cells(1, 7, 0))
    expectRefused(
      () => cellsOf(1, 502),
      'rule unique(team, year): there are 501 combinations, and row 502 needs another: draw fewer rows',
    )
  })

  it('are those within the conditions of a draw, of which each row has another', () => {
    const encoding = encodingWith(['unique(team, year)'])
    const drawnOf = (known: Parameters<typeof requirementsOf>[1], rows: number) => {
      const { fixed } = requirementsOf(encoding, known)!
      return Array.from({ length: rows }, (_, i) => fixed[0]!.cells(1, i, 0))
    }
    const cells = columns.map((_, d) => Float64Array.of(d === 0 ? 1 : Number.NaN))
    const ofTeam = drawnOf({ count: 1, cells }, 167)
    expect(new Set(ofTeam.map((row) => row.join())).size).toBe(167)
    expect(ofTeam.every(([team]) => team === 1)).toBe(true)
    expectRefused(
      () => drawnOf({ count: 1, cells }, 168),
      'there are 167 combinations, and row 168 needs another',
    )
    const ranges = [
      { column: 'year', from: 2010, below: 2020 },
      { column: 'team', not: ['b'] },
    ]
    const ofYears = drawnOf({ ranges }, 20)
    expect(new Set(ofYears.map((row) => row.join())).size).toBe(20)
    expect(ofYears.every(([team, year]) => team !== 1 && year! >= 2010 && year! < 2020)).toBe(true)
    expectRefused(() => drawnOf({ ranges }, 21), 'there are 20 combinations')
    expectRefused(
      () => drawnOf({ count: 1, cells, ranges: [{ column: 'year', in: [2011] }] }, 2),
      'there is 1 combination, and row 2',
    )
    // a row with a gap is like no other
    expect(requirementsOf(encoding, { missing: new Set([1]) })).toBeUndefined()
  })

  it('are found within bounds also among more than are listed', () => {
    const prices = encodingWith([])
    const limits = (from: number, to: number) => new Map([[2, boundsOf({ from, below: to }, columns[2]!)]])
    const of = (from: number, to: number) =>
      combinationsOf({ kind: 'unique', columns: ['price'] }, prices.columns, limits(from, to))
    const some = of(5000, 5000.5)
    expect(some.count).toBe(50)
    expect([some.cells(0), some.cells(49)]).toEqual([[5000], [5000.49]])
    expect(of(1e7, 2e7).count).toBe(0)
  })

  it('are refused of columns with too many decimals, and of such as follow from others', () => {
    expectRefused(
      () => combined('unique(noise)'),
      "the cells of noise can't be numbered, as it has too many decimals: leave it out",
    )
    expectRefused(
      () => combined('unique(team)'),
      /rule unique\(team\): 498 of 501 rows of the table break it, first row 4, where team is a/,
    )
  })
})
