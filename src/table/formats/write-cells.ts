import { shortFloat32 } from '../../core/format.ts'
import type { FloatArray } from '../../numerics/points.ts'
import { formatDate } from '../dates.ts'
import { booleanOf } from '../inference/cells.ts'
import type { Column, Table } from '../table.ts'

/** Writes a cell that isn't missing. */
type Writer<T> = (cell: number) => T

/** How numbers of this precision are written: as the shortest decimals that read back the same. */
export function shortest(data: FloatArray): (cell: number) => number {
  return data instanceof Float32Array ? shortFloat32 : (cell) => cell
}

/** A cell as text: a number in decimals, a word, or a date in its column's form. */
export function textOf(
  { kind, categories, form }: Column,
  short: (cell: number) => number = (x) => x,
): Writer<string> {
  if (categories) return (cell) => categories[cell] ?? ''
  if (kind === 'date' && form) return (cell) => formatDate(cell, form)
  return (cell) => String(short(cell))
}

/** The type of a column's cells in formats with types, such as JSON and Parquet. */
export function typeOfCells({
  kind,
  categories,
}: Column): 'number' | 'integer' | 'boolean' | 'date' | 'text' {
  switch (kind) {
    case 'category':
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

/** A cell as JSON. */
export function jsonOf(column: Column, short: (cell: number) => number): Writer<string> {
  const text = textOf(column, short)
  switch (typeOfCells(column)) {
    case 'number':
    case 'integer':
      return text
    case 'boolean':
      return (cell) => String(cell === 1)
    default:
      return (cell) => JSON.stringify(text(cell))
  }
}

/** The columns; columns given only by name hold numbers. */
export function columnsOf(columns: readonly string[] | Pick<Table, 'columns'>): readonly Column[] {
  return isNames(columns) ? columns.map((name) => ({ name, kind: 'number' })) : columns.columns
}

function isNames(columns: readonly string[] | Pick<Table, 'columns'>): columns is readonly string[] {
  return Array.isArray(columns)
}
