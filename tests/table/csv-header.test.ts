import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvReader, readCsv } from '../../src/table/formats/csv.ts'
import { formatOf } from '../../src/table/formats/csv-head.ts'
import { namesOf } from '../../src/table/table.ts'
import { lines } from './cells.ts'

const read = (text: string) => readCsv(text, 'a.csv')
const namesIn = (text: string) => namesOf(read(text))

describe('the first line of a CSV file names the columns', () => {
  it.each<[string, string, string[]]>([
    ['if it has spaces', ' first name ,Last Name\nx,y\nz,y\n', ['first name', 'Last Name']],
    ['if a name in quotes contains the delimiter', '"height, cm",w\n1,2\n3,4', ['height, cm', 'w']],
    ['if a name contains another delimiter', 'a;b,c\n1,2\n3,4\n', ['a;b', 'c']],
    ['if texts contain other delimiters', 'name,note\nBob,hi; there\nAnn,a|b\n', ['name', 'note']],
    ['if a single column has a name of two words', 'first name\nBob Smith\nAnn Lee\n', ['first name']],
    ['if a name is missing', ',w\n1,2\n3,4', ['x0', 'w']],
    ['if pandas wrote it for columns without names', ',0,1\n0,1.5,x\n1,2.5,y\n', ['x0', '0', '1']],
    ['if it has days alone', '2011-12-30,2011-12-31\n1,2\n3,4\n', ['2011-12-30', '2011-12-31']],
    ['if it has years above days', lines('2019', 12, (i) => `2011-12-${10 + i}`), ['2019']],
  ])('%s', (_, text, names) => {
    expect(namesIn(text)).toEqual(names)
  })

  it('if its numbers stand above texts, and the table notes it', () => {
    const { count, columns, notes } = read(lines('2019,2020', 12, (i) => `red,${i % 3}`))
    expect(columns.map(({ name, categories }) => [name, categories])).toEqual([
      ['2019', ['red']],
      ['2020', undefined],
    ])
    expect(count).toBe(12)
    expect(notes).toEqual([expect.stringMatching(/2019,2020, names the columns/)])
  })

  it('even if its texts are values of their columns too, and the table notes it', () => {
    expect(read('39,State-gov\n50,Private\n38,State-gov\n').notes).toEqual([
      "a.csv: the first line names the columns, although 'State-gov' is a value of its column too: if it is a row, set `header` to false",
    ])
    expect(read('a,b\nx,1\ny,2\n').notes).toEqual([])
  })

  it('if its numbers are nowhere near those below, and the table notes it', () => {
    const { count, columns, notes } = read(lines('2019,2020', 30, (i) => `${i % 7},${0.5 * (i % 5)}`))
    expect([columns.map(({ name }) => name), count]).toEqual([['2019', '2020'], 30])
    expect(notes[0]).toMatch(
      /the first line, 2019,2020, names the columns: its numbers are nowhere near those below it$/,
    )
  })

  it('if the choice of columns names its numbers', () => {
    const { columns } = readCsv('2019,2020\n1,2\n3,4\n', 'a.csv', { types: { 2019: 'category' } })
    expect(columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['2019 category', '2020 integer'])
  })
})

it('names that stand in the first line of a CSV file twice are numbered, and the table notes it', () => {
  const { columns, notes } = read('a,b,a,a_2,a,,x5\n1,2,3,4,5,6,7\n2,3,4,5,6,7,8\n')
  expect(namesOf({ columns })).toEqual(['a', 'b', 'a_3', 'a_2', 'a_4', 'x5', 'x5_2'])
  expect(columns.map(({ cells }) => cells[0])).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(notes).toEqual([
    'a.csv: 3 columns are named a: all but the first are called a_3, a_4',
    'a.csv: 2 columns are named x5: the second is called x5_2',
  ])
  expect(namesOf(readCsv('a,a\n1,2\n3,4\n', 'a.csv', { drop: ['a'] }))).toEqual(['a_2'])
  expect(read('1,1\n2,3\n4,5\n').notes).toEqual([])
})

describe('the first line of a CSV file is a row', () => {
  const below = (first: string) => read(lines(first, 30, (i) => `${i % 7},${0.5 * (i % 5)}`))

  it('if it has dates and numbers', () => {
    const { count, columns } = read('2011-12-30,1\n2011-12-31,2\n')
    expect(columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['x0 date', 'x1 integer'])
    expect(count).toBe(2)
  })

  it('if its numbers are near those below, which the table notes if they could be names', () => {
    const { count, columns, notes } = below('5,1')
    expect([columns.map(({ name }) => name), count]).toEqual([['x0', 'x1'], 31])
    expect(notes[0]).toMatch(
      /the first line, 5,1, is read as a row: if it names the columns, put a letter into the names$/,
    )
    expect(below('5.5,1.25').notes).toEqual([])
  })

  it('if there are too few rows to see what is far from them', () => {
    expect(read('2019,2020\n1.5,2\n2.5,3\n').notes[0]).toMatch(/2019,2020, is read as a row/)
  })
})

describe('the first line of a CSV file with a text', () => {
  const noted = (first: string) =>
    `a.csv: the first line, ${first}, is read as a row, as its cells are like those below: \`header\` takes it for names`
  const species = ['Adelie', 'Gentoo', 'Chinstrap']
  const penguin = (i: number) => `${species[i % 3]},${30 + (i % 17) + 0.1 * (i % 10)},${180 + (i % 9)}`

  it.each<[string, string, (i: number) => string]>([
    ['with a category that recurs', 'Adelie,39.1,181', penguin],
    ['with a missing value', 'Gentoo,NA,', penguin],
    ['with a decimal within its column', 'Torgersen Island,39.1', (i) => `island ${i},${30.5 + (i % 17)}`],
    ['with a date above dates', 'Ann,2024-05-01', (i) => `name ${i},2024-05-${10 + (i % 20)}`],
    ['of texts alone', 'red,large', (i) => `${i % 2 ? 'red' : 'blue'},${i % 3 ? 'large' : 'small'}`],
  ])('is a row %s, which the table notes', (_, first, row) => {
    const { count, columns, notes } = read(lines(first, 40, row))
    expect([count, columns[0]!.name]).toEqual([41, 'x0'])
    expect(notes[0]).toBe(noted(first))
  })

  it.each<[string, string, (i: number) => string]>([
    ['above numbers', 'Adelie,bill,flipper', penguin],
    ['that is none of few categories', 'species,39.1,181', penguin],
    ['with years', 'country,2019,2020', (i) => `land ${i},${2010 + (i % 20)},${2015 + (i % 9)}`],
    ['above dates', 'Adelie,day', (i) => `${species[i % 3]},2024-05-${10 + (i % 20)}`],
    ['with a number above texts', 'Adelie,7', (i) => `${species[i % 3]},${species[(i >> 1) % 3]}`],
    ['of texts that all differ', 'name,note', (i) => `name ${i},note ${i}`],
    [
      'of names that stand there again, as in files that were joined',
      'age,name',
      (i) => (i % 10 === 9 ? 'age,name' : `${i},n ${i % 4}`),
    ],
  ])('names the columns %s', (_, first, row) => {
    const { columns, count } = read(lines(first, 40, row))
    expect([namesOf({ columns }), count]).toEqual([first.split(','), 40])
  })

  it('is what the choice says', () => {
    const text = lines('Adelie,39.1,181', 40, penguin)
    const names = (header: boolean, of = text) => namesOf(readCsv(of, 'a.csv', { header }))
    expect(names(true)).toEqual(['Adelie', '39.1', '181'])
    expect(names(false, lines('species,bill,flipper', 40, penguin))).toEqual(['x0', 'x1', 'x2'])
    expect(readCsv(text, 'a.csv', { header: true }).notes).toEqual([])
  })

  it('is the same whatever pieces the text arrives in', () => {
    const text = lines('Adelie,39.1,181', 9000, penguin)
    for (const size of [7, 1000, 70_000, text.length]) {
      const reader = new CsvReader('a.csv')
      for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size))
      expect(reader.end().notes).toEqual([noted('Adelie,39.1,181')])
    }
  })
})

describe('the format of a CSV', () => {
  /** As regular expressions have it, which go back through a long text: what the head of a file is compared with. */
  function formatByExpressions(text: string, isLast: boolean) {
    const bare = text.replaceAll(/(^|[\t;|, \r\n])"(?:[^"]|"")*"/g, '$1x')
    const lines = bare.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')
    if (!isLast && lines.length < 3) return undefined
    const [first = '', second = ''] = lines
    const parts = (line: string, delimiter: string) => line.split(delimiter).length
    const delimiters = ['\t', ';', '|', ','].filter((delimiter) => first.includes(delimiter))
    const even = delimiters.find((delimiter) => parts(first, delimiter) === parts(second, delimiter))
    const [names, cells] = [first.trim().split(/ +/), second.trim().split(/ +/)] as const
    const bySpaces =
      names.length > 1 && names.length === cells.length && cells.some((cell) => /^\d+$/.test(cell))
    const newline = /\r\n|\n|\r(?!$)/.exec(bare)?.[0] ?? '\n'
    return { delimiter: even ?? delimiters[0] ?? (bySpaces ? ' ' : ','), newline }
  }

  it('is what its first lines show, without what stands in quotes', () => {
    const pieces = fc.constantFrom('a', '1', '"x"', '"a,b\n"', '"""', ',', ';', ' ', '\t', '\n', '\r\n', '\r')
    const texts = fc.array(pieces, { maxLength: 16 }).map((list) => list.join(''))
    // where quotes are not closed, an expression goes back to those before
    const isClosed = (text: string) =>
      !text.replaceAll(/(^|[\t;|, \r\n])"(?:[^"]|"")*"(?!")/g, '$1x').includes('"')
    fc.assert(
      fc.property(texts.filter(isClosed), fc.boolean(), (text, isLast) => {
        expect(formatOf(text, isLast)).toEqual(formatByExpressions(text, isLast))
      }),
      { numRuns: 20_000, seed: 1 },
    )
  })
})
