import { columnNamed } from '../table/columns.ts'
import type { Table } from '../table/table.ts'
import { countsOf, present } from './statistics.ts'

/** A category of which most values occur in a single row each: whoever knows the rows finds a person by such a name. */
export interface RareNames {
  readonly column: string
  /** How many names occur. */
  readonly names: number
  /** How many of them occur in a single row. */
  readonly single: number
}

/**
 * Finds the categories of which most values occur in a single row each.
 *
 * @param table - The rows.
 * @param minCategory - Names of fewer rows are merged into one, so that from 2 on no value occurs in a single row only.
 * @returns One entry for each such column, in the table's order.
 */
export function rareNamesIn(table: Table, minCategory = 1): RareNames[] {
  if (minCategory > 1) return []
  return table.columns.flatMap(({ name: column, kind, cells }) => {
    if (kind !== 'category') return []
    const rows = countsOf(present(cells))
    const single = [...rows.values()].filter((count) => count === 1).length
    return single > rows.size / 2 ? [{ column, names: rows.size, single }] : []
  })
}

/** How many of a column's values that occur in a single row of one table are in another, whose columns are the same. */
export function singleNamesIn(table: Table, rows: Table, column: string): number {
  const [held, own] = [table, rows].map(({ columns }) => columnNamed(columns, column).cells)
  const names = new Set(held)
  return [...countsOf(present(own!))].filter(([name, count]) => count === 1 && names.has(name)).length
}
