import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import { lines, many, read } from './cells.ts'

describe('a column is left out:', () => {
  const consecutive = many(30, (i) => `${(7 * i) % 30}`)
  const far = many(30, (i) => `${(7 * i) % 31 ** 2}000`)
  const outOf = (cells: readonly string[], name = 'a') => read(cells, {}, name).leftOut
  it.each<[string, string[], string, string]>([
    ['free text', many(60, (i) => `text ${i}`), 'a', 'nearly all its values differ: free text or an id'],
    [
      'more than half of it differs',
      many(60, (i) => (i < 51 ? `text ${i}` : 'same')),
      'a',
      'nearly all its values differ: free text or an id',
    ],
    [
      'dates of another kind',
      many(60, (i) => `${1 + (i % 28)}/${1 + (i % 12)}/2011`),
      'a',
      'nearly all its values differ, and dates such as 1/1/2011 are not recognised: write them as 2011-12-31',
    ],
    [
      'decimal commas',
      many(60, (i) => `"${i},5"`),
      'a',
      'nearly all its values differ, and numbers such as 0,5 are not recognised: use a decimal point, not a comma',
    ],
    ['a number of the row', many(30, (i) => `${i + 1}`), 'a', 'it numbers the rows: an id'],
    [
      'that shuffled, with a few missing',
      [...many(40, (i) => `${(7 * i) % 40}`), '42'],
      'a',
      'its whole numbers all differ and hardly skip one: an id',
    ],
    ['that shuffled', consecutive, 'a', 'its whole numbers all differ and hardly skip one: an id'],
    [
      'rising numbers',
      many(30, (i) => `${i * i}`),
      'a',
      'its whole numbers rise from row to row: an id or a row number',
    ],
    ...['id', 'ID', 'customer_id', 'customerId', 'CustomerID', 'Customer ID', 'index', 'key', 'uuid'].map(
      (name): [string, string[], string, string] => [
        `numbers that are named ${name}`,
        [...far].reverse(),
        name,
        'its whole numbers all differ, and it is named like an id',
      ],
    ),
    [
      'a 17-digit id',
      many(5, (i) => `1234567890123456${(3 * i) % 7}`),
      'a',
      'its whole numbers, such as 12345678901234563, have more digits than a float64 keeps: an id',
    ],
  ])('%s', (_, cells, name, reason) => {
    expect(outOf(cells, name)).toMatchObject([{ name, reason }])
  })

  it('an unnamed index, as pandas writes one', () => {
    const falling = (head: string) =>
      readCsv(
        lines(head, 30, (i) => `${30 - i}000,${i % 3}`),
        'a.csv',
      )
    expect(falling(',x').leftOut).toMatchObject([{ name: 'x0' }])
    expect(falling('Unnamed: 0,x').leftOut).toMatchObject([{ name: 'Unnamed: 0' }])
    expect(falling('x0,x').leftOut).toEqual([])
  })

  it.each<[string, string[], string?]>([
    ['50 different texts', many(60, (i) => `text ${i % 50}`)],
    ['half of them different', many(120, (i) => `text ${i % 60}`)],
    ['19 rows', many(19, (i) => `${i}`)],
    ['a gap', ['', ...many(29, (i) => `${i}`)]],
    ['a value twice', [...many(29, (i) => `${i}`), '28']],
    ['numbers that are not whole', many(30, (i) => `${i}.5`)],
    ['more than a few numbers between', [...many(40, (i) => `${(7 * i) % 40}`), '43']],
    ['others names', [...far].reverse(), 'paid'],
    ['other names', [...far].reverse(), 'monkey'],
    ['more other names', [...far].reverse(), 'GRID'],
  ])('but not with %s', (_, cells, name) => {
    expect(outOf(cells, name)).toEqual([])
  })

  it.each<[ColumnChoice]>([
    [{ types: { a: 'integer' } }],
    [{ types: { a: 'number' } }],
    [{ columns: ['a'] }],
  ])('but not where the caller wants it: %j', (choice) => {
    expect(read(consecutive, choice).cells).toEqual(consecutive.map(Number))
  })

  it('and one of too many texts to count, which may be wanted in vain', () => {
    const cells = many(45_000, (i) => `text number ${i % 24_000}`)
    expect(outOf(cells)).toMatchObject([{ name: 'a' }])
    expect(() => read(cells, { types: { a: 'category' } })).toThrow(
      /line 10002, column a: with this cell the column has more than 10,000 distinct values/,
    )
    expect(() => read(cells, { columns: ['a', 'other'] })).toThrow(/24,000 distinct values/)
  })

  it('and a table of nothing else is refused, with what keeps one', () => {
    expect(() => readCsv(lines('id', 30, String), 'a.csv')).toThrow(
      /^a\.csv has no column left: id is left out, it numbers the rows: an id; `types` keeps it, \{ types: \{ id: 'integer' \} \}$/,
    )
  })
})

describe('a column that is dropped', () => {
  it('is not looked at', () => {
    expect(read(['inf', '1'], { drop: ['a'] }).column).toBeUndefined()
    expect(read(['inf', '1'], { types: { a: 'drop' } }).leftOut).toEqual([])
    expect(read(['inf', '1'], { columns: ['other'] }).column).toBeUndefined()
  })
})

describe('a choice of columns', () => {
  const text = 'a,b,c\n1.5,2,x\n3.5,4,y\n'
  const names = (choice: ColumnChoice) => readCsv(text, 'a.csv', choice).columns.map(({ name }) => name)

  it("keeps the file's order", () => {
    expect(names({ columns: ['c', 'a'] })).toEqual(['a', 'c'])
    expect(names({ drop: ['b'] })).toEqual(['a', 'c'])
    expect(names({ columns: ['c', 'a'], drop: ['a'] })).toEqual(['c'])
    expect(names({ types: { b: 'drop', c: 'category' } })).toEqual(['a', 'c'])
    expect([...readCsv(text, 'a.csv', { columns: ['c', 'a'] }).points.data]).toEqual([1.5, 0, 3.5, 1])
  })

  it.each<[ColumnChoice, RegExp]>([
    [{ columns: ['aa'] }, /^unknown column aa \(did you mean a\?\): choose from a, b, c/],
    [{ drop: ['z'] }, /^unknown column z: choose from a, b, c/],
    [{ types: Object.fromEntries([['toString', 'number'] as const]) }, /^unknown column toString/],
    [{ types: { a: 'text' as 'number' } }, /^unknown types text: choose from number, integer, category, /],
    [{ columns: [] }, /^a\.csv has no column left: `columns` and `drop` leave none$/],
    [{ columns: 'a' as unknown as string[] }, /^columns is 'a', a string: give an array of column names/],
    [{ types: ['a'] as unknown as Record<string, 'number'> }, /^types is an array: give an object of kinds/],
  ])('is refused where it is none: %j', (choice, message) => {
    expect(() => names(choice)).toThrow(InputError)
    expect(() => names(choice)).toThrow(message)
  })

  it('names columns by numbers, which are then no row', () => {
    const years = readCsv('2019,2020\n1,2\n3,4\n', 'a.csv', { types: { 2019: 'category' } })
    expect(years.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['2019', 'category'],
      ['2020', 'integer'],
    ])
  })
})
