import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode } from '../../../src/table/encodings/decode.ts'
import { encode, encodeCells } from '../../../src/table/encodings/encode.ts'
import { blocksOf, dimensionsOf, type Encoding } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { type EncodedColumn, encodingKindOf } from '../../../src/table/encodings/index.ts'
import { rowsOfKnot } from '../../../src/table/encodings/quantile.ts'
import { knownWarnings } from '../../../src/table/known.ts'
import {
  type Column,
  type ColumnKind,
  type NamedTable,
  pointsOf,
  tableOfPoints,
} from '../../../src/table/table.ts'
import { decoderOf } from '../../helpers/decoding.ts'
import { nameTable, petTable, salaryTable } from '../../helpers/tables.ts'

const tableOfColumn = (cells: readonly number[], kind: ColumnKind = 'number'): NamedTable => ({
  name: 'a table',
  ...tableOfPoints([{ name: 'x', kind, ...(kind === 'date' && { form: 'YYYY-MM-DD' as const }) }], {
    data: Float64Array.from(cells),
    count: cells.length,
    dim: 1,
  }),
})

const exactly = (encoding: Encoding, table: NamedTable) => {
  const { data } = pointsOf(table)
  const codes = new Float64Array(data.length)
  for (const [d, column] of encoding.columns.entries()) {
    const [code, cell] = [encodingKindOf(column).encoder(column), decoderOf(column)]
    for (let k = d; k < codes.length; k += encoding.columns.length) {
      const value = data[k]!
      codes[k] = Number.isNaN(value) ? value : cell(code(value))
    }
  }
  return codes
}

/** Columns as people have them: few values, many, atoms, whole numbers, money, huge and tiny ones, gaps. */
const columns = fc.oneof(
  fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 60 }),
  fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 2, maxLength: 400 }),
  fc.array(
    fc.integer({ min: 0, max: 100_000 }).map((x) => x / 100),
    { minLength: 2, maxLength: 400 },
  ),
  fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1e9 })), { minLength: 250, maxLength: 600 }),
  fc.array(fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 9000 })), {
    minLength: 3,
    maxLength: 500,
  }),
)

/** How many rows lie between two cells. */
function rowsBetween(cells: Iterable<number>, a: number, b: number): number {
  const [low, high] = [Math.min(a, b), Math.max(a, b)]
  return [...cells].filter((x) => x > low && x < high).length
}

/** The encoding of a column; undefined if all rows are one group. */
function fitTableOf(table: NamedTable): Encoding | undefined {
  try {
    return fitTable(table)
  } catch (error) {
    expect(String(error)).toContain('there is nothing to learn: x is constant')
    return undefined
  }
}

const asOf = (encoding: Encoding) => encoding.columns.map(({ as }) => as)

describe('an encoding of a column', () => {
  it('gives back every value that enough rows share, its neighbours for others, and nothing outside of their range', () => {
    fc.assert(
      fc.property(columns, fc.constantFrom('number', 'integer', 'date'), (cells, kind) => {
        const whole = cells.map((x) =>
          kind === 'number' ? x : Math.round(x) * (kind === 'date' ? 86_400_000 : 1),
        )
        const present = whole.filter((x) => !Number.isNaN(x))
        // fewer may be one group
        fc.pre(present.length >= 6 && new Set(present).size > 1)
        const table = tableOfColumn(whole, kind as ColumnKind)
        const encoding = fitTableOf(table)
        if (!encoding) return
        const [column] = encoding.columns as [EncodedColumn]
        const isMerged = column.as !== 'quantile'
        for (const [i, back] of exactly(encoding, table).entries()) {
          const value = whole[i]!
          const fewest = isMerged ? 3 : rowsOfKnot(present.length)
          if (Number.isNaN(value) || present.filter((x) => x === value).length >= fewest)
            expect(back).toBe(value)
          else if (!isMerged) expect(rowsBetween(present, back, value)).toBeLessThanOrEqual(1.5 * fewest)
        }
        const cell = decoderOf(column)
        if (encodingKindOf(column).parts(column).sizes[0] !== 1) return
        const least = Math.min(...present)
        const [min, max] = ['x', 'values'].flatMap((name) => {
          const list = (column as unknown as Record<string, readonly number[]>)[name]
          return list ? [list[0]!, list.at(-1)!] : []
        }) as [number, number]
        expect(min).toBeGreaterThanOrEqual(least)
        expect(max).toBeLessThanOrEqual(Math.max(...present))
        const values = Array.from({ length: 1801 }, (_, k) => cell(k / 100 - 9))
        expect(values.every((value, k) => value >= (values[k - 1] ?? min))).toBe(true)
        expect(values.at(-1)).toBe(max)
        if (kind === 'date') expect(values.every((value) => value % 86_400_000 === 0)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('is chosen by the number of different values', () => {
    const encodingOf = (cells: number[], kind?: ColumnKind) => asOf(fitTable(tableOfColumn(cells, kind)))[0]
    const repeated = (values: number, unit = 1) => Array.from({ length: 400 }, (_, i) => (i % values) * unit)
    expect(encodingOf(repeated(32), 'integer')).toBe('category')
    expect(encodingOf(repeated(33), 'integer')).toBe('steps')
    expect(encodingOf(repeated(32, 0.5))).toBe('steps')
    expect(encodingOf(repeated(201, 0.5))).toBe('quantile')
    expect(() => fitTable(tableOfColumn([5, 5, 5]))).toThrow(/^there is nothing to learn: x is constant/)
    expect(() => fitTable(tableOfColumn([Number.NaN, Number.NaN]))).toThrow(/^column x has no value/)
  })

  it('decodes normal numbers to values as often as the column has them', () => {
    // 900 zeros, 50 fives, and 250 different numbers
    const cells = [
      ...new Array(900).fill(0),
      ...new Array(50).fill(5),
      ...Array.from({ length: 250 }, (_, i) => 10 + i),
    ]
    const [column] = fitTable(tableOfColumn(cells)).columns as [EncodedColumn]
    expect(column.as).toBe('quantile')
    const cell = decoderOf(column)
    // the normal distribution in 100,000 equal parts
    const { z } = column as { z: readonly number[] }
    expect(z.every((code, k) => k === 0 || code > z[k - 1]!)).toBe(true)
    expect(cell(-4.5)).toBe(0)
    const share = (value: number) => cells.filter((x) => x <= value).length / cells.length
    // Phi(0.674) = 0.75, Phi(0.8) = 0.788: 950 of 1200 rows are 5 or less
    expect([cell(0.673), cell(0.7), cell(0.79)]).toEqual([0, 5, 5])
    expect(share(5)).toBeCloseTo(0.7917, 3)
    expect(cell(0.82)).toBeGreaterThanOrEqual(10)
  })
})

describe('an encoding of a table', () => {
  const table = petTable(400)
  const encoding = fitTable(table)

  it('has blocks for values and gaps, but none for a constant, a key or a column that another determines', () => {
    expect(asOf(encoding)).toEqual([
      'category',
      'quantile',
      'derived',
      'quantile',
      'category',
      'constant',
      'quantile',
      'key',
    ])
    expect(blocksOf(encoding).map(({ column, part, size }) => [column, part, size])).toEqual([
      [0, 'value', 4],
      [1, 'value', 1],
      [1, 'missing', 2],
      [3, 'value', 1],
      [4, 'value', 2],
      [4, 'missing', 2],
      [6, 'value', 1],
      // whether it is 0, as half of the prices are
      [6, 'value', 2],
      [6, 'missing', 2],
      // the rank of the weight among those of the kind
      [8, 'value', 1],
    ])
    expect(dimensionsOf(encoding)).toBe(18)
  })

  it('decodes encoded rows to the same rows, but for numbers of the nearest, with their gaps, constants and keys', () => {
    const x_0 = encode(encoding, table)
    expect(x_0.dim).toBe(18)
    for (let k = 0; k < x_0.data.length; k++) if (Number.isNaN(x_0.data[k])) x_0.data[k] = 0.3
    const { columns } = decode(encoding, x_0)
    const [kinds, weights] = [table.columns[0]!.cells, table.columns[1]!.cells]
    /** The cells that a row's is one of: the range of weights is that of the kind. */
    const alike = (name: string, i: number) =>
      name === 'weight'
        ? weights.filter((_, k) => kinds[k] === kinds[i])
        : table.columns.find((column) => column.name === name)!.cells
    for (const [d, { name, cells }] of table.columns.entries()) {
      const back = columns[d]!.cells
      if (encoding.columns[d]!.as !== 'quantile') expect(back, name).toEqual(cells)
      for (const [i, cell] of cells.entries()) {
        if (Number.isNaN(cell)) expect(back[i]).toBeNaN()
        else expect(rowsBetween(alike(name, i), back[i]!, cell)).toBeLessThanOrEqual(4)
      }
    }
  })

  it.each([
    [
      'ranks where most rows have one of the numbers',
      (i: number) => (i % 5 < 4 ? 40 : i % 47),
      'steps',
      // in 900 rows, each of the others has fewer than ten
      'quantile',
    ],
    [
      'names of sizes that come in steps',
      (i: number) => (i % 10 === 0 ? ((13 * i) / 10) % 70 : 10 * (i % 7)),
      'category',
      'quantile',
    ],
    ['ranks of numbers as common as their neighbours', (i: number) => i % 70, 'steps', 'steps'],
    [
      'ranks of numbers that most rows have around the middle',
      (i: number) => (i % 40) + ((i * 7) % 40),
      'steps',
      'steps',
    ],
  ])('has %s', (_, cellOf, as, ofFewer) => {
    const cells = Array.from({ length: 5600 }, (_, i) => cellOf(i) / 4)
    const { columns } = fitTable(tableOfColumn(cells))
    expect(columns[0]!.as).toBe(as)
    // too few rows to learn each value by itself
    expect(fitTable(tableOfColumn(cells.slice(0, 900))).columns[0]!.as).toBe(ofFewer)
  })

  it('takes a number that no row has for the nearest', () => {
    const { columns } = fitTable(
      tableOfColumn(
        Array.from({ length: 100 }, (_, i) => [0, 2, 4, 8][i % 4]!),
        'integer',
      ),
    )
    const encode = encodingKindOf(columns[0]!).encoder(columns[0]!)
    expect([-7, 0, 0.9, 1.1, 5.9, 6.1, 99].map(encode)).toEqual([0, 0, 0, 1, 2, 3, 3])
    expect(knownWarnings({ columns }, { count: 1, cells: [Float64Array.of(3)] })).toEqual([
      'column x is 3: few training rows have that, or none, so the rest of the row is drawn for the nearest value',
    ])
  })

  it('has a block for the frequent values of a number, if they have half of the rows', () => {
    const salaries = salaryTable(1200)
    const encoding = fitTable(salaries)
    const round = Array.from({ length: 12 }, (_, k) => 50_000 * (k + 1))
    expect(encoding.columns[0]).toMatchObject({ as: 'quantile', gaps: true, frequent: round })
    expect(blocksOf(encoding).map(({ part, size }) => [part, size])).toEqual([
      ['value', 1],
      ['value', 13],
      ['missing', 2],
      ['value', 12],
    ])
    const x_0 = encode(encoding, salaries)
    const dim = x_0.dim
    // the number is ignored where the block has a frequent value
    for (let i = 0; i < 1200; i++) {
      const isFrequent = x_0.data[i * dim + 1] !== 1
      if (Number.isNaN(x_0.data[i * dim]) || isFrequent) x_0.data[i * dim] = -0.77
    }
    const decoded = decode(encoding, x_0).columns[0]!.cells
    const { cells } = salaries.columns[0]!
    expect(cells.filter((cell) => round.includes(cell)).length).toBeGreaterThan(600)
    for (const [i, cell] of cells.entries())
      if (round.includes(cell) || Number.isNaN(cell)) expect(decoded[i]).toBe(cell)
      else expect(rowsBetween(cells, decoded[i]!, cell)).toBeLessThanOrEqual(4)
  })

  it.each([
    ['of which a third of the rows have round sums', (i: number) => (i % 3 === 0 ? 1000 * (i % 7) : i * 7.3)],
    ['that are evenly frequent', (i: number) => (i * 7919) % 250],
    ['whose frequent values have nine rows each', (i: number) => (i % 2 === 0 ? (i % 222) * 1e4 : i * 7.3)],
  ])('has no block for the values of numbers %s', (_, cell) => {
    const [column] = fitTable(tableOfColumn(Array.from({ length: 999 }, (_, i) => cell(i)))).columns
    expect(column).toMatchObject({ as: 'quantile' })
    expect(column).not.toHaveProperty('frequent')
  })

  it('writes many names as a group and a place in it, the commonest first', () => {
    const towns = nameTable(6000)
    const encoding = fitTable(towns)
    const [column] = encoding.columns as [EncodedColumn]
    const countOf = (name: string) => towns.columns[0]!.cells.filter((cell) => `town ${cell}` === name).length
    const counts = column.categories!.map(countOf)
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
    expect(column).toMatchObject({ as: 'category', gaps: true, groups: 17 })
    expect(blocksOf(encoding).map(({ part, size, split }) => [part, size, split(40)])).toEqual([
      ['value', 17, 2],
      ['value', 18, 4],
      ['missing', 2, 0],
      ['value', 1, 40],
    ])
    const x_0 = encode(encoding, towns)
    for (let k = 0; k < x_0.data.length; k++) if (Number.isNaN(x_0.data[k])) x_0.data[k] = 0.3
    const decoded = decode(encoding, x_0).columns[0]!.cells
    const nameOf = (cell: number, { categories }: Column) =>
      Number.isNaN(cell) ? undefined : categories?.[cell]
    expect(decoded).toHaveLength(towns.count)
    for (const [i, cell] of decoded.entries())
      expect(nameOf(cell, column)).toBe(nameOf(towns.columns[0]!.cells[i]!, towns.columns[0]!))
    // a place of the last group that has no name is the last name
    const last = new Float32Array(x_0.dim).fill(-1)
    last[16] = last[17 + 17] = 1
    expect(decode(encoding, { data: last, count: 1, dim: x_0.dim }).columns[0]!.cells[0]).toBe(299)
  })

  it('encodes columns in another order, and categories in another order, by their names', () => {
    const order = [7, 6, 5, 4, 3, 2, 1, 0]
    const shuffled = order.map((d) => {
      const column = table.columns[d]!
      if (d !== 0) return column
      const cells = column.cells.map((cell) => [1, 3, 0, 2][cell]!)
      return { ...column, categories: ['dog', 'bird', 'eel', 'cat'], cells }
    })
    const other = { name: 'others', count: 400, columns: shuffled }
    expect(encodeCells(encoding, other)).toEqual(encodeCells(encoding, table))
    const strange = {
      ...other,
      columns: shuffled.with(7, { ...shuffled[7]!, categories: ['dog', 'brid', 'eel', 'cat'] }),
    }
    expect(() => encodeCells(encoding, strange)).toThrow(
      /^others, row \d+, column kind: brid is unknown \(did you mean bird\?\): give one of bird, cat, dog, eel$/,
    )
  })

  it('joins categories of few rows and unknown categories to one', () => {
    const coarse = fitTable(table, { minCategory: 80 })
    const [kind] = coarse.columns
    expect(kind?.categories).toContain('other')
    expect(kind!.categories!.length).toBeLessThan(5)
    const strange = {
      ...table,
      columns: table.columns.with(0, { ...table.columns[0]!, categories: ['bird', 'cat', 'dog', 'newt'] }),
    }
    const codes = encodeCells(coarse, strange)
    expect(codes.data.every((code, k) => k % codes.dim !== 0 || code < kind!.categories!.length)).toBe(true)
  })

  it('keeps as many knots as it is asked to', () => {
    const cells = tableOfColumn(Array.from({ length: 5000 }, (_, i) => Math.sqrt(i)))
    const knotsOf = (knots: number) =>
      (fitTable(cells, { knots }).columns[0] as { z: readonly number[] }).z.length
    expect([knotsOf(1000), knotsOf(20)]).toEqual([501, 22])
  })
})
