import type { ColumnChoice } from './choice.ts'
import type { NamedTable } from './table.ts'
import type { ReadTable } from './table-builder.ts'

/** A file's table. */
export interface TableFile extends ReadTable, NamedTable<Float64Array> {
  /** Of the file as it is. */
  readonly sha256: string
}

/** Receives how many bytes of a file are read; nothing is known of how many `-` has. */
export type OnReading = (progress: { readonly done: number; readonly count: number }) => void

export interface ReadOptions {
  readonly onReading?: OnReading | undefined
  /** What to give where there is no such file. */
  readonly remedy?: string | undefined
  readonly choice?: ColumnChoice | undefined
  /** Whether ids, free text, columns without a value and a single row stay, as of rows that are to be completed. */
  readonly keepsAll?: boolean | undefined
}
