import { chunksOf } from '../core/bytes.ts'
import { wrongType } from '../core/errors.ts'
import { readingOf } from '../infer/impute.ts'
import type { Model } from '../infer/model.ts'
import { describeCard } from '../model/description.ts'
import { encodeRows, type FormEnding } from '../table/formats/forms.ts'
import {
  type ReadOptions,
  readTableBytes,
  type TableFile,
  tableEndingOf,
} from '../table/formats/read-bytes.ts'
import { type KindsToTry, readTypes } from '../table/inference/choice.ts'
import type { Table } from '../table/table.ts'

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
  const part = async (from: number, to?: number) => new Uint8Array(await file.slice(from, to).arrayBuffer())
  const source = {
    name,
    size,
    bytes: chunksOf(file.stream()),
    ends: [await part(0, 2), await part(-4)] as const,
  }
  return readTableBytes(tableEndingOf(undefined, name), source, options)
}

/**
 * Reads rows for `impute` from a file, as `readTable` does, but with the kinds of the model's columns.
 *
 * @param model - The model that will complete the rows.
 * @param file - The file.
 * @returns The rows; a cell without content is missing.
 * @throws InputError as `readTable` does.
 * @example
 * const complete = await impute(model, await readRowsFor(model, input.files[0]))
 */
export function readRowsFor({ card }: Pick<Model, 'card'>, file: File): Promise<TableFile> {
  const { choice, keepsAll } = readingOf(describeCard(card).encoding)
  return readTable(file, { choice, keepsAll })
}

/**
 * What would let a table be read that `readTable` refused because the cells of a column do not fit.
 *
 * @param message - The error's message.
 * @returns The column and a kind that fits its cells, with all `kinds` if the cells may mean different things, as 03/04/2024
 * may; undefined if the message names none.
 * @example
 * const remedy = kindToTry(error.message)
 * if (remedy) await readTable(file, { choice: { types: { [remedy.name]: remedy.kind } } })
 */
export function kindToTry(message: string): KindsToTry | undefined {
  return readTypes(message)
}

/**
 * Writes a table as a file, in the format of `moonstep sample --out`. Its table in SQL is called `samples`.
 *
 * @param table - The table, such as that of samples.
 * @param ending - The format: .csv, .tsv, .json, .jsonl, .parquet, .npy or .sql.
 * @returns The file, to download.
 * @throws InputError if the format cannot hold the columns.
 * @example
 * link.href = URL.createObjectURL(tableFile(table, '.parquet'))
 */
export function tableFile(table: Table, ending: FormEnding): Blob {
  return new Blob([encodeRows(ending, table) as BlobPart])
}
