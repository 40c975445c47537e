import { InputError } from '../../core/errors.ts'
import { shortFloat32 } from '../../core/format.ts'
import { textOf } from '../cell-text.ts'
import { epochUnitOf, hasDays } from '../dates.ts'
import { booleanOf } from '../inference/cells.ts'
import type { Column, Table, TableColumn } from '../table.ts'

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

/** A file of groups of rows. */
interface GroupFile {
  /** The values of each column. */
  valuesOf(table: Table): readonly (readonly unknown[])[]
  writeGroup(values: unknown[][]): void
  finish(): void
  /** The bytes that were written since the last call. */
  written(): Uint8Array
}

/** Writes rows in groups of `size`, which don't depend on how the rows arrive. */
export function groupWriter(columns: readonly Column[], size: number, file: GroupFile): TableWriter {
  /** Values not written yet, by column. */
  const waiting: unknown[][] = columns.map(() => [])
  const writeGroup = () => file.writeGroup(waiting.map((values) => values.splice(0, size)))
  return {
    head: () => '',
    rows(table) {
      for (const [d, values] of file.valuesOf(table).entries())
        for (const value of values) waiting[d]!.push(value)
      while (waiting[0]!.length >= size) writeGroup()
      return file.written()
    },
    end() {
      if (waiting[0]!.length > 0) writeGroup()
      file.finish()
      return file.written()
    },
  }
}

/** Whether all cells are numbers of float32, as those that models of points draw. */
export function areFloat32(columns: readonly Pick<TableColumn, 'isFloat32'>[]): boolean {
  return columns.length > 0 && columns.every(({ isFloat32 }) => isFloat32)
}

/** How the numbers of a table are written: as the shortest decimals that read back the same. */
export function shortest(columns: readonly Pick<TableColumn, 'isFloat32'>[]): (cell: number) => number {
  return areFloat32(columns) ? shortFloat32 : (cell) => cell
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

/** The type of a column's cells in formats with types, such as JSON and Parquet. */
export function typeOfCells({ kind, categories, form }: Column) {
  switch (kind) {
    case 'date':
      return epochUnitOf(form) === undefined ? 'date' : 'epoch'
    case 'category':
    case 'text':
      return 'text'
    case 'boolean': {
      // yes and no, or 0 and 1, keep their spelling
      const { pair } = booleanOf(categories?.[1] ?? 'true') ?? {}
      return pair === 'true and false' ? 'boolean' : pair === '0 and 1' ? 'integer' : 'text'
    }
    case 'key':
      return 'integer'
    default:
      return kind
  }
}

/** The type of a column's cells in binary formats, whose dates are points in time: times of day, months and weeks are texts. */
export function typeOfValues(column: Column) {
  return column.kind === 'date' && !hasDays(column.form ?? '') ? 'text' : typeOfCells(column)
}

/** The limit of int64, beyond which numbers would wrap around. */
const largestWhole = 2 ** 63

/**
 * A column's cells by the type of its values: numbers, bigints of 64 bits, booleans, Dates, texts, and null for a missing one.
 * Throws InputError on a whole number beyond int64.
 */
export function valuesOf(
  column: TableColumn,
  format: 'Parquet' | 'Arrow',
  short: (cell: number) => number,
): unknown[] {
  const type = typeOfValues(column)
  const text = textOf(column)
  return Array.from(column.cells, (cell) => {
    if (Number.isNaN(cell)) return null
    if (type === 'number') return short(cell)
    if (type === 'integer') return int64(column, cell, format)
    if (type === 'epoch') return BigInt(text(cell))
    if (type === 'boolean') return cell === 1
    return type === 'date' ? new Date(cell) : text(cell)
  })
}

function int64({ name }: Column, cell: number, format: string): bigint {
  if (Math.abs(cell) >= largestWhole)
    throw new InputError(
      `column ${name} has ${cell}, which is beyond the whole numbers of ${format}: write another form, .csv say`,
      'out-of-range',
    )
  return BigInt(Math.round(cell))
}

/** A cell as JSON. */
export function jsonOf(column: Column, short?: (cell: number) => number): (cell: number) => string {
  const text = textOf(column, short)
  switch (typeOfCells(column)) {
    case 'number':
    case 'integer':
      return short ? (cell) => String(short(cell)) : String
    case 'epoch':
      return text
    case 'boolean':
      return (cell) => String(cell === 1)
    default:
      return (cell) => JSON.stringify(text(cell))
  }
}
