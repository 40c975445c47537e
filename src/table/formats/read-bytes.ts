/** Files of tables: CSV, JSON, Parquet and NumPy, read from bytes and written to them. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { joined } from '../../core/bytes.ts'
import { assigned, InputError, nearest } from '../../core/errors.ts'
import type { ColumnChoice, ReadingOptions } from '../inference/choice.ts'
import type { ReadTable } from '../inference/table-builder.ts'
import type { NamedTable } from '../table.ts'
import { CsvReader } from './csv.ts'
import { decoded } from './decode-text.ts'
import { readJson, readJsonLines } from './json.ts'
import { tableOfNpy } from './npy.ts'

/** The table read from a file. */
export interface TableFile extends ReadTable, NamedTable<Float64Array> {
  /** SHA-256 of the file's bytes. */
  readonly sha256: string
}

/** Receives how many bytes of a file have been read. The size of `-` is unknown. */
export type OnReading = (progress: { readonly done: number; readonly count: number }) => void

export interface ReadOptions {
  readonly onReading?: OnReading | undefined
  /** What the error suggests if there is no such file. */
  readonly remedy?: string | undefined
  readonly choice?: ColumnChoice | undefined
  /** Whether to keep ids, free text, empty columns and a single row, as when completing rows. */
  readonly keepsAll?: boolean | undefined
}

const textEndings = ['.csv', '.tsv', '.txt', '.json', '.jsonl'] as const
const binaryEndings = ['.parquet', '.npy'] as const

/** A table file's format, by the ending of its name. */
export type TableEnding = (typeof textEndings)[number] | (typeof binaryEndings)[number]

/** The endings of table files; without one, a file is read as CSV. */
export const tableEndings = [...textEndings, ...binaryEndings, '.gz'] as const

/** A file's ending, without .gz; .csv if it has none. Throws InputError on any other. */
export function tableEndingOf(option: string | undefined, file: string): TableEnding {
  const bare = file.replace(/\.gz$/i, '')
  const ending = /[^/\\](\.[^./\\]*)$/.exec(bare)?.[1]?.toLowerCase() ?? ''
  const allowed = [...textEndings, ...(bare === file ? binaryEndings : [])]
  const match = ending === '' ? '.csv' : allowed.find((each) => each === ending)
  if (match !== undefined) return match
  const near = nearest(ending, tableEndings)
  const subject = option === undefined ? file : assigned(option, file)
  throw new InputError(
    `${subject}${near}: the file's name must end in ${tableEndings.join(' or ')}`,
    'out-of-range',
    { option, value: file },
  )
}

/** A file whose bytes arrive in pieces. */
export interface ByteSource {
  /** Its name in messages; the ending gives the format. */
  readonly name: string
  /** In bytes; 0 if unknown. */
  readonly size: number
  readonly bytes: AsyncIterable<Uint8Array>
}

/**
 * Reads a table from a file's bytes, in Node or in a page. Text is UTF-8, UTF-16 or Latin-1, and may be gzipped. CSV and
 * .jsonl only take the memory of their cells. Throws as `readTable` does on malformed content.
 */
export async function readTableBytes(
  ending: TableEnding,
  { name, size, bytes }: ByteSource,
  { choice = {}, keepsAll = false, onReading }: ReadOptions = {},
): Promise<TableFile> {
  const digest = sha256.create()
  let done = 0
  async function* read() {
    for await (const chunk of bytes) {
      digest.update(chunk)
      done += chunk.length
      yield chunk
      onReading?.({ done, count: Math.max(size, done) })
    }
  }
  const reading = { choice, keepsAll, minRows: keepsAll ? 1 : 2 }
  const table = await readAs(ending, { name, size, bytes: read() }, reading)
  return { name, ...table, sha256: bytesToHex(digest.digest()) }
}

async function readAs(
  ending: TableEnding,
  { name, size, bytes }: ByteSource,
  options: ReadingOptions,
): Promise<ReadTable> {
  if (ending === '.npy') return tableOfNpy(await allBytes(bytes), name, options)
  if (ending === '.parquet') {
    // loaded with the first such file
    const { readParquet } = await import('./parquet-read.ts')
    return readParquet(await allBytes(bytes), name, options)
  }
  const notes: string[] = []
  const pieces = decoded(bytes, name, notes)
  const read = async () => {
    if (ending === '.json') return readJson(pieces, name, options)
    if (ending === '.jsonl') return readJsonLines(pieces, name, options)
    const reader = new CsvReader(name, options, size)
    for await (const piece of pieces) reader.push(piece)
    return reader.end()
  }
  const table = await read()
  return { ...table, notes: [...notes, ...table.notes] }
}

async function allBytes(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return joined(parts)
}
