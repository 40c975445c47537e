import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readCsv } from '../../src/table/formats/csv.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-trips-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Read = ReturnType<typeof readCsv>

/** Rows with categories as words. */
const rowsOf = ({ columns, points: { data, count, dim } }: Read) =>
  Array.from({ length: count }, (_, i) =>
    columns.map(({ categories }, d) => {
      const cell = data[i * dim + d]!
      return categories ? (categories[cell] ?? null) : cell
    }),
  )

const rows = (text: string, choice: ColumnChoice = {}) => rowsOf(readCsv(text, 'a.csv', choice))

async function readFile(name: string, content: string | Uint8Array) {
  writeFileSync(join(folder, name), content)
  return readTable(undefined, join(folder, name))
}

describe('what people trip over:', () => {
  it('quotes, with commas, quotes and newlines in them', () => {
    const text = 'name,n\n"a, ""b""",1\n"two\nlines",2\n"three\r\nlines\n",3\nplain,4\n'
    expect(rows(text)).toEqual([
      ['a, "b"', 1],
      ['two\nlines', 2],
      ['three\r\nlines', 3],
      ['plain', 4],
    ])
  })

  it('the line of a mistake after cells of several lines', () => {
    expect(() => rows('name,n\n"two\nlines",1\n"a",2,3\n')).toThrow(/^a\.csv, line 4: 3 cells, not 2/)
    expect(() => rows('name,n\n"two\nlines",1\n"a\n\nb",inf\n')).toThrow(/^a\.csv, line 4, column n: 'inf'/)
    expect(() => rows('name,n\n"two\nlines",1\n\n"a,2\n')).toThrow(/^a\.csv: line 5: a quote is not closed/)
    expect(() => rows('name,n\r\n"two\r\nlines",1\r\na\r\n')).toThrow(/^a\.csv, line 4: 1 cell, not 2/)
  })

  it('a line with too few or too many cells', () => {
    expect(() => rows('a,b\n1,x\n2\n')).toThrow(
      /^a\.csv, line 3: 1 cell, not 2: give every line one cell for each column$/,
    )
    expect(() => rows('a,b\n1,x\n2,y,z\n')).toThrow(/^a\.csv, line 3: 3 cells, not 2/)
  })

  it('a mistake in a cell of several lines, which is told in one', () => {
    expect(() => rows('"a\nb",n\n1,"x\ny\u001b"\n', { types: { n: 'number' } })).toThrow(
      /^a\.csv, line 3, column n: 'x\\u\{a\}y\\u\{1b\}' is no number: /,
    )
    expect(() => rows('"a\nb",n\ninf,1\n2,2\n')).toThrow(
      /^a\.csv, line 3, column a\\u\{a\}b: 'inf' is no finite/,
    )
    expect(() => rows('"a\nb",n\n1,1\n', { drop: ['c'] })).toThrow(
      /^unknown column c: choose from a\\u\{a\}b, n$/,
    )
    const long = `n,m\n1,2\n${'x'.repeat(1000)},3\n`
    expect(() => rows(long, { types: { n: 'number' } })).toThrow(/: 'x{40}…' is no number/)
  })

  it('semicolons with decimal commas beside texts', () => {
    const text = 'Straße;Größe;Preis\r\nHauptstr. 1, links;1,75;1.5\r\nMarkt 2;-0,5;2\r\n'
    expect(rows(text)).toEqual([
      ['Hauptstr. 1, links', 1.75, 1.5],
      ['Markt 2', -0.5, 2],
    ])
    expect(rows('a;b\n1,5;x\n2,5;y\n', { types: { a: 'category' } })).toEqual([
      ['1,5', 'x'],
      ['2,5', 'y'],
    ])
    expect(() => rows('a;b\n1.234,5;x\n2,5;y\n')).toThrow(/'1\.234,5' has thousands separators/)
  })

  it('names that hold another delimiter', () => {
    expect(readCsv('a;b,c\n1,2\n3,4\n', 'a.csv').columns.map(({ name }) => name)).toEqual(['a;b', 'c'])
    expect(readCsv('name,comment\nBob,hi; there\nAnn,a|b\n', 'a.csv').columns).toHaveLength(2)
    expect(readCsv('first name\nBob Smith\nAnn Lee\n', 'a.csv').columns.map(({ name }) => name)).toEqual([
      'first name',
    ])
  })

  it('a quote that is an inch', () => {
    expect(rows('size 5";b\n1;x\n3;4" x\n')).toEqual([
      [1, 'x'],
      [3, '4" x'],
    ])
  })

  it('names with spaces, and one name twice', () => {
    expect(readCsv(' first name ,Last Name\nx,y\nz,y\n', 'a.csv').columns.map(({ name }) => name)).toEqual([
      'first name',
      'Last Name',
    ])
    expect(() => rows('a,b,a\n1,2,3\n')).toThrow(/^a\.csv: two columns are named a: rename one$/)
  })

  it('names and categories that objects inherit', () => {
    const text = '__proto__,constructor,toString\nconstructor,__proto__,1\n__proto__,toString,2\n'
    expect(rows(text)).toEqual([
      ['constructor', '__proto__', 1],
      ['__proto__', 'toString', 2],
    ])
    const types = Object.fromEntries([
      ['__proto__', 'category'],
      ['toString', 'category'],
    ] as const)
    expect(rows(text, { types })).toEqual([
      ['constructor', '__proto__', '1'],
      ['__proto__', 'toString', '2'],
    ])
  })

  it.each<[string, string | Uint8Array]>([
    ['bom.csv', '\ufeffgröße,n\nä,1\nö,2\n'],
    ['utf16.csv', Buffer.from('\ufeffgröße,n\nä,1\nö,2\n', 'utf16le')],
    ['latin.csv', Buffer.from('größe,n\nä,1\nö,2\n', 'latin1')],
    ['windows.csv', 'größe,n\r\nä,1\r\nö,2\r\n'],
    ['old.csv', 'größe,n\rä,1\rö,2\r'],
    ['empty-lines.csv', '\ngröße,n\n\nä,1\nö,2\n\n  \n'],
    ['tabs.tsv', 'größe\tn\nä\t1\nö\t2\n'],
    ['zipped.csv.gz', gzipSync('größe,n\nä,1\nö,2\n')],
    ['lines.jsonl.gz', gzipSync('{"größe":"ä","n":1}\n{"größe":"ö","n":2}\n')],
    ['array.json', '[{"größe":"ä","n":1},{"größe":"ö","n":2}]'],
  ])('texts in %s', async (name, content) => {
    const table = await readFile(name, content)
    expect(table.columns).toEqual([
      { name: 'größe', kind: 'category', categories: ['ä', 'ö'] },
      { name: 'n', kind: 'integer' },
    ])
    expect([...table.points.data]).toEqual([0, 1, 1, 2])
  })

  it('200 columns', () => {
    const line = (i: number) =>
      Array.from({ length: 200 }, (_, d) => (d % 2 ? `w${(i + d) % 7}` : `${i % 5}.5`))
    const text = [line(0).map((_, d) => `c${d}`), ...Array.from({ length: 50 }, (_, i) => line(i))].join('\n')
    const table = readCsv(text, 'a.csv')
    expect(table.columns).toHaveLength(200)
    expect(rowsOf(table)[13]).toEqual(line(13).map((cell, d) => (d % 2 ? cell : Number(cell))))
  })

  it('a column of one value, and one of gaps', () => {
    const { columns, leftOut } = readCsv('a,b,c,d\n1,DE,,7\n2,DE,,7\n', 'a.csv')
    expect(columns).toEqual([
      { name: 'a', kind: 'integer' },
      { name: 'b', kind: 'category', categories: ['DE'] },
      { name: 'd', kind: 'integer' },
    ])
    expect(leftOut).toMatchObject([{ name: 'c' }])
  })

  it.each([
    ['a file without a byte', '', /^a\.csv is empty: /],
    ['names alone', 'a,b\n', /^a\.csv has no rows: give at least 2, ideally 1000$/],
    ['one row', 'a,b\n1,x\n', /^a\.csv has one row: give at least 2, ideally 1000$/],
  ])('%s', (_, text, message) => {
    expect(() => rows(text)).toThrow(message)
  })

  it('a file without names, which is noted', () => {
    const text = '39,State-gov\n50,Private\n38,State-gov\n'
    expect(readCsv(text, 'a.csv').notes).toEqual([
      "a.csv: the first line names the columns, although 'State-gov' is a value of its column too: if it is a row, put a line of names above it",
    ])
    expect(readCsv('a,b\nx,1\ny,2\n', 'a.csv').notes).toEqual([])
  })

  it('a first line of numbers above texts, which names them', () => {
    const text = `2019,2020\n${Array.from({ length: 12 }, (_, i) => `red,${i % 3}`).join('\n')}\n`
    const { columns, points, notes } = readCsv(text, 'a.csv')
    expect(columns.map(({ name }) => name)).toEqual(['2019', '2020'])
    expect(columns[0]!.categories).toEqual(['red'])
    expect(points.count).toBe(12)
    expect(notes).toEqual([expect.stringMatching(/2019,2020, names the columns/)])
  })

  it('a first line of years above days, which names them', () => {
    const text = `2019\n${Array.from({ length: 12 }, (_, i) => `2011-12-${10 + i}`).join('\n')}\n`
    const { columns, points } = readCsv(text, 'a.csv')
    expect([columns, points.count]).toEqual([[{ name: '2019', kind: 'date', form: 'YYYY-MM-DD' }], 12])
  })

  it('a first line as pandas writes one for columns without names', () => {
    expect(readCsv(',0,1\n0,1.5,x\n1,2.5,y\n', 'a.csv').columns.map(({ name }) => name)).toEqual([
      'x0',
      '0',
      '1',
    ])
  })

  it('a first line of dates and numbers, which is a row', () => {
    const table = readCsv('2011-12-30,1\n2011-12-31,2\n', 'a.csv')
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['x0', 'date'],
      ['x1', 'integer'],
    ])
    expect(table.points.count).toBe(2)
    // but days alone are names
    expect(readCsv('2011-12-30,2011-12-31\n1,2\n3,4\n', 'a.csv').columns[1]!.name).toBe('2011-12-31')
  })

  it('long texts in many pieces', async () => {
    const line = (i: number) =>
      `"${`text, with a "" quote and a\nline ${i % 40}`.padEnd(2000, '.')}",${i % 9}\n`
    const table = await readFile(
      'long.csv',
      `t,n\n${Array.from({ length: 3000 }, (_, i) => line(i)).join('')}`,
    )
    expect(table.columns[0]!.categories).toHaveLength(40)
    expect(table.points.count).toBe(3000)
  })
})

it('keepsAll reads what is there', async () => {
  const file = join(folder, 'all.csv')
  writeFileSync(file, 'id,note,gap,x\n1,only,,2.5\n')
  const table = await readTable('rows', file, { keepsAll: true })
  expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['id', 'integer'],
    ['note', 'category'],
    ['gap', 'number'],
    ['x', 'number'],
  ])
  expect(table.points.data[2]).toBeNaN()
})

it('keepsAll reads texts of whatever number', async () => {
  const file = join(folder, 'many.csv')
  writeFileSync(file, `key,note\n${Array.from({ length: 21_000 }, (_, i) => `${i},note ${i}`).join('\n')}\n`)
  const table = await readTable('rows', file, { keepsAll: true, choice: { types: { key: 'category' } } })
  expect(table.columns.map(({ categories }) => categories!.length)).toEqual([21_000, 21_000])
  expect(rowsOf(table)[20_999]).toEqual(['20999', 'note 20999'])
})
