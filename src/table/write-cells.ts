import { shortFloat32 } from '../core/format.ts'
import type { FloatArray } from '../core/points.ts'
import { booleanOf } from './cells.ts'
import { formatDate } from './dates.ts'
import type { Column, Table } from './table.ts'

/** How a cell of a column is written, given that it is not missing. */
type Writer<T> = (cell: number) => T

/** What numbers of this precision are written as: the shortest decimals that read back as the same. */
export function shortest(data: FloatArray): (cell: number) => number {
  return data instanceof Float32Array ? shortFloat32 : (cell) => cell
}

/** A cell as a text: a number in decimals, a word, a date in its column's form. */
export function textOf(
  { kind, categories, form }: Column,
  short: (cell: number) => number = (x) => x,
): Writer<string> {
  if (categories) return (cell) => categories[cell] ?? ''
  if (kind === 'date' && form) return (cell) => formatDate(cell, form)
  return (cell) => String(short(cell))
}

/** What a cell of a column is where values have types, as in JSON and Parquet. */
export function typeOfCells({
  kind,
  categories,
}: Column): 'number' | 'integer' | 'boolean' | 'date' | 'text' {
  switch (kind) {
    case 'category':
      return 'text'
    case 'boolean': {
      // a boolean that was yes or no, 0 or 1, stays what it was
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

/** Columns of which nothing but names is known hold numbers. */
export function columnsOf(columns: readonly string[] | Pick<Table, 'columns'>): readonly Column[] {
  return isNames(columns) ? columns.map((name) => ({ name, kind: 'number' })) : columns.columns
}

function isNames(columns: readonly string[] | Pick<Table, 'columns'>): columns is readonly string[] {
  return Array.isArray(columns)
}
