import { formatDate } from './dates.ts'
import type { Column, Table } from './table.ts'

/** A row by column name: names and dates as text, null for a missing cell. */
export type TableRow = Readonly<Record<string, string | number | boolean | null>>

/**
 * Converts a table to an array of objects, one for each row. `train` and `impute` accept such arrays.
 *
 * @param table - The table, such as that of `sample` or `readTable`.
 * @returns Rows by column name: names and dates as text, numbers, booleans, and null for a missing cell.
 * @example
 * const { table } = await sample(model, { count: 2, given: { sex: 'female' } })
 * toRows(table) // [{ sex: 'female', age: 31, member: true, joined: '2015-04-01', fare: null }, …]
 */
export function toRows({ columns, points: { data, count, dim } }: Table): TableRow[] {
  const values = columns.map(readerOf)
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(
      columns.map(({ name }, d) => {
        const cell = data[i * dim + d]!
        return [name, Number.isNaN(cell) ? null : values[d]!(cell)]
      }),
    ),
  )
}

function readerOf({ kind, categories = [], form = 'YYYY-MM-DD' }: Column) {
  return (cell: number): string | number | boolean => {
    if (kind === 'boolean') return cell === 1
    if (kind === 'category') return categories[cell] ?? String(cell)
    return kind === 'date' ? formatDate(cell, form) : cell
  }
}
