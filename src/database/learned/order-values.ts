import type { TableColumn } from '../../table/table.ts'

/** A day in milliseconds. */
export const day = 86_400_000

/** Cells as the row order compares them: days of dates, or their years where the order is of numbers, and numbers as they are. */
export function orderValues({ kind, cells }: TableColumn, isDate: boolean): Float64Array {
  if (kind !== 'date') return cells
  return cells.map((cell) => (isDate ? Math.floor(cell / day) : new Date(cell).getUTCFullYear()))
}
