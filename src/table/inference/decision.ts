/** What is decided about a column of a file: in the table, or left out. */
import type { Column, ColumnKind, TableColumn } from '../table.ts'
import type { ColumnBuilder } from './column-builder.ts'

/** A source column that is not in the table, and why. */
export interface LeftOut {
  readonly name: string
  readonly reason: string
  /** The cell that the reason quotes, if any. */
  readonly example?: string | undefined
  /** The kind that would keep it if given in `types`; null if none would. */
  readonly kind: ColumnKind | null
}

/** The inferred column; its cells are then a table's. */
export type Decision =
  | {
      readonly column: Column
      readonly notes: readonly string[]
      /** What a key is if another column depends on its numbers. */
      readonly numbers?: TableColumn
    }
  | { readonly leftOut: LeftOut }

/** A column read to the end: its builder and its cells, of the table's rows. */
export interface Finished {
  readonly builder: ColumnBuilder
  readonly cells: Float64Array
}

export function keptColumn(
  builder: ColumnBuilder,
  column: Omit<Column, 'name'>,
  notes: readonly string[] = [],
): Decision {
  const { missingWord, name } = builder
  const missing = missingWord === undefined ? [] : [`${missingWord} counts as a missing value`]
  return { column: { name, ...column }, notes: [...missing, ...notes] }
}
