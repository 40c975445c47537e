import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { cannotRead } from '../core/files.ts'
import { readTableBytes, tableEndingOf, tableEndings } from './read-bytes.ts'
import type { ReadOptions, TableFile } from './table-file.ts'

/**
 * Reads a table: CSV (`CsvReader`), .json (rows as `tableOfRows` takes them), .jsonl (a row a line), .parquet, .npy
 * [n, D]; each text form also compressed, as .gz; `-` is CSV from stdin. Text is UTF-8, UTF-16 or Latin-1. The kind of a
 * column is told by its cells, unless the choice gives it; ids, free text and columns without a value are left out. CSV
 * and .jsonl are read piece by piece: a large file takes the memory of its cells. `option` is what the file is given for,
 * which messages name. Throws InputError on no such file, another ending, fewer than two rows, and cells that are of no
 * kind or not of a given one.
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
