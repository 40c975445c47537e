import { shortFloat32 } from '../../core/format.ts'
import type { FloatArray } from '../../numerics/points.ts'
import { textOf } from '../cell-text.ts'
import { epochUnitOf } from '../dates.ts'
import { booleanOf } from '../inference/cells.ts'
import type { Column, Table } from '../table.ts'

/** How numbers of this precision are written: as the shortest decimals that read back the same. */
export function shortest(data: FloatArray): (cell: number) => number {
  return data instanceof Float32Array ? shortFloat32 : (cell) => cell
}

/** The type of a column's cells in formats with types, such as JSON and Parquet. */
export function typeOfCells({
  kind,
  categories,
  form,
}: Column): 'number' | 'integer' | 'epoch' | 'boolean' | 'date' | 'text' {
  switch (kind) {
    case 'date':
      return epochUnitOf(form) === undefined ? 'date' : 'epoch'
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
export function jsonOf(column: Column, short: (cell: number) => number): (cell: number) => string {
  const text = textOf(column, short)
  switch (typeOfCells(column)) {
    case 'number':
    case 'integer':
      return (cell) => String(short(cell))
    case 'epoch':
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
