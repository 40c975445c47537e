import { readTable as readNamed } from '../table/read-table.ts'
import type { ReadOptions, TableFile } from '../table/table-file.ts'

export type { ReadOptions, TableFile }

/**
 * Reads a table: .csv, .tsv, .txt, .json, .jsonl, .parquet and .npy, each text form also as .gz, and `-` for CSV from stdin.
 * The kinds of the columns are told by their cells, unless `choice` gives them.
 *
 * @throws InputError on no such file, another ending, fewer than two rows, and cells that are of no kind or not of a given
 * one.
 * @example
 * const people = await readTable('people.csv', { choice: { types: { zip: 'category' }, drop: ['name'] } })
 */
export function readTable(file: string, options: ReadOptions = {}): Promise<TableFile> {
  return readNamed(undefined, file, options)
}
