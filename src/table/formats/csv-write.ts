import { textOf } from '../cell-text.ts'
import { type Column, rowsBetween, type Table } from '../table.ts'
import { rowsToCsv } from './csv.ts'
import { type TableWriter, writtenCells } from './write-cells.ts'

/** Lines of cells: a header of column names, then one row per line. */
export const separated =
  (delimiter: string) =>
  (columns: readonly Column[]): TableWriter => ({
    head: () => rowsToCsv([columns.map(({ name }) => name)], { delimiter, isHead: true }),
    rows: (table) => (table.count > 0 ? rowsToCsv(writtenCells(table, textOf, ''), { delimiter }) : ''),
    end: () => '',
  })

/** The number of rows to convert at once: as text, a large table takes many times the memory of its numbers. */
const rowsAtOnce = 4096

/** A table as the text of a CSV file, in parts. */
export function* csvParts(table: Table): Generator<string> {
  const { head, rows } = separated(',')(table.columns)
  yield String(head(table))
  for (let from = 0; from < table.count; from += rowsAtOnce)
    yield String(rows(rowsBetween(table, from, Math.min(table.count, from + rowsAtOnce))))
}

/** A table as the text of a CSV file. */
export function tableToCsv(table: Table): string {
  return [...csvParts(table)].join('')
}
