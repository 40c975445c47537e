import { describe, expect, it } from 'vitest'
import { formatDate } from '../../src/table/dates.ts'
import { describeColumns } from '../../src/table/describe.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { kindOf, many, read, words } from './cells.ts'

/** More whole numbers than are kept as words, and one other cell behind them. */
const late = (cell: string) => many(20_100, (i) => (i === 20_050 ? cell : `${3 * i}`))

describe('a column', () => {
  it.each<[cells: string, kind: string, string[]]>([
    ['numbers', 'number', ['1', '2.5', '-3e2']],
    ['whole numbers', 'integer', ['1', '39.0', '4e2', '']],
    ['texts', 'category', ['red', 'green', 'red']],
    ['texts among numbers that are codes', 'category', ['0', '1', '2', '3+']],
    ['one text among many numbers that are codes', 'category', [...many(100, (i) => `${i % 31}`), '31+']],
    ['true and false', 'boolean', ['true', 'false', '']],
    ['TRUE and FALSE', 'boolean', ['TRUE', 'FALSE']],
    ['True and False', 'boolean', ['True', 'False']],
    ['yes and no', 'boolean', ['yes', 'no']],
    ['Yes and No', 'boolean', ['Yes', 'No']],
    ['yes and no and another answer', 'category', ['yes', 'no', 'N/A']],
    ['true and yes', 'category', ['true', 'yes']],
    ['Y and N', 'category', ['Y', 'N']],
    ['0 and 1', 'integer', ['0', '1']],
    ['days', 'date', ['2011-12-31', '2012-01-01']],
    ['months', 'date', ['2011-12', '2012-01']],
    ['times of day', 'date', ['07:30', '23:59']],
    ['a day that no calendar has', 'category', ['2011-02-28', '2011-02-30']],
    ['days and times of day', 'category', ['2011-02-28', '12:00']],
  ])('of %s has the kind %s', (_, kind, cells) => {
    expect(kindOf(cells)).toBe(kind)
  })

  it('of booleans keeps their spelling', () => {
    expect(words(['Yes', 'No', ''])).toEqual(['Yes', 'No', null])
    expect(read(['Yes', 'No']).column!.categories).toEqual(['No', 'Yes'])
    expect(read(['TRUE', 'TRUE']).column!.categories).toEqual(['FALSE', 'TRUE'])
    expect(read(['no', 'no', '']).column!.categories).toEqual(['no', 'yes'])
    expect(read(['True', 'True']).cells).toEqual([1, 1])
  })

  it('of booleans in several spellings has one of them, and the table notes it', () => {
    const { column, cells, notes } = read(['true', 'TRUE', 'False', 'False'])
    expect(column).toEqual({ name: 'a', kind: 'boolean', categories: ['False', 'true'] })
    expect(cells).toEqual([1, 1, 0, 0])
    expect(notes).toEqual(['a.csv, column a: true, TRUE are read as one word, true'])
  })

  it('of dates has their most precise form, and converts offsets to UTC', () => {
    expect(read(['2011-12-31', '2012-01-01 10:00']).column!.form).toBe('YYYY-MM-DD hh:mm')
    expect(words(['2011-12-31', '2012-01-01T00:30:00+02:00'])).toEqual([
      '2011-12-31T00:00:00Z',
      '2011-12-31T22:30:00Z',
    ])
    expect(words(['07:30', '07:30:15'])).toEqual(['07:30:00', '07:30:15'])
  })

  it('of categories sorts them by code unit, the same in every language', () => {
    expect(read(['ä', 'z', 'Z', 'a', '10', '9']).column!.categories).toEqual(['10', '9', 'Z', 'a', 'z', 'ä'])
  })

  it('of texts has no spaces around them', () => {
    expect(words([' red', 'red ', '"  red"', 'blue'])).toEqual(['red', 'red', 'red', 'blue'])
  })
})

describe('a missing value', () => {
  it.each([['NA'], ['N/A'], ['n/a'], ['NaN'], ['nan'], ['null'], ['NULL'], ['None'], ['#N/A'], ['-']])(
    'may be written as %s beside numbers and dates, and the table notes it',
    (word) => {
      expect(words(['1', word, word, '3'])).toEqual([1, null, null, 3])
      expect(words(['2011-12-31', word])).toEqual(['2011-12-31', null])
      expect(words(['true', word])).toEqual(['true', null])
      expect(read(['1', word, word, '3']).notes).toEqual([
        `a.csv, column a: ${word} counts as a missing value`,
      ])
    },
  )

  it('among texts is only an empty cell', () => {
    expect(words(['red', 'NA', '', ' '])).toEqual(['red', 'NA', null, null])
    expect(read(['red', 'NA', '']).notes).toEqual([])
  })

  it('in every row leaves the column out', () => {
    for (const cells of [
      ['', '', ''],
      ['NA', '', '-'],
    ])
      expect(read(cells).leftOut).toEqual([{ name: 'a', reason: 'it has no values', kind: 'number' }])
  })

  it.each<[ColumnChoice['types'], object]>([
    [{ a: 'number' }, { kind: 'number' }],
    [{ a: 'integer' }, { kind: 'integer' }],
    [{ a: 'category' }, { kind: 'category', categories: [] }],
    [{ a: 'boolean' }, { kind: 'boolean', categories: ['false', 'true'] }],
    [{ a: 'date' }, { kind: 'date', form: 'YYYY-MM-DD' }],
  ])('in every row keeps the column if it has a given kind: %j', (types, column) => {
    const given = read(['', '', ''], { types })
    expect(given.column).toMatchObject(column)
    expect(given.cells).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })
})

describe('a few other cells among many numbers or dates', () => {
  it('make the column a category if its cells repeat', () => {
    const houses = many(400, (i) => (i === 40 ? '136A' : `${100 + (i % 90)}`))
    const { column, notes } = read(houses)
    expect(column).toMatchObject({ kind: 'category' })
    expect(column!.categories).toContain('136A')
    expect(notes).toEqual([
      "a.csv, column a: 399 of 400 cells are numbers, the rest are '136A': it is a category",
    ])
  })

  it.each([
    ['numbers', (i: number) => `${i}.5`, 'unknown', 'number'],
    ['dates', (i: number) => `2011-${10 + (i % 3)}-${10 + (i % 20)}`, '2011-02-30', 'date'],
  ])('are gaps if the others hardly repeat: %s', (kinds, cellOf, other, kind) => {
    const { column, notes, cells } = read(many(50, (i) => (i === 40 ? other : cellOf(i))))
    expect(column).toMatchObject({ kind })
    expect(cells.map(Number.isNaN).indexOf(true)).toBe(40)
    expect(cells.filter(Number.isNaN)).toHaveLength(1)
    expect(notes).toEqual([
      `a.csv, column a: 49 of 50 cells are ${kinds}, the rest are '${other}', which count as missing: { types: { a: 'category' } } makes it a category`,
    ])
  })
})

describe('a few odd cells do not stop the reading of a column', () => {
  it.each<[string, string[], number, string]>([
    ['infinity', ['1', '2', 'inf'], 2, "2 of 3 cells are numbers, the rest are 'inf'"],
    ['-infinity', ['-inf', '2'], 0, "1 of 2 cells are numbers, the rest are '-inf'"],
    ['a number beyond float64', ['1', '1e999'], 1, "1 of 2 cells are numbers, the rest are '1e999'"],
    [
      'infinity among numbers that repeat',
      many(400, (i) => (i === 40 ? 'inf' : `${i % 50}`)),
      40,
      "399 of 400 cells are numbers, the rest are 'inf'",
    ],
    [
      'infinity after more numbers than are kept as words',
      late('inf'),
      20_050,
      "20,099 of 20,100 cells are numbers, the rest are 'inf'",
    ],
    [
      'a word after more numbers than are kept as words',
      late('unknown'),
      20_050,
      "20,099 of 20,100 cells are numbers, the rest are 'unknown'",
    ],
    [
      'a word before more numbers than are kept as words',
      many(20_100, (i) => (i === 50 ? 'unknown' : `${i}.5`)),
      50,
      "20,099 of 20,100 cells are numbers, the rest are 'unknown'",
    ],
    [
      'a day that no calendar has after more days than are kept as words',
      many(20_100, (i) => (i === 20_050 ? '2011-02-30' : formatDate(i * 86_400_000, 'YYYY-MM-DD'))),
      20_050,
      "20,099 of 20,100 cells are dates, the rest are '2011-02-30'",
    ],
  ])('%s is a gap, and the table notes it', (_, texts, at, note) => {
    const { cells, notes } = read(texts)
    expect([cells.findIndex(Number.isNaN), cells.filter(Number.isNaN).length]).toEqual([at, 1])
    expect(notes).toEqual([
      `a.csv, column a: ${note}, which count as missing: { types: { a: 'category' } } makes it a category`,
    ])
  })

  it('but many do: a column of 20,100 numbers and 5000 texts is one of texts', () => {
    const cells = many(25_100, (i) => (i > 20_100 ? `text ${i}` : `${i}.5`))
    expect(read(cells).column).toMatchObject({ name: 'a', kind: 'text' })
  })
})

describe('a column is refused', () => {
  it('with more than 10,000 categories, if it is made a category; otherwise its texts are made for each row', () => {
    const cells = many(25_000, (i) => `c${i % 12_000}`)
    expect(read(cells).column!.kind).toBe('text')
    expectRefused(
      () => read(cells, { types: { a: 'category' } }),
      /^a\.csv, line 10002, column a: with this cell the column has more than 10,000 distinct values/,
    )
  })

  it('only if its kind is not given', () => {
    const cells = many(50, (i) => (i === 40 ? 'unknown' : `${i}.5`))
    expect(kindOf(cells, { types: { a: 'category' } })).toBe('category')
    expect(() => read(['1', 'inf'], { types: { a: 'number' } })).toThrow(
      "line 3, column a: 'inf' is no finite number",
    )
    expect(words(['1', '2', 'inf'], { types: { a: 'category' } })).toEqual(['1', '2', 'inf'])
  })

  it('but not with 1,000 categories', () => {
    const cells = many(3000, (i) => `c${i % 1000}`)
    expect(words(cells)).toEqual(cells)
  })
})

describe('a column of more values than are kept as words', () => {
  it('may have a word for a missing value before its dates, which the table notes', () => {
    const days = many(20_100, (i) => (i === 5 ? '-' : formatDate(i * 86_400_000, 'YYYY-MM-DD')))
    expect(read(days).notes).toEqual(['a.csv, column a: - counts as a missing value'])
  })

  it('is an id if one of them has more digits than a number keeps', () => {
    const cells = many(20_100, (i) => (i === 20_050 ? '12345678901234567' : `${(7 * i) % 20_200}`))
    expect(read(cells).leftOut).toMatchObject([{ name: 'a', kind: null }])
  })

  it('keeps its numbers, missing values and dates', () => {
    const numbers = many(20_800, (i) => (i % 100 === 7 ? 'NA' : i % 100 === 8 ? '' : `${i}.25`))
    expect(words(numbers)).toEqual(
      numbers.map((text) => (text === 'NA' || text === '' ? null : Number(text))),
    )
    expect(read(numbers).notes).toEqual(['a.csv, column a: NA counts as a missing value'])
    const days = many(20_200, (i) => formatDate(i * 86_400_000, 'YYYY-MM-DD'))
    expect(words(days)).toEqual(days)
    const late = [...days, '2011-12-31 10:00', 'NA', '']
    expect(words(late).slice(20_199)).toEqual([`${days.at(-1)} 00:00`, '2011-12-31 10:00', null, null])
  })
})

describe('a chosen kind', () => {
  it.each<[ColumnChoice['types'], string[], unknown[]]>([
    [{ a: 'category' }, ['02134', '10001', '02134'], ['02134', '10001', '02134']],
    [{ a: 'category' }, ['39.0', '39', 'NA'], ['39.0', '39', 'NA']],
    [{ a: 'number' }, ['02134', '1', ''], [2134, 1, null]],
    [{ a: 'integer' }, ['39.0', '-', '7'], [39, null, 7]],
    [{ a: 'boolean' }, ['0', '1', 'NA'], ['0', '1', null]],
    [{ a: 'boolean' }, ['0.0', '1.0', ''], ['0', '1', null]],
    [{ a: 'boolean' }, ['yes', 'no', 'NA'], ['yes', 'no', null]],
    [{ a: 'date' }, ['2011-12', 'NA'], ['2011-12', null]],
    [{ a: 'key' }, ['x', 'y', 'z'], [0, 1, 2]],
  ])('of %j reads the cells %j', (types, cells, expected) => {
    expect(words(cells, { types })).toEqual(expected)
    expect(read(cells, { types }).column!.kind).toBe(types!.a)
  })

  it('of category sorts numbers by their value', () => {
    const { categories } = read(['10', '9', '02134', '1.5'], { types: { a: 'category' } }).column!
    expect(categories).toEqual(['1.5', '9', '10', '02134'])
  })

  it.each<[ColumnChoice['types'], string[], RegExp]>([
    [{ a: 'integer' }, ['1', 'abc'], /^a\.csv, line 3, column a: 'abc' is no whole number: correct it, or/],
    [{ a: 'integer' }, ['1', '2.5'], /line 3, column a: '2\.5' is no whole number/],
    [{ a: 'number' }, ['abc', '2'], /line 2, column a: 'abc' is no number/],
    [{ a: 'boolean' }, ['true', 'maybe'], /line 3, column a: 'maybe' is no boolean:/],
    [{ a: 'boolean' }, ['true', 'no'], /line 3, column a: 'no' is no boolean as 'true' is/],
    [{ a: 'boolean' }, ['0', '2'], /line 3, column a: '2' is no boolean/],
    [
      { a: 'date' },
      ['2011-12-31', '31.12.2011'],
      /line 3, column a: '31\.12\.2011' is no date of the form YYYY-MM-DD:/,
    ],
    [{ a: 'date' }, ['2011-12-31', '12:00'], /line 3, column a: '12:00' is no date of the form YYYY-MM-DD/],
    [{ a: 'integer' }, late('0.5'), /line 20052, column a: '0\.5' is no whole number/],
    [{ a: 'number' }, late('x'), /line 20052, column a: 'x' is no number/],
  ])('of %j is refused if a cell contradicts it', (types, cells, message) => {
    expectRefused(() => read(cells, { types }), message)
  })

  it('is category for numbers with leading zeros that repeat often enough', () => {
    const cells = many(40, (i) => (i % 3 === 0 ? '02134' : `${10_001 + (i % 3)}`))
    const { column, notes } = read(cells)
    expect(column).toMatchObject({ kind: 'category', categories: ['02134', '10002', '10003'] })
    expect(notes).toEqual([
      "a.csv, column a: its numbers have leading zeros, such as 02134, so it is a category: { types: { a: 'number' } } makes it numeric",
    ])
    expect(read(cells, { types: { a: 'number' } })).toMatchObject({ column: { kind: 'number' }, notes: [] })
    expect(read(many(40, (i) => `${0.5 + i}`)).column!.kind).toBe('number')
  })

  it('is a number for many numbers with leading zeros, and the table notes that the zeros are lost', () => {
    const { column, notes } = read(many(40, (i) => `0${3 * ((7 * i) % 31)}`))
    expect(column!.kind).toBe('integer')
    expect(notes).toEqual([
      "a.csv, column a: numbers such as 00 lose their leading zeros: { types: { a: 'category' } } keeps them",
    ])
  })

  it('of integer rounds numbers of more than 16 digits, and the table notes it', () => {
    const cells = ['12345678901234567', '12345678901234565']
    expect(read(cells, { types: { a: 'integer' } }).notes).toEqual([
      'a.csv, column a: whole numbers as long as 12345678901234567 are rounded to float64',
    ])
    expect(words(cells, { types: { a: 'category' } })).toEqual(cells)
  })
})

it('describeColumns describes each column in a line', () => {
  const text = `id,income,age,fare,date,at,survived,country,flag,same,note,empty,gap
${many(
  60,
  (i) =>
    `${i},${i % 2 ? '>50K' : '<=50K'},${17 + (i % 5)},${i === 3 ? 512.3292 : i / 2},2011-01-${10 + (i % 20)},12:0${i % 10},${i % 2 === 0},DE,yes,2011-01-01,note ${i},,${i % 3 ? 1 : ''}`,
).join('\n')}\n`
  expect(describeColumns(readCsv(text, 'a.csv', { types: { id: 'key' } }))).toEqual([
    'id: key',
    'income: category of 2',
    'age: whole number 17..21',
    'fare: number 0..512.3',
    'date: 2011-01-10..2011-01-29, daily',
    'at: 12:00..12:09',
    'survived: boolean',
    "country: constant 'DE'",
    "flag: constant 'yes'",
    'same: constant 2011-01-01',
    'note: text in the form note 60, all different',
    'gap: constant 1, 20 missing',
    "empty: left out, it has no values ({ types: { empty: 'number' } } keeps it)",
  ])
  const given = readCsv('a,b c\n1.5,\n2.5,\n', 'a.csv', { types: { 'b c': 'integer' } })
  expect(describeColumns(given)).toEqual(['a: number 1.5..2.5', 'b c: whole number, all missing'])
  const out = readCsv('a,"b c\t"\n1.5,\n2.5,\n', 'a.csv')
  expect(describeColumns(out)[1]).toBe(
    'b c: left out, it has no values ({ types: { "b c": \'number\' } } keeps it)',
  )
})
