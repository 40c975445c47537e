import type { ColumnChoice } from '../inference/choice.ts'
import type { ReadTable } from '../inference/table-builder.ts'
import type { NamedTable } from '../table.ts'

/** The table read from a file. */
export interface TableFile extends ReadTable, NamedTable<Float64Array> {
  /** SHA-256 of the file's bytes. */
  readonly sha256: string
}

/** Receives how many bytes of a file have been read. The size of `-` is unknown. */
export type OnReading = (progress: { readonly done: number; readonly count: number }) => void

export interface ReadOptions {
  readonly onReading?: OnReading | undefined
  /** What the error suggests if there is no such file. */
  readonly remedy?: string | undefined
  readonly choice?: ColumnChoice | undefined
  /** Whether to keep ids, free text, empty columns and a single row, as when completing rows. */
  readonly keepsAll?: boolean | undefined
}
