import { describe, expect, it } from 'vitest'
import { readCsv } from '../../src/table/formats/csv.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { cellsOf, lines, many, read } from './cells.ts'

describe('a column is made for each row', () => {
  const consecutive = many(30, (i) => `${(7 * i) % 30}`)
  const far = many(30, (i) => `${(7 * i) % 31 ** 2}000`)
  const kindOf = (cells: readonly string[], name = 'a') => read(cells, {}, name).column!.kind

  it.each<[string, string[], string, number]>([
    ['with the numbers of the rows', many(30, (i) => `${i + 1}`), 'a', 31],
    [
      'with the numbers of the rows, shuffled, a few of them missing',
      [...many(40, (i) => `${(7 * i) % 40}`), '42'],
      'a',
      46,
    ],
    ['with the numbers of the rows, shuffled', consecutive, 'a', 30],
    ['with whole numbers that rise and the name pupilNR', many(30, (i) => `${i * i}`), 'pupilNR', 960],
    ...['id', 'ID', 'customer_id', 'customerId', 'CustomerID', 'Customer ID', 'index', 'key', 'uuid'].map(
      (name): [string, string[], string, number] => [
        `with different whole numbers and the name ${name}`,
        [...far].reverse(),
        name,
        210_000,
      ],
    ),
  ])('as a key that goes on after the largest, %s', (_, cells, name, first) => {
    expect(read(cells, {}, name).column).toEqual({ name, kind: 'key', first })
  })

  it.each<[string, string[]]>([
    ['with free text', many(60, (i) => `text ${i}`)],
    ['with texts of which more than half differ', many(60, (i) => (i < 51 ? `text ${i}` : 'same'))],
    ['with dates in an unknown form', many(60, (i) => `${1 + (i % 28)}/${1 + (i % 12)}/11`)],
    ['with whole numbers of 17 digits', many(60, (i) => `1234567890123${1000 + ((37 * i) % 997)}`)],
    ['with more texts than are kept', many(22_500, (i) => `text number ${i % 20_500}`)],
  ])('as a text, %s', (_, cells) => {
    const { column, leftOut } = read(cells)
    expect(column).toMatchObject({ name: 'a', kind: 'text' })
    expect(column!.maker).toBeDefined()
    expect(leftOut).toEqual([])
  })

  it('as a key, if pandas wrote it as an index without a name', () => {
    const rows = lines('', 30, (i) => `${30 - i}000,${i % 3}`)
    const keys = (head: string) =>
      readCsv(head + rows, 'a.csv').columns.flatMap(({ name, kind }) => (kind === 'key' ? [name] : []))
    expect([keys(',x'), keys('Unnamed: 0,x'), keys('x0,x')]).toEqual([['x0'], ['Unnamed: 0'], []])
  })

  it.each<[string, string[], string?]>([
    ['if it has 50 different texts', many(60, (i) => `text ${i % 50}`)],
    ['if only half of its texts differ', many(120, (i) => `text ${i % 60}`)],
    ['if it has only 19 rows', many(19, (i) => `${i}`)],
    ['if a number is missing', ['', ...many(29, (i) => `${i}`)]],
    ['if it has a number twice', [...many(29, (i) => `${i}`), '28']],
    ['if its numbers are not whole', many(30, (i) => `${i}.5`)],
    ['if it skips more than a few numbers', [...many(40, (i) => `${(7 * i) % 40}`), '43']],
    ['if its numbers only rise', many(30, (i) => `${i * i}`)],
    ['if its numbers may be years', many(30, (i) => `${1990 + i}`)],
    ['if it is named like the steps of a series', many(30, (i) => `${i + 1}`), 'time'],
    ['if it is named like a year of two digits', many(30, (i) => `${60 + i}`), 'yearEnd'],
    ['if its name only ends in the letters id, as paid does', [...far].reverse(), 'paid'],
    ['if its name only ends in key, as monkey does', [...far].reverse(), 'monkey'],
    ['if its name only ends in ID, as GRID does', [...far].reverse(), 'GRID'],
  ])('but not %s', (_, cells, name) => {
    expect(['key', 'text']).not.toContain(kindOf(cells, name))
  })

  it.each<[ColumnChoice]>([[{ types: { a: 'integer' } }], [{ types: { a: 'number' } }]])(
    'but not if the caller gives it another kind: %j',
    (choice) => {
      expect(read(consecutive, choice).cells).toEqual(consecutive.map(Number))
    },
  )

  it('or refused, if it has too many texts for the category that the caller makes it', () => {
    const cells = many(22_500, (i) => `text number ${i % 20_500}`)
    expect(() => read(cells, { types: { a: 'category' } })).toThrow(
      /line 10002, column a: with this cell the column has more than 10,000 distinct values/,
    )
  })
})

describe('a column is left out', () => {
  it('if it is empty, and a table of nothing else is refused in a line that says so', () => {
    expect(
      readCsv(
        lines('a,b', 30, (i) => `,${i % 3}`),
        'a.csv',
      ).leftOut,
    ).toMatchObject([{ name: 'a', reason: 'it has no values' }])
    expect(() =>
      readCsv(
        lines('a,b', 30, () => ','),
        'a.csv',
      ),
    ).toThrow(
      /^a\.csv has no column left: a is left out, it has no values; \{ types: \{ a: 'number' \} \} keeps it$/,
    )
  })
})

describe('a column that is dropped', () => {
  it('may hold any cells', () => {
    expect(read(['inf', '1'], { drop: ['a'] }).column).toBeUndefined()
    expect(read(['inf', '1'], { types: { a: 'drop' } }).leftOut).toEqual([])
    expect(read(['inf', '1'], { columns: ['other'] }).column).toBeUndefined()
  })
})

describe('a choice of columns', () => {
  const text = 'a,b,c\n1.5,2,x\n3.5,4,y\n'
  const names = (choice: ColumnChoice) => readCsv(text, 'a.csv', choice).columns.map(({ name }) => name)

  it("keeps the columns in the file's order", () => {
    expect(names({ columns: ['c', 'a'] })).toEqual(['a', 'c'])
    expect(names({ drop: ['b'] })).toEqual(['a', 'c'])
    expect(names({ columns: ['c', 'a'], drop: ['a'] })).toEqual(['c'])
    expect(names({ types: { b: 'drop', c: 'category' } })).toEqual(['a', 'c'])
    expect(cellsOf(readCsv(text, 'a.csv', { columns: ['c', 'a'] }))).toEqual([
      [1.5, 0],
      [3.5, 1],
    ])
  })

  it.each<[ColumnChoice, RegExp]>([
    [{ columns: ['aa'] }, /^unknown column aa \(did you mean a\?\): choose from a, b, c/],
    [{ drop: ['z'] }, /^unknown column z: choose from a, b, c/],
    [{ types: Object.fromEntries([['toString', 'number'] as const]) }, /^unknown column toString/],
    [{ types: { a: 'words' as 'number' } }, /^unknown types words: choose from number, integer, category, /],
    [
      { types: { a: '/\\d+/' } },
      /^`types`: no texts of column a can be made from \/\\d\+\/: \* and \+ have no end/,
    ],
    [{ columns: [] }, /^a\.csv has no column left: `columns` and `drop` leave none$/],
    [{ columns: 'a' as unknown as string[] }, /^columns is 'a', a string: give an array of column names/],
    [{ types: ['a'] as unknown as Record<string, 'number'> }, /^types is an array: give an object of kinds/],
  ])('is refused if no column or kind fits it: %j', (choice, message) => {
    expectRefused(() => names(choice), message)
  })
})
