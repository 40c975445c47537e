import type { ReadOptions, TableFile } from '../table/formats/read-bytes.ts'
import { readTable as readNamed } from '../table/formats/read-table.ts'

export type { ReadOptions, TableFile }

/**
 * Reads a table: .csv, .tsv, .txt, .json, .jsonl, .parquet and .npy, each text form also as .gz, and `-` for CSV from
 * stdin. The kinds of columns are inferred from their cells, unless `choice` gives them.
 *
 * @param file - The path, or `-`.
 * @param options - `choice` keeps columns, leaves them out or gives their kinds.
 * @returns The table, its SHA-256, and which columns were left out and why.
 * @throws InputError if the file is missing or has another ending, there are fewer than two rows, or cells fit no kind
 * or not the given one.
 * @example
 * const people = await readTable('people.csv', { choice: { types: { zip: 'category' }, drop: ['name'] } })
 */
export function readTable(file: string, options: ReadOptions = {}): Promise<TableFile> {
  return readNamed(undefined, file, options)
}
