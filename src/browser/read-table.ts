import { chunksOf } from '../core/bytes.ts'
import { wrongType } from '../core/errors.ts'
import { readTableBytes, tableEndingOf } from '../table/formats/read-bytes.ts'
import type { ReadOptions, TableFile } from '../table/formats/table-file.ts'

/**
 * Reads a table from a file chosen in the page or dropped on it: .csv, .tsv, .txt, .json, .jsonl, .parquet and .npy,
 * each text form also as .gz. No byte leaves the page. It blocks its thread, so call it in a worker for a large file.
 *
 * @param file - The file; the ending of its name gives the format.
 * @param options - `choice` keeps columns, leaves them out or gives their kinds.
 * @returns The table, and which columns were left out and why.
 * @throws InputError if the file has another ending, there are fewer than two rows, or cells fit no kind or not the
 * given one.
 * @example
 * const people = await readTable(input.files[0], { choice: { types: { zip: 'category' } } })
 */
export async function readTable(file: File, options: Omit<ReadOptions, 'remedy'> = {}): Promise<TableFile> {
  if (!(file instanceof File)) throw wrongType('file', file, 'give a File, such as that of a file input')
  const { name, size } = file
  return readTableBytes(
    tableEndingOf(undefined, name),
    { name, size, bytes: chunksOf(file.stream()) },
    options,
  )
}
