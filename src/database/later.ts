import type { Table } from '../table/table.ts'
import { type TableToWrite, textColumns } from './rows.ts'

/**
 * References to rows that a database has not got yet: a manager in the same table, or a circle of which one reference is optional. The
 * rows are inserted without them, and get them when all rows are there.
 */
export class LaterReferences {
  /** The columns of the references. */
  readonly columns: readonly string[]
  /** The columns by which the rows are found again. */
  readonly key: readonly string[]

  /** `required` are columns that can't wait, as they take no NULL. */
  constructor(table: Pick<TableToWrite, 'schema' | 'later'>, required: readonly string[] = []) {
    const { columns, key } = laterColumns(table, required)
    this.columns = columns
    this.key = key
  }

  /** Rows without these references, and the keys and references of those that have some. */
  split(rows: Table): { now: Table; keys: (string | null)[][]; references: (string | null)[][] } {
    if (this.columns.length === 0) return { now: rows, keys: [], references: [] }
    const { count } = rows
    const [keys, references] = [textColumns(rows, this.key), textColumns(rows, this.columns)]
    const columns = rows.columns.map((column) =>
      this.columns.includes(column.name)
        ? { ...column, cells: new Float64Array(count).fill(Number.NaN) }
        : column,
    )
    const some = Array.from({ length: count }, (_, row) => row).filter((row) =>
      references.some((values) => values[row] !== null),
    )
    const rowsOf = (values: (string | null)[][]) => some.map((row) => values.map((column) => column[row]!))
    return {
      now: { ...rows, columns },
      keys: rowsOf(keys),
      references: rowsOf(references),
    }
  }
}

/** The columns of the references that wait, and of the key by which their rows are found again. */
export function laterColumns(
  { schema, later }: Pick<TableToWrite, 'schema' | 'later'>,
  required: readonly string[] = [],
): {
  columns: readonly string[]
  key: readonly string[]
} {
  const { key } = schema
  // what is in the key too can't be missing until later
  const names = [...new Set(later.flatMap((reference) => reference.columns))].filter(
    (name) => !key?.includes(name) && !required.includes(name),
  )
  return key && names.length > 0 ? { columns: names, key } : { columns: [], key: [] }
}
