import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { cannotRead } from '../../core/files.ts'
import {
  type ReadOptions,
  type ReadSpreadsheet,
  readTableBytes,
  type TableFile,
  tableEndingOf,
  tableEndings,
} from './read-bytes.ts'

/**
 * Reads a table: CSV (`CsvReader`), .json (rows as in `tableOfRows`), .jsonl (one row per line), .parquet, .npy [n, D],
 * or .xlsx. Text formats may be gzipped (.gz), in UTF-8, UTF-16 or Latin-1; `-` is CSV from stdin. A column's kind is inferred
 * unless the choice gives it; ids, free text and empty columns are left out. CSV and .jsonl are read in pieces, so that
 * a large file takes only the memory of its cells. `option` is the option that names the file, for messages. Throws
 * InputError on a missing file, another ending, fewer than two rows, or cells that fit no kind or not the given one.
 *
 * @example
 * const { count, columns } = await readTable(undefined, 'people.csv', { choice: { types: { zip: 'category' } } })
 */
export async function readTable(
  option: string | undefined,
  file: string,
  options: ReadOptions = {},
): Promise<TableFile> {
  const { remedy = `give a ${tableEndings.join(', ')} file of rows` } = options
  const ending = tableEndingOf(option, file)
  const isStdin = file === '-'
  const about = { option, remedy }
  const size = isStdin ? 0 : (await stat(file).catch((error) => cannotRead(error, file, about))).size
  const bytes: Readable = isStdin ? process.stdin : createReadStream(file, { highWaterMark: 2 ** 20 })
  const ends = isStdin ? undefined : await endsOf(file, size).catch((error) => cannotRead(error, file, about))
  const source = { name: isStdin ? 'stdin' : file, size, bytes, ends }
  return readTableBytes(ending, source, options, readSpreadsheet).catch((error) =>
    cannotRead(error, file, about),
  )
}

/** Loads the reader with the first such file. */
const readSpreadsheet: ReadSpreadsheet = async (...args) => (await import('./xlsx.ts')).readXlsx(...args)

/** The first two and the last four bytes of a file; undefined of a pipe, which can be read only once. */
async function endsOf(
  file: string,
  size: number,
): Promise<[first: Uint8Array, last: Uint8Array] | undefined> {
  if (size < 4) return undefined
  const handle = await open(file)
  try {
    const [first, last] = [new Uint8Array(2), new Uint8Array(4)]
    await handle.read(first, 0, 2, 0)
    await handle.read(last, 0, 4, size - 4)
    return [first, last]
  } finally {
    await handle.close()
  }
}
