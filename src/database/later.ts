import { rowsAt, type Table } from '../table/table.ts'
import type { TableToCome } from './rows.ts'

/**
 * References to rows that a database has not got yet: a manager in the same table, or a circle of which one reference is optional. The
 * rows are inserted without them, and get them when all rows are there.
 */
export interface LaterColumns {
  /** The columns of the references. */
  readonly columns: readonly string[]
  /** The columns by which the rows are found again. */
  readonly key: readonly string[]
}

/** The columns of the references that wait. `required` are columns that can't, as they take no NULL. */
export function laterColumns(
  { schema: { key }, later }: Pick<TableToCome, 'schema' | 'later'>,
  required: readonly string[] = [],
): LaterColumns {
  // what is in the key too can't be missing until later
  const columns = [...new Set(later.flatMap((reference) => reference.columns))].filter(
    (name) => !key?.includes(name) && !required.includes(name),
  )
  return key && columns.length > 0 ? { columns, key } : { columns: [], key: [] }
}

/** Rows without the references that wait, and those of them that have some. */
export function splitLater(rows: Table, { columns }: LaterColumns): { now: Table; waiting: Table } {
  if (columns.length === 0) return { now: rows, waiting: rowsAt(rows, []) }
  const cells = new Float64Array(rows.count).fill(Number.NaN)
  const isLater = ({ name }: { readonly name: string }) => columns.includes(name)
  const now = rows.columns.map((column) => (isLater(column) ? { ...column, cells } : column))
  const later = rows.columns.filter(isLater)
  const places = [...cells.keys()].filter((row) => later.some((column) => !Number.isNaN(column.cells[row])))
  return { now: { ...rows, columns: now }, waiting: rowsAt(rows, places) }
}
