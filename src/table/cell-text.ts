import { formatDate } from './dates.ts'
import type { Column } from './table.ts'

/** A cell as text: a number in decimals, a word, or a date in its column's form. */
export function textOf(
  { kind, categories, form }: Column,
  short: (cell: number) => number = (x) => x,
): (cell: number) => string {
  if (categories) return (cell) => categories[cell] ?? ''
  if (kind === 'date' && form) return (cell) => formatDate(cell, form)
  return (cell) => String(short(cell))
}
