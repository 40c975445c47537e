import { describe, expect, it } from 'vitest'
import { tableFrom, tableOfRows, toRows } from '../../src/table/inference/rows.ts'
import type { Row, TableSource } from '../../src/table/table.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { cellsOf, definitionsOf } from './cells.ts'

const read = (rows: readonly Row[], choice = {}) => {
  const table = tableOfRows(rows, 'rows', choice)
  const { notes, leftOut } = table
  return { columns: definitionsOf(table), cells: cellsOf(table), notes, leftOut }
}

describe('tableOfRows', () => {
  it('takes values of every type', () => {
    const day = new Date('2011-12-31T00:00:00Z')
    expect(
      read([
        { n: 1.5, i: 1, b: true, s: 'red', d: day, g: 7n, u: undefined },
        { n: -2, i: -0, b: false, s: 'blue', d: new Date('2012-01-01T10:00:00Z'), g: 8n, u: 1 },
        { n: null, i: null, b: null, s: null, d: null, g: null, u: Number.NaN },
      ]),
    ).toEqual({
      columns: [
        { name: 'n', kind: 'number' },
        { name: 'i', kind: 'integer' },
        { name: 'b', kind: 'boolean', categories: ['false', 'true'] },
        { name: 's', kind: 'category', categories: ['blue', 'red'] },
        { name: 'd', kind: 'date', form: 'YYYY-MM-DDThh:mm:ssZ' },
        { name: 'g', kind: 'integer' },
        { name: 'u', kind: 'integer' },
      ],
      cells: [
        [1.5, 1, 1, 1, day.getTime(), 7, Number.NaN],
        [-2, -0, 0, 0, Date.UTC(2012, 0, 1, 10), 8, 1],
        Array(7).fill(Number.NaN),
      ],
      notes: [],
      leftOut: [],
    })
  })

  it('takes all keys of all rows as columns, in the order of their first row', () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ first: i + 0.5, [`k${i}`]: i * 10, last: 'x' }))
    const { columns, cells } = read(rows)
    expect(columns.map(({ name }) => name)).toEqual([
      'first',
      'k0',
      'last',
      ...Array.from({ length: 39 }, (_, i) => `k${i + 1}`),
    ])
    for (const [i, row] of cells.entries())
      for (const [d, { name }] of columns.entries())
        expect(row[d]).toBe(
          name === 'first' ? i + 0.5 : name === 'last' ? 0 : name === `k${i}` ? i * 10 : Number.NaN,
        )
  })

  it('takes numbers in quotes as texts, and notes it', () => {
    expect(read([{ zip: '02134' }, { zip: '2134' }, { zip: '10' }])).toEqual({
      columns: [{ name: 'zip', kind: 'category', categories: ['10', '02134', '2134'] }],
      cells: [[1], [2], [0]],
      notes: [
        "rows, column zip: its numbers are given as text, so it is a category: { types: { zip: 'number' } } makes it numeric",
      ],
      leftOut: [],
    })
    expect(read([{ zip: '02134' }, { zip: '10' }], { types: { zip: 'number' } }).cells).toEqual([
      [2134],
      [10],
    ])
    // beside numbers they are numbers
    expect(read([{ zip: '5' }, { zip: 6 }]).columns).toEqual([{ name: 'zip', kind: 'integer' }])
    expect(read([{ a: '1' }, { a: '0' }]).columns[0]!.kind).toBe('category')
    expect(read([{ a: 'inf' }, { a: '0' }]).columns[0]!.kind).toBe('category')
  })

  it('keeps 0 and -0 apart', () => {
    expect(read([{ a: 0 }, { a: -0 }, { a: 0 }]).cells).toEqual([[0], [-0], [0]])
  })

  it('makes a column of many different texts for each row, even if all look like numbers', () => {
    const rows = Array.from({ length: 20_100 }, (_, i) => ({ a: `${i}.5`, x: i % 3 }))
    expect(read(rows).columns).toMatchObject([{ name: 'a', kind: 'text' }, { name: 'x' }])
    expect(read(rows, { types: { a: 'number' } }).cells[20_099]).toEqual([20_099.5, 2])
  })

  it('recognises texts that are dates, booleans or missing', () => {
    const { columns, cells } = read([
      { d: '2011-12-31', b: 'yes', e: '' },
      { d: 'NA', b: 'no', e: 'red' },
    ])
    expect(columns.map(({ kind }) => kind)).toEqual(['date', 'boolean', 'category'])
    expect(cells[1]![0]).toBeNaN()
    expect(cells[0]![2]).toBeNaN()
  })

  it('takes rows that are arrays of numbers, and a single row', () => {
    expect(read([[1, null, 2.5]])).toMatchObject({
      columns: [
        { name: 'x0', kind: 'integer' },
        { name: 'x2', kind: 'number' },
      ],
      cells: [[1, 2.5]],
      leftOut: [{ name: 'x1' }],
    })
  })

  it('goes on with ids, and keeps those with more digits than a number has as texts', () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ id: i, x: i % 4, y: i }))
    expect(read(rows, { drop: ['y'] }).columns).toMatchObject([
      { name: 'id', kind: 'key', first: 30 },
      { name: 'x' },
    ])
    // as JSON.parse gives them
    const long = JSON.parse(
      '[{ "x": 1, "tweet": 1234567890123456789 }, { "x": 2, "tweet": 1234567890123456999 }]',
    )
    // it has lost digits before it got here
    expect(read(long).columns[1]).toMatchObject({ name: 'tweet', kind: 'category' })
    const bigint = [
      { x: 1, tweet: 1234567890123456789n },
      { x: 2, tweet: 1234567890123456999n },
    ]
    expect(read(bigint).columns[1]!.categories).toEqual(['1234567890123456789', '1234567890123456999'])
    // a large number of few digits is no id
    expect(read([{ x: 1e17 }, { x: 25e18 }]).columns).toEqual([{ name: 'x', kind: 'integer' }])
  })

  it.each<[string, unknown, RegExp]>([
    ['no array', {}, /^rows is no array of points/],
    ['no rows', [], /^rows is no array of points/],
    ['rows without columns', [{}, {}], /^rows is no array of points/],
    ['numbers for rows', [1, 2], /^rows is no array of points/],
    ['empty arrays for rows', [[], []], /^rows is no array of points/],
    ['null among the rows', [{ a: 1 }, null], /^rows is no array of points/],
    ['arrays among objects', [{ a: 1 }, [1]], /^rows, row 2: its columns differ from those of row 1/],
    ['rows of other lengths', [[1, 2], [1]], /^rows, row 2: its columns differ from those of row 1/],
    ['a text in an array', [[1], ['a']], /^rows, row 2, column x0: "a" is no number/],
    ['an array in a cell', [{ a: [1] }], /^rows, row 1, column a: an array is no cell: .* or `drop` the/],
    [
      'an object in an object in a cell',
      [{ a: 1 }, { a: { b: {} } }],
      /^rows, row 2, column a.b: this object is no cell/,
    ],
    ['a function in a cell', [{ a: () => 1 }], /^rows, row 1, column a: this function is no cell/],
    ['an invalid date', [{ a: new Date('x') }], /^rows, row 1, column a: an invalid date is no cell/],
    ['infinity in a cell', [{ a: 1 }, { a: -Infinity }], /^rows, row 2, column a is -Infinity: give finite/],
  ])('refuses %s', (_, rows, message) => {
    expectRefused(() => tableOfRows(rows as Row[], 'rows'), message)
  })

  it('takes any cells in a column that is dropped', () => {
    expect(read([{ a: 1, b: { c: 1 } }], { drop: ['b'] }).cells).toEqual([[1]])
    expect(read([{ a: [], b: 2, c: 3 }], { drop: ['a'] }).cells).toEqual([[2, 3]])
    expect(read([[1, 2, 3]], { drop: ['x0'] }).cells).toEqual([[2, 3]])
    expect(() => read([{ a: 1 }], { drop: ['b'] })).toThrow(/^unknown column b/)
  })
})

it('tableFrom takes rows, tables with gaps, and points', () => {
  expect(tableFrom([{ a: 'x' }], 't')).toMatchObject({
    name: 't',
    columns: [{ name: 'a', kind: 'category' }],
  })
  const points = { data: Float32Array.of(1, Number.NaN), count: 2, dim: 1 }
  expect(tableFrom(points, 't').columns).toMatchObject([{ name: 'x0' }])
  const column = { name: 'a', kind: 'number', cells: Float64Array.of(1, Number.NaN) } as const
  expect(tableFrom({ count: 2, columns: [column] }, 't').columns[0]).toBe(column)
  expect(() => tableFrom({ ...points, data: Float32Array.of(1, Infinity) }, 't')).toThrow(
    /row 2, column x0 is Infinity/,
  )
  expect(() => tableFrom({ ...points, dim: 2 }, 't')).toThrow(/^t is no table of 2 columns/)
})

describe('tableFrom refuses', () => {
  const column = { name: 'a', kind: 'number', cells: Float64Array.of(1, 2) } as const
  const points = { data: Float64Array.of(1, 2), count: 2, dim: 1 }
  it.each<[string, unknown, RegExp]>([
    [
      'a table of the former shape',
      { columns: [{ name: 'a' }], points },
      /^t is an object: its cells are in `points`/,
    ],
    ['a table without a count', { columns: [column] }, /^`count` of t is missing: give a table/],
    ['a table of half a row', { count: 1.5, columns: [column] }, /^`count` of t is 1\.5: give a table/],
    ['columns that are no array', { count: 2, columns: 'a' }, /^`columns` of t is 'a': give a table/],
    [
      'null among the columns',
      { count: 2, columns: [null] },
      /^t, column 1 has no Float64Array of `cells`: give/,
    ],
    [
      'a column without cells',
      { count: 2, columns: [{ name: 'a' }] },
      /^t, column a has no Float64Array of `cells`/,
    ],
    [
      'cells of another type',
      { count: 2, columns: [{ ...column, cells: [1, 2] }] },
      /^t, column a has no Float64Array/,
    ],
    [
      'too few cells',
      { count: 3, columns: [column] },
      /^t, column a has 2 cells, and the table 3 rows: give/,
    ],
  ])('%s', (_, source, message) => {
    expectRefused(() => tableFrom(source as TableSource, 't'), message)
  })

  it('and so does toRows a table of the former shape', () => {
    expectRefused(
      () => toRows({ columns: [], points } as never),
      /^the table is an object: its cells are in `points`/,
    )
  })
})
