import { textOf } from '../cell-text.ts'
import { type Column, rowsBetween, type Table } from '../table.ts'
import { rowsToCsv } from './csv.ts'
import { shortest } from './write-cells.ts'

export type Content = string | Uint8Array

/** Writes a file whose rows come a few at a time. */
export interface TableWriter {
  /** What precedes the rows; `first` holds the first of them. */
  head(first: Table): Content
  /** Rows of the writer's columns, with their own texts where each row has one. */
  rows(table: Table): Content
  end(): Content
}

/** Creates the writer for a file format and `count` rows; `table` is the table's name, in formats that have one. */
export type Form = (columns: readonly Column[], count: number, table: string) => TableWriter

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

/** A table as the text of a CSV file. */
export function tableToCsv(table: Table): string {
  const { head, rows } = separated(',')(table.columns)
  const parts = [head(table)]
  for (let from = 0; from < table.count; from += rowsAtOnce)
    parts.push(rows(rowsBetween(table, from, Math.min(table.count, from + rowsAtOnce))))
  return parts.join('')
}

/** How a column's cells are written. */
type WriterOf = (column: Column, short: (cell: number) => number) => (cell: number) => string

/** Each row's cells as text. */
export function writtenCells({ count, columns }: Table, writerOf: WriterOf, missing: string): string[][] {
  const short = shortest(columns)
  const written = columns.map((column) => ({ cells: column.cells, write: writerOf(column, short) }))
  return Array.from({ length: count }, (_, i) =>
    written.map(({ cells, write }) => (Number.isNaN(cells[i]!) ? missing : write(cells[i]!))),
  )
}
