import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { assigned, InputError, nearest } from '../core/errors.ts'
import { cannotRead } from '../core/files.ts'
import { CsvReader, type ReadTable } from './csv.ts'
import { readNpy } from './npy.ts'
import { type NamedTable, type Row, requireFinite, tableOf, tableOfRows } from './table.ts'

/** A file's rows, all of them finite. */
export interface TableFile extends NamedTable {
  /** Of the file as it is. */
  readonly sha256: string
  /** What to say of how it was read. */
  readonly notes: readonly string[]
}

/** Receives how many bytes of a file are read; nothing is known of how many `-` has. */
export type OnReading = (progress: { readonly done: number; readonly count: number }) => void

const textEndings = ['.csv', '.tsv', '.txt', '.json', '.jsonl'] as const
type Ending = (typeof textEndings)[number] | '.npy'

/** What a file's name may end in; without an ending it is read as CSV. */
export const tableEndings = [...textEndings, '.npy', '.gz'] as const

/**
 * Reads a table: CSV (`CsvReader`), .json (objects with the same keys, or arrays of numbers), .jsonl (one of them a line),
 * .npy [n, D]; each text form also compressed, as .gz; `-` is CSV from stdin. Text is UTF-8, UTF-16 or Latin-1. CSV is
 * read piece by piece: a large file takes the memory of its numbers. `option` is what the file is given for.
 * Throws: no such file, another ending, no points, rows of different lengths, a value that is no finite number.
 */
export async function readTable(
  option: string | undefined,
  file: string,
  onReading: OnReading = () => {},
  remedy = `give a ${tableEndings.join(', ')} file of points`,
): Promise<TableFile> {
  const ending = endingOf(option, file)
  const isStdin = file === '-'
  const name = isStdin ? 'stdin' : file
  const about = { option, remedy }
  const size = isStdin ? 0 : (await stat(file).catch((error) => cannotRead(error, file, about))).size
  const digest = sha256.create()
  const source: Readable = isStdin ? process.stdin : createReadStream(file, { highWaterMark: 2 ** 20 })
  let done = 0
  async function* bytes() {
    for await (const chunk of source) {
      digest.update(chunk)
      done += chunk.length
      yield chunk as Buffer
      onReading({ done, count: Math.max(size, done) })
    }
  }
  const { table, notes } = await readAs(ending, bytes(), name, size).catch((error) =>
    cannotRead(error, file, about),
  )
  const named = { name, ...table }
  requireFinite(named)
  return { ...named, notes, sha256: bytesToHex(digest.digest()) }
}

/** A file's ending, without .gz; that of CSV where it has none. Throws: another one. */
function endingOf(option: string | undefined, file: string): Ending {
  const bare = file.replace(/\.gz$/i, '')
  const ending = extname(bare).toLowerCase()
  const known = [...textEndings, '.npy'] as const
  const found = ending === '' ? '.csv' : known.find((each) => each === ending)
  if (found !== undefined && !(found === '.npy' && bare !== file)) return found
  const near = nearest(ending, tableEndings)
  const given = option === undefined ? file : assigned(option, file)
  throw new InputError(
    `${given}${near}: the file's name must end in ${tableEndings.join(' or ')}`,
    'out-of-range',
    { option, value: file },
  )
}

async function readAs(
  ending: Ending,
  bytes: AsyncIterable<Buffer>,
  name: string,
  size: number,
): Promise<ReadTable> {
  if (ending === '.npy') return { table: tableOfNpy(await buffer(bytes), name), notes: [] }
  const notes: string[] = []
  const pieces = decoded(bytes, name, notes)
  if (ending === '.json' || ending === '.jsonl') {
    let text = ''
    for await (const piece of pieces) text += piece
    return { table: ending === '.json' ? tableOfJson(text, name) : tableOfLines(text, name), notes }
  }
  const reader = new CsvReader(name, size)
  for await (const piece of pieces) reader.push(piece)
  const read = reader.end()
  return { table: read.table, notes: [...notes, ...read.notes] }
}

/** What a file that is no text begins with, and what it is. */
const strangers: readonly (readonly [begins: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive, as spreadsheets are: save it as CSV'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old spreadsheet: save it as CSV'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file: write it as CSV'],
  [[0x42, 0x5a, 0x68], 'compressed by bzip2: give it as .gz or uncompressed'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed by zstd: give it as .gz or uncompressed'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'compressed by xz: give it as .gz or uncompressed'],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 'a .npy file: let its name end in .npy'],
]

/** Text from bytes, decompressed where they are: by the byte-order mark, else UTF-8, else Latin-1, which is noted. */
async function* decoded(
  bytes: AsyncIterable<Buffer>,
  name: string,
  notes: string[],
): AsyncGenerator<string, void> {
  const iterator = bytes[Symbol.asyncIterator]()
  const { value: first = Buffer.alloc(0) } = (await iterator.next()) as { value?: Buffer }
  async function* whole() {
    yield first
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  const begins = (signature: readonly number[]) => signature.every((byte, i) => first[i] === byte)
  if (begins([0x1f, 0x8b])) {
    yield* decoded(gunzipped(whole(), name), name, notes)
    return
  }
  const stranger = strangers.find(([bytes]) => begins(bytes))
  if (stranger) throw new InputError(`${name} is ${stranger[1]}`, 'bad-data')
  if (begins([0xff, 0xfe]) || (first[1] === 0 && first[0] !== 0)) yield* byDecoder('utf-16le', whole())
  else if (begins([0xfe, 0xff]) || (first[0] === 0 && first[1] !== 0)) yield* byDecoder('utf-16be', whole())
  else yield* utf8OrLatin1(whole(), name, notes)
}

async function* gunzipped(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer, void> {
  const { Readable } = await import('node:stream')
  try {
    yield* Readable.from(bytes).pipe(createGunzip()) as AsyncIterable<Buffer>
  } catch (error) {
    if (!/^Z_|^ERR_/.test(String((error as NodeJS.ErrnoException).code))) throw error
    throw new InputError(`${name} is no whole gzip file: compress it again`, 'bad-data')
  }
}

async function* byDecoder(encoding: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

/** Decodes whole lines, so that no letter is cut; what is no UTF-8 is Latin-1 from there on. */
async function* utf8OrLatin1(
  bytes: AsyncIterable<Buffer>,
  name: string,
  notes: string[],
): AsyncGenerator<string, void> {
  let decoder = new TextDecoder('utf-8', { fatal: true })
  const text = (part: Buffer) => {
    try {
      return decoder.decode(part)
    } catch {
      decoder = new TextDecoder('windows-1252')
      notes.push(`${name} is not UTF-8: its letters are read as Latin-1`)
      return decoder.decode(part)
    }
  }
  let rest = Buffer.alloc(0)
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(0x0a) + 1
    if (end > 0) yield text(Buffer.concat([rest, chunk.subarray(0, end)]))
    rest = end > 0 ? Buffer.from(chunk.subarray(end)) : Buffer.concat([rest, chunk])
  }
  if (rest.length > 0) yield text(rest)
}

function tableOfNpy(bytes: Uint8Array, file: string) {
  const { data, shape } = readNpy(bytes, file)
  const [count = 0, dim = 0] = shape
  if (shape.length !== 2 || count === 0 || dim === 0)
    throw new InputError(`${file} is of shape (${shape.join(', ')}): give points of shape (n, D)`, 'bad-data')
  return tableOf({ data: data instanceof Float64Array ? data : Float64Array.from(data), count, dim })
}

function tableOfJson(text: string, file: string) {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InputError(
      `${file} is no JSON: give an array of points, such as [{"x": 1, "y": 2}]`,
      'bad-data',
    )
  }
  return tableOfRows(Array.isArray(value) ? value : [], file)
}

function tableOfLines(text: string, file: string) {
  const rows = text.split('\n').flatMap((line, i): Row[] => {
    if (line.trim() === '') return []
    try {
      return [JSON.parse(line)]
    } catch {
      throw new InputError(
        `${file}, line ${i + 1} is no JSON: give a row a line, such as {"x": 1, "y": 2}`,
        'bad-data',
      )
    }
  })
  return tableOfRows(rows, file)
}
