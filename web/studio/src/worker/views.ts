import type { ColumnHistogram, Distribution, Given, LeftOut } from 'moonstep/web'

/** Rows as texts, null for a missing cell. */
export type Preview = readonly (readonly (string | null)[])[]

/** A table for the page. */
export interface TableView {
  readonly name: string
  readonly rows: number
  readonly columns: readonly ColumnHistogram[]
  readonly leftOut: readonly LeftOut[]
  /** Notes on ambiguous cells. */
  readonly notes: readonly string[]
  readonly preview: Preview
}

/** Facts of a trained model. */
export interface ModelView {
  /** Whether a column may be missing, by name. */
  readonly gaps: Readonly<Record<string, boolean>>
  /** Rules that every row meets, as their user states them. */
  readonly rules: readonly string[]
  readonly rows: { readonly train: number; readonly holdout: number }
}

/** What is wrong with a condition, and how many rows of the file meet it. */
export interface ConditionView {
  /** By column; those without a problem are absent. */
  readonly problems: Readonly<Record<string, string>>
  /** How many rows meet all; undefined if one is wrong. */
  readonly rows?: number
}

export interface SampleRequest {
  readonly count: number
  readonly seed: number
  readonly given: Given
}

/** Samples for the page. */
export interface SampleView extends SampleRequest {
  readonly seconds: number
  readonly warnings: readonly string[]
  readonly columns: readonly string[]
  readonly preview: Preview
  /** By the table's columns. */
  readonly samples: readonly Distribution[]
  /** With a condition: the same seed's samples without it, and the real rows that meet it. */
  readonly before?: readonly Distribution[]
  readonly meeting?: { readonly rows: number; readonly shares: readonly Distribution[] }
}

/** A file with filled gaps. */
export interface FilledView {
  readonly rows: number
  readonly cells: number
  readonly columns: readonly string[]
  readonly preview: Preview
  readonly warnings: readonly string[]
}

/** Callbacks of the page. */
export interface Watching {
  readonly onProgress: (progress: { readonly done: number; readonly count: number }) => void
  readonly signal: AbortSignal
}
