import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { float32Losses } from '../../src/table/encodings/fit.ts'
import { CsvReader } from '../../src/table/formats/csv.ts'
import { readJsonLines } from '../../src/table/formats/json.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { namesOf, tableOf } from '../../src/table/table.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-forms-'))
afterAll(() => rmSync(folder, { recursive: true }))

const csv = 'größe,w\n1,2.5\n-3,40\n0.5,7\n'
const values = [1, 2.5, -3, 40, 0.5, 7]

const utf16 = (order: 'le' | 'be', mark: boolean) => {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${csv}`, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

const read = async (name: string, content: string | Uint8Array) => {
  const file = join(folder, name)
  writeFileSync(file, content)
  const { points, notes, ...table } = await readTable('against', file)
  return { names: namesOf(table), values: [...points.data], notes }
}

describe('a file is read', () => {
  it.each<[string, string, string | Uint8Array]>([
    ['in UTF-8', 'a.csv', csv],
    ['in UTF-8 with its mark', 'b.csv', `\ufeff${csv}`],
    ['in UTF-16 with its mark', 'c.csv', utf16('le', true)],
    ['in UTF-16, big-endian', 'd.csv', utf16('be', true)],
    ['compressed', 'f.csv.gz', gzipSync(csv)],
    ['compressed under another name', 'g.csv', gzipSync(csv)],
    ['compressed in UTF-16', 'h.csv.gz', gzipSync(utf16('le', true))],
    ['without an ending', 'i', csv],
    ['as .txt', 'j.txt', csv],
    ['as .tsv', 'k.tsv', csv.replaceAll(',', '\t')],
    ['with | between cells', 'l.csv', csv.replaceAll(',', '|')],
    ['with spaces between cells', 'm.txt', csv.replaceAll(',', ' ')],
    ['with columns in line', 'n.txt', '  größe    w\n      1  2.5\n     -3   40\n    0.5    7\n'],
    ['with old line ends', 'o.csv', csv.replaceAll('\n', '\r')],
    ['with the line ends of Windows', 'p.csv', csv.replaceAll('\n', '\r\n')],
    ['in quotes', 'q.csv', '"größe","w"\r\n"1","2.5"\r\n"-3","40"\r\n"0.5","7"\r\n'],
    ['as JSON lines', 'r.jsonl', '{"größe":1,"w":2.5}\n{"größe":-3,"w":40}\n\n{"größe":0.5,"w":7}\n'],
    [
      'as JSON, compressed',
      's.json.gz',
      gzipSync('[{"größe":1,"w":2.5},{"größe":-3,"w":40},{"größe":0.5,"w":7}]'),
    ],
  ])('%s', async (_, name, content) => {
    expect(await read(name, content)).toEqual({ names: ['größe', 'w'], values, notes: [] })
  })

  it('in Latin-1, which is said', async () => {
    const { notes, ...rest } = await read('latin.csv', Buffer.from(csv, 'latin1'))
    expect(rest).toEqual({ names: ['größe', 'w'], values })
    expect(notes).toEqual([`${folder}/latin.csv is not UTF-8: its letters are read as Latin-1`])
  })

  it('that is one column with a name of two words', async () => {
    expect(await read('words.csv', 'height cm\n1\n2\n')).toEqual({
      names: ['height cm'],
      values: [1, 2],
      notes: [],
    })
  })

  it.each<[string, string, Uint8Array, RegExp]>([
    [
      'a spreadsheet',
      'a.csv',
      Buffer.from('504b030414', 'hex'),
      /a\.csv is a zip archive, as spreadsheets are: save it as CSV$/,
    ],
    ['Parquet', 'b.csv', Buffer.from('PAR1....'), /is a Parquet file: let its name end in \.parquet$/],
    ['bzip2', 'c.csv', Buffer.from('BZh91AY'), /is compressed by bzip2/],
    [
      'a cut gzip file',
      'd.csv.gz',
      gzipSync(`${csv}${'1,2\n'.repeat(9999)}`).subarray(0, 60),
      /is no whole gzip file/,
    ],
    ['a .npy file by another name', 'e.csv', Buffer.from('934e554d5059', 'hex'), /let its name end in \.npy/],
    ['a .npy file that is compressed', 'f.npy.gz', gzipSync('x'), /must end in/],
    ['a bad line of JSON', 'g.jsonl', Buffer.from('{"a":1}\n{"a":\n'), /line 2 is no JSON/],
  ])('or refused in one line: %s', async (_, name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message)
    await expect(read(name, content)).rejects.toThrow(/^[^\n]+$/)
  })
})

it.each([1, 2, 3, 7, 64, 1000])('CSV in pieces of %i characters is the table of the whole', (size) => {
  const rows = Array.from({ length: 200 }, (_, i) => `${i},"${i / 8}",${-i}e-3`)
  const text = `a,"b ""c"", d",e\r\n${rows.join('\r\n')}\r\n`
  const whole = new CsvReader('a.csv')
  whole.push(text)
  const pieces = new CsvReader('a.csv', { choice: {}, minRows: 2 }, text.length)
  for (let k = 0; k < text.length; k += size) pieces.push(text.slice(k, k + size))
  expect(pieces.end()).toEqual(whole.end())
})

it.each([1, 5, 64])('JSON lines in pieces of %i characters are the rows of the whole', async (size) => {
  const text = Array.from({ length: 50 }, (_, i) => `{"a": ${i % 7}, "b": "ä ${i % 3}"}\r\n`).join('\n')
  async function* pieces() {
    for (let k = 0; k < text.length; k += size) yield text.slice(k, k + size)
  }
  const { columns, points } = await readJsonLines(pieces(), 'a.jsonl', { choice: {}, minRows: 2 })
  expect(columns.map(({ categories }) => categories)).toEqual([undefined, ['ä 0', 'ä 1', 'ä 2']])
  expect([...points.data]).toEqual(Array.from({ length: 50 }, (_, i) => [i % 7, i % 3]).flat())
})

describe('a first line of numbers', () => {
  const below = Array.from({ length: 30 }, (_, i) => `${i % 7},${0.5 * (i % 5)}`).join('\n')

  it('names the columns where it lies nowhere near those below, and that is said', async () => {
    const { names, values, notes } = await read('years.csv', `2019,2020\n${below}\n`)
    expect(names).toEqual(['2019', '2020'])
    expect(values).toHaveLength(60)
    expect(notes[0]).toMatch(
      /the first line, 2019,2020, names the columns: its numbers are nowhere near those below it$/,
    )
  })

  it('is a row elsewhere, which is said where it may be meant otherwise', async () => {
    const { names, values, notes } = await read('rows.csv', `5,1\n${below}\n`)
    expect([names, values.length]).toEqual([['x0', 'x1'], 62])
    expect(notes[0]).toMatch(
      /the first line, 5,1, is read as a row: if it names the columns, put a letter into the names$/,
    )
    // so few that nobody can tell what is far
    expect((await read('few.csv', '2019,2020\n1.5,2\n2.5,3\n')).notes[0]).toMatch(
      /2019,2020, is read as a row/,
    )
    expect((await read('plain.csv', `5.5,1.25\n${below}\n`)).notes).toEqual([])
  })
})

describe('numbers that float32 loses', () => {
  const losses = (...column: number[]) =>
    float32Losses(tableOf({ data: Float64Array.from(column), count: column.length, dim: 1 }, ['id']))

  it('are told by column', () => {
    expect(losses(1, 2, 16_777_216)).toEqual([])
    expect(losses(1234567890123456, 1234567890123999)[0]).toMatch(
      /^column id has whole numbers up to 1234567890123999: /,
    )
    expect(losses(0.5, 1e-300)).toEqual([
      'column id has 1e-300, which float32 takes for 0: give the column another unit',
    ])
    expect(losses(1e6 + 0.25, 1e6 + 0.5)[0]).toMatch(
      /^column id spans 1000000.25 to 1000000.5: float32 distinguishes only \d+ values in it/,
    )
    expect(losses(-1e-12, 1e-12, 1e9)).toEqual([])
  })

  it('beyond its range are refused', () => {
    expect(() => losses(1, 1e40)).toThrow(
      /^column id has 1e\+40, which is beyond float32 \(3\.4e38\): give the column another unit/,
    )
    expect(() => losses(1, -1e40)).toThrow(/has -1e\+40/)
  })
})
