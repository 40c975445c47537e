import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { decodeCells } from '../../../src/table/encodings/decode.ts'
import { encodeCells } from '../../../src/table/encodings/encode.ts'
import {
  cardEncoding,
  type Encoding,
  encodingOf,
  fitEncoding,
} from '../../../src/table/encodings/encoding.ts'
import { findGrain } from '../../../src/table/encodings/find-grain.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { heldByColumns } from '../../../src/table/encodings/held.ts'
import { encodingKindOf } from '../../../src/table/encodings/index.ts'
import type { Column, NamedTable } from '../../../src/table/table.ts'

const [hour, day] = [3_600_000, 86_400_000]

function tableOf(...columns: readonly (Column & { readonly cells: readonly number[] })[]): NamedTable {
  return {
    name: 'a table',
    count: columns[0]!.cells.length,
    columns: columns.map(({ cells, ...column }) => ({ ...column, cells: Float64Array.from(cells) })),
  }
}

/** Random numbers in [0, 1), always the same. */
const drawn = (count: number, step: number) =>
  uniforms({ seed: 7, stream: streams.datasets, step, start: 0, count, dim: 1 })

/** Numbers in a text that are no part of a longer one. */
function numbersIn(text: string): Set<string> {
  return new Set(text.match(/-?\d+(\.\d+)?(e[+-]?\d+)?/g))
}

/** The cells that fewer than three rows have. */
function rareIn(cells: readonly number[]): number[] {
  const counts = new Map<number, number>()
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  return [...counts].flatMap(([cell, count]) => (count < 3 && !Number.isNaN(cell) ? cell : []))
}

/** The rare cells that a fitted encoding holds. */
function foundIn(encoding: Encoding, cells: readonly number[]): number[] {
  const held = numbersIn(JSON.stringify(encoding))
  return rareIn(cells).filter((cell) => held.has(String(cell)))
}

const u = drawn(900, 1)
const wide = Array.from(u, (x) => 100_000 + Math.floor(x * 9e8))
/** Values of many rows, among which single rows have others. */
const among = (values: readonly number[], others: (k: number) => number, every = 90) =>
  Array.from({ length: 900 }, (_, i) => (i % every === 0 ? others(i / every) : values[i % values.length]!))

const columns: readonly (Column & { readonly cells: readonly number[] })[] = [
  { name: 'many whole numbers', kind: 'integer', cells: wide },
  { name: 'many numbers', kind: 'number', cells: wide.map((x) => x / 1000) },
  { name: 'numbers of all decimals', kind: 'number', cells: Array.from(u, (x) => Math.exp(3 * x) / 7) },
  {
    name: 'frequent values',
    kind: 'integer',
    cells: wide.map((x, i) => (i % 3 === 0 ? x : 1000 * (i % 7))),
  },
  { name: 'few whole numbers', kind: 'integer', cells: among([1, 2, 3, 8], (k) => 70_001 + 977 * k) },
  {
    name: 'steps',
    kind: 'number',
    cells: among(
      Array.from({ length: 60 }, (_, k) => 0.25 * k),
      (k) => 40.37 + 3.01 * k,
    ),
  },
  {
    name: 'days',
    kind: 'date',
    form: 'YYYY-MM-DD',
    cells: Array.from(u, (x) => Math.floor(x * 30_000) * day),
  },
  {
    name: 'times',
    kind: 'date',
    form: 'YYYY-MM-DD hh:mm:ss',
    cells: Array.from(u, (x) => Math.floor(x * 1e9) * 1000),
  },
  {
    name: 'few days',
    kind: 'date',
    form: 'YYYY-MM-DD',
    cells: among(
      Array.from({ length: 12 }, (_, k) => Date.UTC(2020, k, 1)),
      (k) => Date.UTC(2031, 4, 3 + 17 * k),
    ),
  },
  { name: 'one number, nearly', kind: 'number', cells: among([7], (k) => 812.5 + k, 450) },
]

describe('what fewer than three rows have', () => {
  it.each(columns)('is not in the encoding of $name', (column) => {
    const rare = rareIn(column.cells)
    expect(rare.length).toBeGreaterThan(1)
    const encoding = fitTable(
      tableOf(column, { name: 'of both', kind: 'integer', cells: among([0, 1], () => 2) }),
    )
    expect(foundIn(encoding, column.cells)).toEqual([])
    expect(encoding.leastRows).toBe(3)
  })

  it('is not a name of a category or of yes and no, and not learned', () => {
    const names = ['Ann', 'Bob', 'Cyd', 'Dee', 'Eve']
    const cells = Array.from({ length: 200 }, (_, i) => (i < 2 ? 3 : i === 2 ? 4 : i % 3))
    const table = tableOf(
      { name: 'name', kind: 'category', categories: names, cells },
      { name: 'tame', kind: 'boolean', categories: ['no', 'yes'], cells: cells.map((x) => Number(x === 4)) },
    )
    const encoding = fitTable(table)
    expect(encoding.columns).toMatchObject([
      { as: 'category', categories: ['Ann', 'Bob', 'Cyd'], shares: [0.34, 0.34, 0.33] },
      { as: 'constant', value: 0 },
    ])
    const codes = encodeCells(encoding, table, 'kept')
    expect([...codes.data].filter((_, k) => k % 2 === 0).slice(0, 5)).toEqual([-1, -1, -1, 0, 1])
    expect(() => encodeCells(encoding, table)).toThrow(/row 1, column name: Dee is unknown/)
    const back = decodeCells(encoding, codes).columns[0]!.cells
    expect([...back.subarray(0, 5)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 0, 1])
    expect(fitTable(table, { rareNames: ['name'] }).columns[0]!.categories).toEqual(names)
  })

  it('is merged into other if that is three rows, and is missing in a context', () => {
    const cells = Array.from({ length: 200 }, (_, i) => (i < 2 ? 3 : i === 2 ? 4 : i % 3))
    const ofNames = (count: number) =>
      tableOf({
        name: 'name',
        kind: 'category',
        categories: ['Ann', 'Bob', 'Cyd', 'Dee', 'Eve'],
        cells: cells.slice(3 - count),
      })
    const namesOf = (table: NamedTable) => fitTable(table, { minCategory: 2 }).columns[0]!.categories
    expect(namesOf(ofNames(3))).toEqual(['Ann', 'Bob', 'Cyd', 'other'])
    expect(namesOf(ofNames(2))).toEqual(['Ann', 'Bob', 'Cyd'])
    const context = fitTable(ofNames(3), { context: ['name'] })
    expect([...encodeCells(context, ofNames(3), 'kept').data.subarray(0, 4)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      0,
    ])
  })

  it('is neither in the ends of scaled numbers', () => {
    const cells = wide.map((x) => x / 1000)
    const encoding = fitEncoding(tableOf({ name: 'x', kind: 'number', cells }), 'means')
    expect(foundIn(encoding, cells)).toEqual([])
    const sorted = cells.toSorted((a, b) => a - b)
    const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length
    const { min, max } = encoding.columns[0] as unknown as { min: number; max: number }
    expect(min).toBeCloseTo(mean(sorted.slice(0, 3)), 9)
    expect(max).toBeCloseTo(mean(sorted.slice(-3)), 9)
    expect(encodingOf(cardEncoding(encoding))).toEqual(encoding)
    expect(() => fitEncoding(tableOf({ name: 'x', kind: 'number', cells: [1, 2, 3] }), 'means')).toThrow(
      'column x has too few rows to be scaled by the means of 3: give more rows',
    )
  })

  it('is not a number of decimals, a time of day or a weekday', () => {
    const ofDecimals = (others: number) =>
      fitTable(
        tableOf({
          name: 'x',
          kind: 'number',
          cells: wide.map((x, i) => (i < others ? x + 0.125 : x + 0.5)),
        }),
      ).columns[0]
    expect(ofDecimals(2)).toMatchObject({ as: 'quantile', decimals: 1 })
    expect(ofDecimals(3)).toMatchObject({ as: 'quantile', decimals: 3 })
    const days = Array.from({ length: 900 }, (_, k) => Date.UTC(2019, 0, 7 + 7 * (k % 180) + (k % 5)))
    const grainOf = (times: readonly number[]) => {
      const values = [...new Set(times)].sort((a, b) => a - b)
      const counts = values.map((value) => times.filter((time) => time === value).length)
      return findGrain({ kind: 'date', form: 'YYYY-MM-DD hh:mm' }, 0, { values, counts })
    }
    const weekdays = [0, 1, 2, 3, 4]
    expect(grainOf([...days, Date.UTC(2019, 0, 12), Date.UTC(2019, 0, 19)])).toMatchObject({ weekdays })
    expect(grainOf([...days, ...[12, 19, 26].map((d) => Date.UTC(2019, 0, d))])).toMatchObject({
      weekdays: [...weekdays, 5],
    })
    const atWork = days.map((time, k) => time + (9 + ((k * 7) % 9)) * hour)
    expect(grainOf(atWork)?.times).toEqual([9 * hour, 17 * hour])
    // one row at 6: the mean of 6, 9 and 9
    expect(grainOf([...atWork, days[0]! + 6 * hour])?.times).toEqual([8 * hour, 17 * hour])
  })

  it('is all that a column has: it is refused with that reason', () => {
    const some = { name: 'y', kind: 'integer', cells: [1, 1, 1, 2, 2, 2] } as const
    const fitWith = (column: Column & { readonly cells: readonly number[] }) => () =>
      fitTable(tableOf(some, column))
    const { NaN: none } = Number
    expect(fitWith({ name: 'x', kind: 'number', cells: [3, 4, none, none, none, none] })).toThrow(
      'column x has a value in fewer than 3 rows: leave it out',
    )
    const names = { name: 'x', kind: 'category', categories: ['a', 'b', 'c'] } as const
    expect(fitWith({ ...names, cells: [0, 0, 1, 1, 2, 2] })).toThrow(
      'column x has no name that 3 rows or more share: leave it out',
    )
  })
})

describe('values of an encoding', () => {
  /** Columns of values that many rows share, few rows share, or one row has. */
  const anyColumn = fc
    .tuple(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 6, maxLength: 300 }),
      fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 300 }),
      fc.constantFrom(1, 100),
    )
    .map(([few, many, scale]) => [...few, ...many].map((x) => x / scale))

  it('are of three rows or more, or between the values of so many', () => {
    fc.assert(
      fc.property(anyColumn, fc.constantFrom(undefined, 10), (cells, knots) => {
        fc.pre(new Set(cells).size > 1)
        const other = { name: 'y', kind: 'integer', cells: cells.map((_, i) => i % 2) } as const
        const [column] = fitTable(tableOf({ name: 'x', kind: 'number', cells }, other), { knots }).columns
        const list = column!.as === 'quantile' ? column!.x : column!.as === 'steps' ? column!.values : []
        const sorted = cells.toSorted((a, b) => a - b)
        // each is the mean of some neighbours, or on the line between two such: three rows or more are on either side
        for (const x of list) {
          const shared = cells.filter((cell) => cell === x).length
          const [below, above] = [sorted.filter((cell) => cell < x), sorted.filter((cell) => cell > x)]
          if (shared < 3) expect(Math.min(below.length, above.length) + shared, `${x}`).toBeGreaterThan(0)
        }
        expect(list.length).toBeLessThanOrEqual(cells.length)
        expect(list.every((x, k) => k === 0 || x >= list[k - 1]!)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('say what the file holds', () => {
    const table = tableOf(
      { name: 'many', kind: 'integer', cells: wide },
      { name: 'steps', kind: 'number', cells: columns[5]!.cells },
      { name: 'few', kind: 'integer', cells: columns[4]!.cells },
      { name: 'name', kind: 'category', categories: ['a', 'b', 'c'], cells: wide.map((_, i) => (i * 7) % 3) },
      { name: 'same', kind: 'number', cells: wide.map(() => 5) },
      { name: 'id', kind: 'key', cells: wide.map((_, i) => i) },
    )
    const encoding = fitTable(table, { independent: ['many', 'steps', 'few', 'name'] })
    const held = heldByColumns(encoding)
    expect(held.map(({ columns: [name], noun, hasEnds = false }) => [name, noun[1], hasEnds])).toEqual([
      ['many', 'values', true],
      ['steps', 'values', true],
      ['few', 'values', true],
      ['name', 'names', false],
      ['same', 'values', false],
    ])
    expect(held.map(({ count }) => count)).toEqual([91, expect.any(Number), expect.any(Number), 3, 1])
    for (const column of encoding.columns) expect(encodingKindOf(column).held(column)).toBeInstanceOf(Array)
  })
})
