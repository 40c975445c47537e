import { describe, expect, it } from 'vitest'
import { CsvReader, parseCsv, readCsv } from '../../src/table/formats/csv.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { cellsOf, lines, many, wordsOf } from './cells.ts'

const numbers = (text: string) => cellsOf(parseCsv(text, 'a.csv'))
const rows = (text: string, choice: ColumnChoice = {}) => wordsOf(readCsv(text, 'a.csv', choice))

describe('a CSV file is read', () => {
  it.each<[string, string]>([
    ['with commas and a header', 'a,b\n1,2.5\n-3,4e1\n'],
    ['without a header', '1,2.5\n-3,4e1'],
    ['with semicolons', 'a;b\n1;2.5\n-3;4e1\n'],
    ['with semicolons and decimal commas', 'a;b\r\n1;2,5\r\n-3;40,0\r\n'],
    ['with tabs', 'a\tb\n1\t2.5\n-3\t4e1'],
    ['with quotes and tabs', '"a"\t"b"\n"1"\t"2.5"\n"-3"\t"40"\n'],
    ['with quotes', '"a","b"\n"1","2.5"\n"-3","40"\n'],
    ['after a byte-order mark', '\ufeffa,b\n1,2.5\n-3,40\n'],
    ['with spaces around cells', ' a , b \n 1 , 2.5 \n -3 , 40 \n'],
    ['with blank lines', '\na,b\n\n1,2.5\n\n-3,40\n\n'],
    ['with line ends of old Macs', 'a,b\r1,2.5\r-3,40\r'],
    ['with plus signs and bare points', '+1,2.5\n-3.,.4e2\n'],
  ])('%s', (_, text) => {
    expect(numbers(text)).toEqual([
      [1, 2.5],
      [-3, 40],
    ])
  })

  it.each<[string, string, (number | null)[]]>([
    ['an empty cell', 'a,b\n1,2\n3,\n', [1, 2, 3, null]],
    ['NaN', 'a,b\n1,2\nNaN,4\n', [1, 2, null, 4]],
    ['NaN in the first line, without a header,', 'nan,2\n3,4\n', [null, 2, 3, 4]],
    ['an empty cell in the first line, without a header,', '1,,3\n4,5,6\n', [1, null, 3, 4, 5, 6]],
    ['each cell of a line of delimiters', 'a,b\n1,2\n,\n', [1, 2, null, null]],
    ['an empty cell in quotes of a single column', 'a\n1\n""\n\n2\n', [1, null, 2]],
  ])('with %s as a missing value', (_, text, expected) => {
    expect(numbers(text).flat()).toEqual(expected.map((cell) => cell ?? Number.NaN))
  })

  it('with words and numbers that are not decimal as categories', () => {
    expect(rows('a,b\n1,0x10\nred,2\n')).toEqual([
      ['1', '0x10'],
      ['red', '2'],
    ])
  })

  it('with a single column', () => {
    expect(numbers('1.5\n2.5\n')).toEqual([[1.5], [2.5]])
  })

  it('with columns of whole numbers told apart from others', () => {
    const { columns } = parseCsv('n,x,m\n1,2,3.0\n4,5.5,6e2\n', 'a.csv')
    expect(columns.map(({ kind }) => kind)).toEqual(['integer', 'number', 'integer'])
  })

  it('with many rows', () => {
    const text = lines('a,b,c', 20_000, (i) => [0, 1, 2].map((d) => i + d / 32).join())
    const read = numbers(text)
    expect([read.length, read.at(-1)]).toEqual([20_000, [19_999, 19_999 + 1 / 32, 19_999 + 2 / 32]])
  })

  it('with 200 columns', () => {
    const line = (i: number) => many(200, (d) => (d % 2 ? `w${(i + d) % 7}` : `${i % 5}.5`))
    const text = lines(many(200, (d) => `c${d}`).join(), 50, (i) => line(i).join())
    expect(rows(text)[13]).toEqual(line(13).map((cell, d) => (d % 2 ? cell : Number(cell))))
  })

  it.each([1, 2, 3, 7, 64, 1000])('in pieces of %i characters to the table of the whole', (size) => {
    const body = many(200, (i) => `${i},"${i % 9} ""x""\r\ny",${-i}e-3`)
    const text = `a,"b ""c"", d",e\r\n${body.join('\r\n')}\r\n`
    const whole = new CsvReader('a.csv')
    whole.push(text)
    const pieces = new CsvReader('a.csv', { choice: {}, minRows: 2 }, text.length)
    for (let k = 0; k < text.length; k += size) pieces.push(text.slice(k, k + size))
    expect(pieces.end()).toEqual(whole.end())
  })
})

describe('texts in a CSV file', () => {
  it('may contain commas, quotes and line ends', () => {
    const text = 'name,n\n"a, ""b""",1\n"two\nlines",2\n"three\r\nlines\n",3\nplain,4\n'
    expect(rows(text)).toEqual([
      ['a, "b"', 1],
      ['two\nlines', 2],
      ['three\r\nlines', 3],
      ['plain', 4],
    ])
  })

  it('may stand beside numbers with semicolons and decimal commas', () => {
    const text = 'Straße;Größe;Preis\r\nHauptstr. 1, links;1,75;1.5\r\nMarkt 2;-0,5;2\r\n'
    expect(rows(text)).toEqual([
      ['Hauptstr. 1, links', 1.75, 1.5],
      ['Markt 2', -0.5, 2],
    ])
    expect(rows('a;b\n1,5;x\n2,5;y\n', { types: { a: 'category' } })).toEqual([
      ['1,5', 'x'],
      ['2,5', 'y'],
    ])
    expect(rows('a;b\n1.234,5;x\n2,5;y\n')).toEqual([
      [1234.5, 'x'],
      [2.5, 'y'],
    ])
  })

  it('may contain a quote for an inch', () => {
    expect(rows('size 5";b\n1;x\n3;4" x\n')).toEqual([
      [1, 'x'],
      [3, '4" x'],
    ])
  })

  it('may be called like what JavaScript objects inherit', () => {
    const text = '__proto__,constructor,toString\nconstructor,__proto__,1\n__proto__,toString,2\n'
    expect(rows(text)).toEqual([
      ['constructor', '__proto__', 1],
      ['__proto__', 'toString', 2],
    ])
    const types = Object.fromEntries(['__proto__', 'toString'].map((name) => [name, 'category' as const]))
    expect(rows(text, { types })).toEqual([
      ['constructor', '__proto__', '1'],
      ['__proto__', 'toString', '2'],
    ])
  })
})

describe('a CSV file is refused in one line', () => {
  const long = `n,m\n1,2\n${'x'.repeat(1000)},3\n`
  it.each<[string, string, RegExp, ColumnChoice?]>([
    ['without a byte', '', /^a\.csv is empty: /],
    ['of blank lines alone', '\n \n\n', /^a\.csv is empty: /],
    ['of a header alone', 'a,b\n', /^a\.csv has no rows: give at least 2, ideally 1000$/],
    ['of one row', 'a,b\n1,x\n', /^a\.csv has one row: give at least 2, ideally 1000$/],
    [
      'with infinity in a column of numbers',
      'a,b\n1,2\n3,-Infinity\n',
      /^a\.csv, line 3, column b: '-Infinity' is no finite/,
      { types: { b: 'number' } },
    ],
    [
      'with a cell too few',
      'a,b\n1,x\n\n2\n',
      /^a\.csv, line 4: 1 cell, not 2: give every line one cell for/,
    ],
    ['with a cell too many', 'a,b\n1,x\n2,y,z\n', /^a\.csv, line 3: 3 cells, not 2/],
    ['with a cell too many after one of two lines', 'n,m\n"a\nb",1\n"a",2,3\n', /^a\.csv, line 4: 3 cells/],
    [
      'with infinity after cells of lines',
      'name,n\n"two\nlines",1\n"a\n\nb",inf\n',
      /line 4, column n: 'inf'/,
      { types: { n: 'number' } },
    ],
    [
      'with an open quote after two lines',
      'name,n\n"two\nlines",1\n\n"a,2\n',
      /^a\.csv: line 5: a quote is not/,
    ],
    ['with a cell too few after two lines of Windows', 'n,m\r\n"a\r\nb",1\r\na\r\n', /line 4: 1 cell, not 2/],
    [
      'with a mistake in a cell of two lines',
      '"a\nb",n\n1,"x\ny\u001b"\n',
      /^a\.csv, line 3, column n: 'x\\u\{a\}y\\u\{1b\}' is no number: /,
      { types: { n: 'number' } },
    ],
    [
      'with infinity below a name of two lines',
      '"a\nb",n\ninf,1\n2,2\n',
      /line 3, column a\\u\{a\}b: 'inf'/,
      { types: { 'a\nb': 'number' } },
    ],
    ['without a dropped column', '"a\nb",n\n1,1\n', /^unknown column c: .* a\\u\{a\}b, n$/, { drop: ['c'] }],
    ['with a mistake in a long cell', long, /: 'x{40}…' is no number/, { types: { n: 'number' } }],
  ])('%s', (_, text, message, choice = {}) => {
    expectRefused(() => rows(text, choice), message)
  })
})
