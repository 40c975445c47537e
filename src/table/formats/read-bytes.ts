/** Files of tables: CSV, JSON, Parquet, NumPy and Excel, read from bytes and written to them. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { joined } from '../../core/bytes.ts'
import { assigned, InputError, nearest, requireInteger, wrongType } from '../../core/errors.ts'
import { humanBytes } from '../../core/format.ts'
import type { ColumnChoice, ReadingOptions, Watch } from '../inference/choice.ts'
import { limitsOf, tooLarge } from '../inference/limits.ts'
import type { ReadTable } from '../inference/table-builder.ts'
import type { NamedTable } from '../table.ts'
import { CsvReader } from './csv.ts'
import { decoded } from './decode-text.ts'
import { readJson, readJsonLines } from './json.ts'
import { tableOfNpy } from './npy.ts'
import { requireSmallGzip } from './unpack.ts'

/** The table read from a file. */
export interface TableFile extends ReadTable, NamedTable {
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
  /**
   * Whether the table has the keys and texts of columns that are generated, as `categories`, if those of a column have at most 2 ** 25
   * characters. Default: false, for their cells are the numbers of rows.
   */
  readonly keepsTexts?: boolean | undefined
  /**
   * How many bytes a compressed file may unpack to, and the table's cells may take, 8 each. Default: 2 ** 33, and for a
   * compressed file at most 100 times its size, or 2 ** 28 if that is more. A line may have a 128th of it as characters.
   */
  readonly maxSize?: number | undefined
  /** The name of a sheet of an .xlsx file. Default: the first. */
  readonly sheet?: string | undefined
}

const textEndings = ['.csv', '.tsv', '.txt', '.json', '.jsonl'] as const
const binaryEndings = ['.parquet', '.npy', '.xlsx'] as const

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

/** Reads a sheet of a spreadsheet, the first one by default. */
export type ReadSpreadsheet = typeof import('./xlsx.ts').readXlsx

/** A file whose bytes arrive in pieces. */
export interface ByteSource {
  /** Its name in messages; the ending gives the format. */
  readonly name: string
  /** In bytes; 0 if unknown. */
  readonly size: number
  readonly bytes: AsyncIterable<Uint8Array>
  /** The first two and the last four bytes, if they can be read ahead. */
  readonly ends?: readonly [first: Uint8Array, last: Uint8Array] | undefined
}

/**
 * Reads a table from a file's bytes, in Node or in a page, which has no `readSpreadsheet`. Text is UTF-8, UTF-16 or Latin-1, and may be gzipped. CSV and
 * .jsonl only take the memory of their cells. Throws as `readTable` does on malformed content.
 */
export async function readTableBytes(
  ending: TableEnding,
  { name, size, bytes, ends }: ByteSource,
  options: ReadOptions & { readonly watch?: Watch | undefined } = {},
  readSpreadsheet?: ReadSpreadsheet,
): Promise<TableFile> {
  const { choice = {}, keepsAll = false, keepsTexts, maxSize, sheet, watch, onReading } = options
  if (sheet !== undefined && typeof sheet !== 'string')
    throw wrongType('sheet', sheet, 'give the name of a sheet')
  if (sheet !== undefined && ending !== '.xlsx')
    throw new InputError(`\`sheet\` is for .xlsx files, and ${name} is none: leave it out`, 'conflict', {
      option: 'sheet',
    })
  if (ending === '.xlsx' && !readSpreadsheet)
    throw new InputError(`${name}: a page reads no spreadsheets: save the sheet as CSV`, 'not-available')
  if (maxSize !== undefined) requireInteger('maxSize', maxSize, 1, Number.MAX_SAFE_INTEGER)
  if (ends) requireSmallGzip(ends, size, { name, maxSize })
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
  const reading = { choice, keepsAll, keepsTexts, minRows: watch ? 0 : keepsAll ? 1 : 2, maxSize, watch }
  const content = { name, size, bytes: read() }
  const table =
    ending === '.xlsx'
      ? await readSpreadsheet!(await allBytes(content, maxSize), name, reading, sheet)
      : await readAs(ending, content, () => done, reading)
  return { name, ...table, sha256: bytesToHex(digest.digest()) }
}

async function readAs(
  ending: Exclude<TableEnding, '.xlsx'>,
  content: ByteSource,
  done: () => number,
  options: ReadingOptions,
): Promise<ReadTable> {
  const { name, size, bytes } = content
  const { maxSize } = options
  if (ending === '.npy') return tableOfNpy(await allBytes(content, maxSize), name, options)
  if (ending === '.parquet') {
    // loaded with the first such file
    const { readParquet } = await import('./parquet-read.ts')
    return readParquet(await allBytes(content, maxSize), name, options)
  }
  const notes: string[] = []
  const pieces = decoded(bytes, { name, done, maxSize }, notes)
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

async function allBytes({ name, bytes }: ByteSource, maxSize: number | undefined): Promise<Uint8Array> {
  const most = limitsOf(maxSize).cells
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of bytes) {
    size += part.length
    if (size > most) throw tooLarge(`${name} has more than ${humanBytes(most)}`, size)
    parts.push(part)
  }
  return joined(parts)
}
