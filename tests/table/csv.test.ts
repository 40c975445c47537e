import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { parseCsv } from '../../src/table/formats/csv.ts'
import { namesOf } from '../../src/table/table.ts'

const rows = (text: string) => {
  const { points } = parseCsv(text, 'a.csv')
  return Array.from({ length: points.count }, (_, i) => [
    ...points.data.subarray(i * points.dim, (i + 1) * points.dim),
  ])
}

describe('parseCsv', () => {
  it.each<[string, string]>([
    ['commas and a header', 'a,b\n1,2.5\n-3,4e1\n'],
    ['no header', '1,2.5\n-3,4e1'],
    ['semicolons', 'a;b\n1;2.5\n-3;4e1\n'],
    ['semicolons and decimal commas', 'a;b\r\n1;2,5\r\n-3;40,0\r\n'],
    ['tabs', 'a\tb\n1\t2.5\n-3\t4e1'],
    ['quotes and tabs', '"a"\t"b"\n"1"\t"2.5"\n"-3"\t"40"\n'],
    ['quotes', '"a","b"\n"1","2.5"\n"-3","40"\n'],
    ['a byte-order mark', '\ufeffa,b\n1,2.5\n-3,40\n'],
    ['spaces', ' a , b \n 1 , 2.5 \n -3 , 40 \n'],
    ['blank lines', '\na,b\n\n1,2.5\n\n-3,40\n\n'],
    ['old line ends', 'a,b\r1,2.5\r-3,40\r'],
    ['plus signs and bare points', '+1,2.5\n-3.,.4e2\n'],
  ])('takes %s', (_, text) => {
    expect(rows(text)).toEqual([
      [1, 2.5],
      [-3, 40],
    ])
  })

  it('names columns by the header, else by number', () => {
    expect(namesOf(parseCsv('"height, cm",w\n1,2\n3,4', 'a.csv'))).toEqual(['height, cm', 'w'])
    expect(namesOf(parseCsv('1,2\n3,4', 'a.csv'))).toEqual(['x0', 'x1'])
    expect(namesOf(parseCsv(',w\n1,2\n3,4', 'a.csv'))).toEqual(['x0', 'w'])
  })

  it.each<[string, string, unknown[][]]>([
    [
      'empty cells',
      'a,b\n1,2\n3,\n',
      [
        [1, 2],
        [3, Number.NaN],
      ],
    ],
    [
      'NaN',
      'a,b\n1,2\nNaN,4\n',
      [
        [1, 2],
        [Number.NaN, 4],
      ],
    ],
    [
      'NaN in the first line, no header',
      'nan,2\n3,4\n',
      [
        [Number.NaN, 2],
        [3, 4],
      ],
    ],
    [
      'a gap in the first line, no header',
      '1,,3\n4,5,6\n',
      [
        [1, Number.NaN, 3],
        [4, 5, 6],
      ],
    ],
    [
      'a row of gaps',
      'a,b\n1,2\n,\n',
      [
        [1, 2],
        [Number.NaN, Number.NaN],
      ],
    ],
    ['an empty cell in quotes of a single column', 'a\n1\n""\n\n2\n', [[1], [Number.NaN], [2]]],
  ])('takes %s for missing values', (_, text, expected) => {
    expect(rows(text)).toEqual(expected)
  })

  it('takes words and what is no decimal for categories', () => {
    const { columns, points } = parseCsv('a,b\n1,0x10\nred,2\n', 'a.csv')
    expect(columns.map(({ categories }) => categories)).toEqual([
      ['1', 'red'],
      ['0x10', '2'],
    ])
    expect([...points.data]).toEqual([0, 0, 1, 1])
  })

  it('takes one column', () => {
    expect(rows('1.5\n2.5\n')).toEqual([[1.5], [2.5]])
  })

  it('tells the columns of whole numbers', () => {
    const { columns } = parseCsv('n,x,m\n1,2,3.0\n4,5.5,6e2\n', 'a.csv')
    expect(columns.map(({ kind }) => kind)).toEqual(['integer', 'number', 'integer'])
  })

  it('takes 100,000 rows of 20 columns', () => {
    const line = (i: number) => Array.from({ length: 20 }, (_, d) => (i + d / 32).toString()).join(',')
    const { points } = parseCsv(Array.from({ length: 100_000 }, (_, i) => line(i)).join('\n'), 'a.csv')
    expect([points.count, points.dim]).toEqual([100_000, 20])
    expect(points.data.at(-1)).toBe(99_999 + 19 / 32)
  })

  it.each<[string, string, string]>([
    ['an empty file', '', 'a.csv is empty'],
    ['blank lines alone', '\n \n\n', 'a.csv is empty'],
    ['a header alone', 'a,b\n', 'has no rows'],
    ['one row', 'a,b\n1,2\n', 'has one row: give at least 2'],
    ['Infinity', 'a,b\n1,2\n3,-Infinity\n', "line 3, column b: '-Infinity' is no finite number"],
    ['inf', 'a,b\n1,inf\n3,4\n', "'inf' is no finite number"],
    ['infinity in the first line, no header', 'inf,2\n3,4\n', "line 1, column x0: 'inf' is no finite number"],
    ['a number beyond float64', 'a,b\n1,2\n3,1e999\n', "line 3, column b: '1e999' is beyond float64"],
    ['decimal commas between commas', 'a,b\n1,2\n3,4,5\n', 'line 3: 3 cells, not 2'],
    ['a short row', 'a,b\n1,2\n\n3\n', 'line 4: 1 cell, not 2'],
    ['two columns of one name', 'a,a\n1,2\n3,4\n', 'two columns are named a'],
    ['an open quote', 'a,b\n1,"2\n3,4\n', 'a quote is not closed'],
  ])('refuses %s in one line', (_, text, message) => {
    expect(() => parseCsv(text, 'a.csv')).toThrow(InputError)
    expect(() => parseCsv(text, 'a.csv')).toThrow(message)
  })
})
