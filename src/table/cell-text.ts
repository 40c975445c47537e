import { formatDate } from './dates/form.ts'
import { formatNumber } from './number-form.ts'
import type { Column } from './table.ts'

/** A cell as text: a number or a date in its column's form, or a word. */
export function textOf(
  { kind, categories, form, numberForm }: Column,
  short: (cell: number) => number = (x) => x,
): (cell: number) => string {
  if (categories) return (cell) => categories[cell] ?? ''
  if (kind === 'date' && form) return (cell) => formatDate(cell, form)
  return numberForm ? (cell) => formatNumber(short(cell), numberForm) : (cell) => String(short(cell))
}
