import { InputError } from '../../core/errors.ts'
import { shortFloat32 } from '../../core/format.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { textOf } from '../cell-text.ts'
import { epochUnitOf, hasDays } from '../dates.ts'
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
  column: Column,
  d: number,
  { data, dim }: Points<FloatArray>,
  format: 'Parquet' | 'Arrow',
): unknown[] {
  const type = typeOfValues(column)
  const short = shortest(data)
  const text = textOf(column)
  const values: unknown[] = []
  for (let k = d; k < data.length; k += dim) {
    const cell = data[k]!
    if (Number.isNaN(cell)) values.push(null)
    else if (type === 'number') values.push(short(cell))
    else if (type === 'integer') values.push(int64(column, cell, format))
    else if (type === 'epoch') values.push(BigInt(text(cell)))
    else if (type === 'boolean') values.push(cell === 1)
    else if (type === 'date') values.push(new Date(cell))
    else values.push(text(cell))
  }
  return values
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
