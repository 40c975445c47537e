import { chunksOf } from '../core/bytes.ts'
import { wrongType } from '../core/errors.ts'
import { readTableBytes, tableEndingOf } from '../table/read-bytes.ts'
import type { ReadOptions, TableFile } from '../table/table-file.ts'

/**
 * Reads a table from a file that was chosen in the page or dropped on it: .csv, .tsv, .txt, .json, .jsonl, .parquet and .npy, each text
 * form also as .gz. No byte leaves the page. Of a large file call it in a worker: it computes as long as it reads.
 *
 * @param file - The file; its name says its form.
 * @param options - `choice` gives columns their kinds or leaves them out, in place of what their cells look like.
 * @returns The table: its columns with their kinds, a number for each cell, and which columns were left out and why.
 * @throws InputError on another ending, fewer than two rows, and cells that are of no kind or not of a given one.
 * @example
 * const people = await readTable(input.files[0], { choice: { types: { zip: 'category' } } })
 */
export async function readTable(file: File, options: Omit<ReadOptions, 'remedy'> = {}): Promise<TableFile> {
  if (!(file instanceof File)) throw wrongType('file', file, 'give a File, as an input of type file has them')
  const { name, size } = file
  return readTableBytes(
    tableEndingOf(undefined, name),
    { name, size, bytes: chunksOf(file.stream()) },
    options,
  )
}
