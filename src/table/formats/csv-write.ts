import { type FloatArray, type Points, sliceRows } from '../../numerics/points.ts'
import { textOf } from '../cell-text.ts'
import type { Column, Table } from '../table.ts'
import { rowsToCsv } from './csv.ts'
import { shortest } from './write-cells.ts'

export type Content = string | Uint8Array

/** Writes a file whose rows come a few at a time. */
export interface TableWriter {
  /** What precedes the rows; `first` holds the first of them. */
  head(first: Points<FloatArray>): Content
  /** Rows of the writer's columns; `texts` are these with their own texts, where each row has one. */
  rows(points: Points<FloatArray>, texts?: readonly Column[]): Content
  end(): Content
}

/** Creates the writer for a file format and `count` rows; `table` is the table's name, in formats that have one. */
export type Form = (columns: readonly Column[], count: number, table: string) => TableWriter

/** Lines of cells: a header of column names, then one row per line. */
export const separated =
  (delimiter: string) =>
  (columns: readonly Column[]): TableWriter => ({
    head: () => rowsToCsv([columns.map(({ name }) => name)], { delimiter, isHead: true }),
    rows: (points, texts = columns) =>
      points.count > 0 ? rowsToCsv(textsOf(points, texts), { delimiter }) : '',
    end: () => '',
  })

/** The number of rows to convert at once: as text, a large table takes many times the memory of its numbers. */
const rowsAtOnce = 4096

/** A table as the text of a CSV file. */
export function tableToCsv({ columns, points }: Table): string {
  const { head, rows } = separated(',')(columns)
  const parts = [head(points)]
  for (let from = 0; from < points.count; from += rowsAtOnce)
    parts.push(rows(sliceRows(points, from, Math.min(points.count, from + rowsAtOnce))))
  return parts.join('')
}

function textsOf(points: Points<FloatArray>, columns: readonly Column[]): string[][] {
  const short = shortest(points.data)
  const writers = columns.map((column) => textOf(column, short))
  return writtenCells(points, writers, '')
}

/** Each row's cells as text, with one writer per column. */
export function writtenCells(
  { data, count, dim }: Points<FloatArray>,
  writers: readonly ((cell: number) => string)[],
  missing: string,
): string[][] {
  return Array.from({ length: count }, (_, i) =>
    writers.map((write, d) => {
      const cell = data[i * dim + d]!
      return Number.isNaN(cell) ? missing : write(cell)
    }),
  )
}
