import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readJsonLines } from '../../src/table/formats/json.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { namesOf } from '../../src/table/table.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { wordsOf } from './cells.ts'

const { written } = folderOf('forms')

const csv = 'größe,ort\n2.5,Köln\n40,Ulm\n7,Köln\n'
const rows = [
  [2.5, 'Köln'],
  [40, 'Ulm'],
  [7, 'Köln'],
]
const objects = rows.map(([größe, ort]) => ({ größe, ort }))
const json = JSON.stringify(objects)
const jsonLines = `${objects.map((row) => JSON.stringify(row)).join('\n\n')}\n`

const utf16 = (order: 'le' | 'be', mark: boolean) => {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${csv}`, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

const read = async (name: string, content: string | Uint8Array) => {
  const table = await readTable('against', written(name, content))
  return { names: namesOf(table), rows: wordsOf(table), notes: table.notes }
}

/** Gzip of as many members, each filled up to a size by a comment in its header, and zeros after the last. */
function members(text: string, count: number, zeros = 0, size = 0): Buffer {
  const bytes = Buffer.from(text)
  const step = Math.ceil(bytes.length / count)
  const parts = Array.from({ length: count }, (_, k) => {
    const packed = gzipSync(bytes.subarray(k * step, (k + 1) * step))
    const comment = Buffer.alloc(Math.max(0, size - packed.length), 'c')
    if (comment.length === 0) return packed
    const head = Buffer.from(packed.subarray(0, 10))
    head[3] = 0x10
    comment[comment.length - 1] = 0
    return Buffer.concat([head, comment, packed.subarray(10)])
  })
  return Buffer.concat([...parts, Buffer.alloc(zeros)])
}

describe('a file of a table is read', () => {
  it.each<[string, string, string | Uint8Array]>([
    ['in UTF-8', 'a.csv', csv],
    ['in UTF-8 with its mark', 'b.csv', `\ufeff${csv}`],
    ['in UTF-16 with its mark', 'c.csv', utf16('le', true)],
    ['in UTF-16, big-endian', 'd.csv', utf16('be', true)],
    ['compressed', 'f.csv.gz', gzipSync(csv)],
    ['compressed under the name of a file that is not', 'g.csv', gzipSync(csv)],
    ['compressed in two members', 'v.csv.gz', members(csv, 2)],
    ['compressed in members of a byte each, which zeros follow', 'w.csv.gz', members(csv, csv.length, 9)],
    ['compressed in members that end where a piece does', 'x.csv.gz', members(csv, 2, 0, 2 ** 14)],
    ['compressed in UTF-16', 'h.csv.gz', gzipSync(utf16('le', true))],
    ['without an ending', 'i', csv],
    ['as .txt', 'j.txt', csv],
    ['as .tsv', 'k.tsv', csv.replaceAll(',', '\t')],
    ['with | between cells', 'l.csv', csv.replaceAll(',', '|')],
    ['with spaces between cells', 'm.txt', csv.replaceAll(',', ' ')],
    ['with aligned cells', 'n.txt', '  größe    ort\n    2.5  Köln\n     40   Ulm\n      7  Köln\n'],
    ['with line ends of old Macs', 'o.csv', csv.replaceAll('\n', '\r')],
    ['with line ends of Windows', 'p.csv', csv.replaceAll('\n', '\r\n')],
    ['with blank lines', 'q.csv', `\n${csv.replace('\n', '\n\n')}\n  \n`],
    ['as JSON', 'r.json', json],
    ['as JSON, compressed', 's.json.gz', gzipSync(json)],
    ['as JSON lines', 't.jsonl', jsonLines],
    ['as JSON lines, compressed', 'u.jsonl.gz', gzipSync(jsonLines)],
  ])('%s', async (_, name, content) => {
    expect(await read(name, content)).toEqual({ names: ['größe', 'ort'], rows, notes: [] })
  })

  it('in Latin-1, which the table notes', async () => {
    const { notes, ...table } = await read('latin.csv', Buffer.from(csv, 'latin1'))
    expect(table).toEqual({ names: ['größe', 'ort'], rows })
    expect(notes).toEqual([
      expect.stringMatching(/latin\.csv is not UTF-8: its letters are read as Latin-1$/),
    ])
  })
})

/** Gzip whose checksum is of other bytes. */
function wrongSum(text: string): Buffer {
  const packed = gzipSync(text)
  packed[packed.length - 8]! ^= 1
  return packed
}

describe('a file is refused in one line', () => {
  const cut = gzipSync(`${csv}${'1,a\n'.repeat(9999)}`).subarray(0, 60)
  it.each<[string, string, Uint8Array, RegExp]>([
    ['if it is a spreadsheet', 'a.csv', Buffer.from('504b030414', 'hex'), /a\.csv is a zip archive, as/],
    ['if it is Parquet', 'b.csv', Buffer.from('PAR1....'), /a Parquet file: let its name end in \.parquet$/],
    ['if it is compressed by bzip2', 'c.csv', Buffer.from('BZh91AY'), /is compressed by bzip2/],
    ['if it is a part of a gzip file', 'd.csv.gz', cut, /is no whole gzip file/],
    ['if a member of it is cut', 'g.csv.gz', Buffer.concat([gzipSync(csv), cut]), /is no whole gzip file/],
    ['if a member has another sum than it says', 'h.csv.gz', wrongSum(csv), /is no whole gzip file/],
    [
      'if other bytes follow a member',
      'i.csv.gz',
      Buffer.concat([gzipSync(csv), cut.subarray(20)]),
      /no whole gzip/,
    ],
    ['if it is .npy', 'e.csv', Buffer.from('934e554d5059', 'hex'), /let its name end in \.npy/],
    ['if it is a compressed .npy', 'f.npy.gz', gzipSync('x'), /must end in/],
    [
      'if a line of JSON is cut',
      'g.jsonl',
      Buffer.from('{"a":1}\n{"a":\n'),
      /line 2, column 6: it ends too early/,
    ],
  ])('%s', async (_, name, content, message) => {
    await expectRejected(() => read(name, content), message)
  })
})

it.each([1, 5, 64])('JSON lines in pieces of %i characters are the rows of the whole', async (size) => {
  const text = Array.from({ length: 50 }, (_, i) => `{"a": ${i % 7}, "b": "ä ${i % 3}"}\r\n`).join('\n')
  async function* pieces() {
    for (let k = 0; k < text.length; k += size) yield text.slice(k, k + size)
  }
  const table = await readJsonLines(pieces(), 'a.jsonl', { choice: {}, minRows: 2 })
  expect(wordsOf(table)).toEqual(Array.from({ length: 50 }, (_, i) => [i % 7, `ä ${i % 3}`]))
})
