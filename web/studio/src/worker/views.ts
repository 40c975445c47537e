import type { ColumnHistogram, Distribution, Given, LeftOut, Verdicts } from 'moonstep/web'

/** Rows as texts, null for a missing cell. */
export type Preview = readonly (readonly (string | null)[])[]

/** What a user should know of a column before training. */
export interface ColumnWarning {
  readonly column: string
  readonly about: 'names' | 'gaps'
  readonly text: string
}

/** A table for the page. */
export interface TableView {
  readonly name: string
  readonly rows: number
  readonly columns: readonly ColumnHistogram[]
  readonly leftOut: readonly LeftOut[]
  /** Notes on ambiguous cells. */
  readonly notes: readonly string[]
  readonly preview: Preview
  readonly warnings: readonly ColumnWarning[]
  /** SHA-256 of the file; undefined for a stored run. */
  readonly digest: string | undefined
  /** How many steps its training takes. */
  readonly steps: number
}

/** A file with more columns than the page takes. */
export interface WideFile {
  readonly name: string
  readonly columns: readonly string[]
  /** How many it takes. */
  readonly most: number
}

/** Whether generated rows are good, and whether they give anyone away. */
export interface VerdictsView {
  /** Of the rows and of people, each with its sentence. */
  readonly said: readonly {
    readonly grade: Verdicts['rows' | 'people']['grade']
    readonly sentence: string
  }[]
  /** What to do about them, and what they leave out. */
  readonly remarks: readonly string[]
}

/** Facts of a trained model. */
export interface ModelView {
  /** Undefined of a run of an earlier version. */
  readonly verdicts: VerdictsView | undefined
  /** Whether the model's file holds values of single rows. */
  readonly holds: string
  /** What is probably bad about generated rows, and what to do. */
  readonly doubts: readonly string[]
  /** Columns whose gaps another column explains. */
  readonly hasGapsByDesign: boolean
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

/** What rows are asked for. */
export interface AskedRows {
  readonly count: number
  readonly seed: number
  readonly given: Given
}

export interface SampleRequest extends AskedRows {
  /** The number of the rows that the page shows meanwhile. */
  readonly shown: number | undefined
}

/** Samples for the page. */
export interface SampleView extends AskedRows {
  /** By which the worker has the rows. */
  readonly id: number
  readonly seconds: number
  readonly warnings: readonly string[]
  readonly columns: readonly string[]
  readonly preview: Preview
  /** By the table's columns. */
  readonly samples: readonly Distribution[]
  /** How far real rows are from other real rows, by the table's columns; undefined if none were held out. */
  readonly yardsticks?: readonly number[]
  /** With a condition: the same seed's samples without it, and the real rows that meet it. */
  readonly before?: readonly Distribution[]
  readonly meeting?: { readonly rows: number; readonly shares: readonly Distribution[] }
}

/** Which file to fill, and how. */
export interface FillRequest {
  readonly file: File
  readonly seed: number
  /** Whether cells stay empty where rows like theirs are empty. */
  readonly keepsGapsByDesign: boolean
  /** The number of the filled rows that the page shows meanwhile. */
  readonly shown: number | undefined
}

/** A file with filled gaps. */
export interface FilledView {
  /** By which the worker has the rows. */
  readonly id: number
  /** Which cells of the preview were filled. */
  readonly marks: readonly (readonly boolean[])[]
  /** How many cells were left empty, as rows like theirs are. */
  readonly left: number
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
