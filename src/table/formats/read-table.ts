import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { cannotRead } from '../../core/files.ts'
import {
  type ReadOptions,
  readTableBytes,
  type TableFile,
  tableEndingOf,
  tableEndings,
} from './read-bytes.ts'

/**
 * Reads a table: CSV (`CsvReader`), .json (rows as in `tableOfRows`), .jsonl (one row per line), .parquet, or .npy [n,
 * D]. Text formats may be gzipped (.gz), in UTF-8, UTF-16 or Latin-1; `-` is CSV from stdin. A column's kind is inferred
 * unless the choice gives it; ids, free text and empty columns are left out. CSV and .jsonl are read in pieces, so that
 * a large file takes only the memory of its cells. `option` is the option that names the file, for messages. Throws
 * InputError on a missing file, another ending, fewer than two rows, or cells that fit no kind or not the given one.
 *
 * @example
 * const { columns, points } = await readTable(undefined, 'people.csv', { choice: { types: { zip: 'category' } } })
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
  const source = { name: isStdin ? 'stdin' : file, size, bytes }
  return readTableBytes(ending, source, options).catch((error) => cannotRead(error, file, about))
}
