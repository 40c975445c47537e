import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { formatDate } from '../../src/table/dates.ts'
import { describeColumns } from '../../src/table/describe.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import { kindOf, many, read, words } from './cells.ts'

describe('the kind of a column is told by its cells:', () => {
  it.each<[string, string[], string]>([
    ['numbers', ['1', '2.5', '-3e2'], 'number'],
    ['whole numbers', ['1', '39.0', '4e2', ''], 'integer'],
    ['texts', ['red', 'green', 'red'], 'category'],
    ['texts among numbers that are codes', ['0', '1', '2', '3+'], 'category'],
    ['one text among many numbers that are codes', [...many(100, (i) => `${i % 31}`), '31+'], 'category'],
    ['true and false', ['true', 'false', ''], 'boolean'],
    ['TRUE and FALSE', ['TRUE', 'FALSE'], 'boolean'],
    ['True and False', ['True', 'False'], 'boolean'],
    ['yes and no', ['yes', 'no'], 'boolean'],
    ['Yes and No', ['Yes', 'No'], 'boolean'],
    ['yes and no and another answer', ['yes', 'no', 'N/A'], 'category'],
    ['true and yes', ['true', 'yes'], 'category'],
    ['Y and N', ['Y', 'N'], 'category'],
    ['0 and 1', ['0', '1'], 'integer'],
    ['days', ['2011-12-31', '2012-01-01'], 'date'],
    ['months', ['2011-12', '2012-01'], 'date'],
    ['times of day', ['07:30', '23:59'], 'date'],
    ['a day that no calendar has', ['2011-02-28', '2011-02-30'], 'category'],
    ['days and times of day', ['2011-02-28', '12:00'], 'category'],
  ])('%s', (_, cells, kind) => {
    expect(kindOf(cells)).toBe(kind)
  })

  it('spells booleans as they are written', () => {
    expect(words(['Yes', 'No', ''])).toEqual(['Yes', 'No', null])
    expect(read(['Yes', 'No']).column!.categories).toEqual(['No', 'Yes'])
    expect(read(['TRUE', 'TRUE']).column!.categories).toEqual(['FALSE', 'TRUE'])
    expect(read(['no', 'no', '']).column!.categories).toEqual(['no', 'yes'])
    expect(read(['True', 'True']).cells).toEqual([1, 1])
  })

  it('takes several spellings of a boolean for one, and says so', () => {
    const { column, cells, notes } = read(['true', 'TRUE', 'False', 'False'])
    expect(column).toEqual({ name: 'a', kind: 'boolean', categories: ['False', 'true'] })
    expect(cells).toEqual([1, 1, 0, 0])
    expect(notes).toEqual(['a.csv, column a: true, TRUE are read as one word, true'])
  })

  it('keeps the most precise form of dates, and converts offsets', () => {
    expect(read(['2011-12-31', '2012-01-01 10:00']).column!.form).toBe('YYYY-MM-DD hh:mm')
    expect(words(['2011-12-31', '2012-01-01T00:30:00+02:00'])).toEqual([
      '2011-12-31T00:00:00Z',
      '2011-12-31T22:30:00Z',
    ])
    expect(words(['07:30', '07:30:15'])).toEqual(['07:30:00', '07:30:15'])
  })

  it('sorts categories by code unit, so whatever the language', () => {
    expect(read(['ä', 'z', 'Z', 'a', '10', '9']).column!.categories).toEqual(['10', '9', 'Z', 'a', 'z', 'ä'])
  })

  it('takes spaces around texts away', () => {
    expect(words([' red', 'red ', '"  red"', 'blue'])).toEqual(['red', 'red', 'red', 'blue'])
  })
})

describe('a missing value', () => {
  it.each([['NA'], ['N/A'], ['n/a'], ['NaN'], ['nan'], ['null'], ['NULL'], ['None'], ['#N/A'], ['-']])(
    'is %s beside numbers and dates, and is said',
    (word) => {
      expect(words(['1', word, word, '3'])).toEqual([1, null, null, 3])
      expect(words(['2011-12-31', word])).toEqual(['2011-12-31', null])
      expect(words(['true', word])).toEqual(['true', null])
      expect(read(['1', word, word, '3']).notes).toEqual([
        `a.csv, column a: ${word} counts as a missing value`,
      ])
    },
  )

  it('is an empty cell alone among texts', () => {
    expect(words(['red', 'NA', '', ' '])).toEqual(['red', 'NA', null, null])
    expect(read(['red', 'NA', '']).notes).toEqual([])
  })

  it('leaves a column without any other value out', () => {
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
  ])('is every cell of a column of a given kind %j that stays', (types, column) => {
    const read2 = read(['', '', ''], { types })
    expect(read2.column).toMatchObject(column)
    expect(read2.cells).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })
})

describe('a column of numbers with something else is refused:', () => {
  it.each<[string, string[], RegExp]>([
    ['inf', ['1', '2', 'inf'], /^a\.csv, line 4, column a: 'inf' is no finite number/],
    ['-inf', ['-inf', '2'], /^a\.csv, line 2, column a: '-inf' is no finite number/],
    ['1e999', ['1', '1e999'], /^a\.csv, line 3, column a: '1e999' is beyond float64 \(1\.8e308\)/],
    ['thousands', ['999', '"1,234"'], /line 3, column a: '1,234' has thousands separators: write it without/],
    [
      'a word among many numbers',
      many(50, (i) => (i === 40 ? 'unknown' : `${i}.5`)),
      /^a\.csv, line 42, column a: 'unknown' is no number, but 49 of 50 cells are: .*give it a kind with `types`, \{ types: \{ a: 'category' \} \}$/,
    ],
    [
      'a bad day among many',
      many(50, (i) => (i === 40 ? '2011-02-30' : `2011-${10 + (i % 3)}-${10 + (i % 20)}`)),
      /^a\.csv, line 42, column a: '2011-02-30' is no date, but 49 of 50 cells are/,
    ],
    [
      'inf after more numbers than are kept',
      many(20_100, (i) => (i === 20_050 ? 'inf' : `${i}.5`)),
      /^a\.csv, line 20052, column a: 'inf' is no finite number/,
    ],
    [
      'a word after more numbers than are kept',
      many(20_100, (i) => (i === 20_050 ? 'unknown' : `${i}.5`)),
      /^a\.csv, line 20052, column a: 'unknown' is no number, but 20,099 of 20,100 cells are/,
    ],
    [
      'a word before more numbers than are kept',
      many(20_100, (i) => (i === 50 ? 'unknown' : `${i}.5`)),
      /^a\.csv, line 52, column a: 'unknown' is no number, but 20,099 of 20,100 cells are/,
    ],
    [
      'a bad day after more days than are kept',
      many(20_100, (i) => (i === 20_050 ? '2011-02-30' : formatDate(i * 86_400_000, 'YYYY-MM-DD'))),
      /^a\.csv, line 20052, column a: '2011-02-30' is no date, but 20,099 of 20,100 cells are/,
    ],
    [
      'too many categories',
      many(30_000, (i) => `c${i % 12_000}`),
      /^a\.csv, column a has 12,000 distinct values, and a category at most 10,000: `drop` it/,
    ],
    [
      'far too many categories',
      many(50_000, (i) => `c${i % 24_000}`),
      /^a\.csv, column a has 24,000 distinct values, and a category at most 10,000/,
    ],
  ])('%s', (_, cells, message) => {
    expect(() => read(cells)).toThrow(InputError)
    expect(() => read(cells)).toThrow(message)
  })

  it('unless its kind is given', () => {
    expect(kindOf(['999', '"1,234"'], { types: { a: 'category' } })).toBe('category')
    const cells = many(50, (i) => (i === 40 ? 'unknown' : `${i}.5`))
    expect(kindOf(cells, { types: { a: 'category' } })).toBe('category')
    expect(() => read(['1', 'inf'], { types: { a: 'number' } })).toThrow(
      "line 3, column a: 'inf' is no finite number",
    )
    expect(words(['1', '2', 'inf'], { types: { a: 'category' } })).toEqual(['1', '2', 'inf'])
  })

  it('but 1,000 categories are taken', () => {
    const { column, cells } = read(many(3000, (i) => `c${i % 1000}`))
    expect(column!.categories).toHaveLength(1000)
    expect(cells.slice(0, 2000).map((cell) => column!.categories![cell])).toEqual(
      many(2000, (i) => `c${i % 1000}`),
    )
  })
})

describe('more values than are kept as words', () => {
  it('are dates although a word for a missing value came before, which is said', () => {
    const days = many(20_100, (i) => (i === 5 ? '-' : formatDate(i * 86_400_000, 'YYYY-MM-DD')))
    expect(read(days).notes).toEqual(['a.csv, column a: - counts as a missing value'])
  })

  it('are an id where one of them has more digits than a number keeps', () => {
    const cells = many(20_100, (i) => (i === 20_050 ? '12345678901234567' : `${(7 * i) % 20_200}`))
    expect(read(cells).leftOut).toMatchObject([{ name: 'a', kind: 'category' }])
  })

  it('are the same numbers, gaps and dates', () => {
    const numbers = many(25_000, (i) => (i % 100 === 7 ? 'NA' : i % 100 === 8 ? '' : `${i % 24_000}.25`))
    expect(words(numbers)).toEqual(
      numbers.map((text) => (text === 'NA' || text === '' ? null : Number(text))),
    )
    expect(read(numbers).notes).toEqual(['a.csv, column a: NA counts as a missing value'])
    const days = many(25_000, (i) => formatDate((i % 24_000) * 86_400_000, 'YYYY-MM-DD'))
    expect(words(days)).toEqual(days)
    const late = [...days, '2011-12-31 10:00', 'NA', '']
    expect(words(late).slice(24_999)).toEqual([`${days.at(-1)} 00:00`, '2011-12-31 10:00', null, null])
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
  ])('%j reads %j', (types, cells, expected) => {
    expect(words(cells, { types })).toEqual(expected)
    expect(read(cells, { types }).column!.kind).toBe(types!.a)
  })

  it('sorts numbers as texts by number', () => {
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
    [{ a: 'date' }, ['2011-12-31', '31.12.2011'], /line 3, column a: '31\.12\.2011' is no date/],
    [{ a: 'date' }, ['2011-12-31', '12:00'], /line 3, column a: '12:00' is no date of the form YYYY-MM-DD/],
    [
      { a: 'integer' },
      many(20_100, (i) => (i === 20_050 ? '0.5' : `${i}`)),
      /line 20052, column a: '0\.5' is no whole number/,
    ],
    [
      { a: 'number' },
      many(20_100, (i) => (i === 20_050 ? 'x' : `${i}`)),
      /line 20052, column a: 'x' is no number/,
    ],
  ])('%j is refused where a cell contradicts it', (types, cells, message) => {
    expect(() => read(cells, { types })).toThrow(InputError)
    expect(() => read(cells, { types })).toThrow(message)
  })

  it('takes numbers with zeros before them for names, where there are rows enough for each', () => {
    const cells = many(40, (i) => (i % 3 === 0 ? '02134' : `${10_001 + (i % 3)}`))
    const { column, notes } = read(cells)
    expect(column).toMatchObject({ kind: 'category', categories: ['02134', '10002', '10003'] })
    expect(notes).toEqual([
      "a.csv, column a: its numbers have leading zeros, such as 02134, so it is a category: `types` makes it numeric, { types: { a: 'number' } }",
    ])
    expect(read(cells, { types: { a: 'number' } })).toMatchObject({ column: { kind: 'number' }, notes: [] })
    expect(read(many(40, (i) => `${0.5 + i}`)).column!.kind).toBe('number')
  })

  it('says that zeros before numbers are lost where these are too many for names', () => {
    const { column, notes } = read(many(40, (i) => `0${3 * ((7 * i) % 31)}`))
    expect(column!.kind).toBe('integer')
    expect(notes).toEqual([
      "a.csv, column a: numbers such as 00 lose their leading zeros: `types` keeps them, { types: { a: 'category' } }",
    ])
  })

  it('says what a long number loses', () => {
    const cells = ['12345678901234567', '12345678901234565']
    expect(read(cells, { types: { a: 'integer' } }).notes).toEqual([
      'a.csv, column a: whole numbers as long as 12345678901234567 are rounded to float64',
    ])
    expect(words(cells, { types: { a: 'category' } })).toEqual(cells)
  })
})

it('describeColumns says a line a column', () => {
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
    'gap: constant 1, 20 missing',
    "note: left out, nearly all its values differ: free text or an id ({ types: { note: 'category' } } keeps it)",
    "empty: left out, it has no values ({ types: { empty: 'number' } } keeps it)",
  ])
  const given = readCsv('a,b c\n1.5,\n2.5,\n', 'a.csv', { types: { 'b c': 'integer' } })
  expect(describeColumns(given)).toEqual(['a: number 1.5..2.5', 'b c: whole number, all missing'])
  const out = readCsv('a,"b c\t"\n1.5,\n2.5,\n', 'a.csv')
  expect(describeColumns(out)[1]).toBe(
    'b c: left out, it has no values ({ types: { "b c": \'number\' } } keeps it)',
  )
})
