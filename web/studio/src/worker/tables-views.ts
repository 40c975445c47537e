import type { ColumnKind, RunFile, RunFiles, TrainingProgress } from 'moonstep/web'
import type { Schema } from 'moonstep/web/databases'
import type { Preview, VerdictsView } from './views.ts'

/** A column of one of several tables. */
export interface TableColumnView {
  readonly name: string
  readonly kind: ColumnKind
  /** Its kind and what it holds. */
  readonly says: string
  readonly hasGaps: boolean
  /** Whether no two rows have the same value, and none lacks it. */
  readonly isUnique: boolean
}

/** One of several tables. */
export interface OneTableView {
  readonly name: string
  readonly rows: number
  readonly columns: readonly TableColumnView[]
  readonly preview: Preview
}

/** Several tables for the page. */
export interface TablesView {
  readonly schema: Schema
  /** Parents first. */
  readonly tables: readonly OneTableView[]
  /** What was found, a line each, with what else was possible. */
  readonly notices: readonly string[]
}

/** The runs of the tables in the page's storage. */
export interface TableStores {
  read(table: string, file: RunFile): Promise<Uint8Array | undefined>
  writeTogether(table: string, files: RunFiles): Promise<void>
  append(table: string, file: RunFile, text: string): Promise<void>
}

export interface TablesTrainingRequest {
  readonly threads: number
  /** Whether runs in the storage are continued. */
  readonly resume: boolean
  readonly onTable: (table: string) => void
  readonly onProgress: (progress: TrainingProgress) => void
  /** Called once the steps are taken and the result is measured. */
  readonly onWork: () => void
}

/** Facts of a trained model of several tables. */
export interface TablesModelView {
  /** Undefined of a run of an earlier version. */
  readonly verdicts: VerdictsView | undefined
  /** Whether the models' file holds values of single rows. */
  readonly holds: string
  /** The tables of which one says how many rows are drawn, with their training rows. */
  readonly roots: Readonly<Record<string, number>>
}

/** What rows are asked for: how many of each root table. */
export interface AskedTables {
  readonly count: Readonly<Record<string, number>>
  readonly seed: number
}

export interface TablesSampleRequest extends AskedTables {
  /** The number of the rows that the page shows meanwhile. */
  readonly shown: number | undefined
}

/** Callbacks of the page while rows are drawn. */
export interface TablesWatching {
  readonly onProgress: (progress: {
    readonly table: string
    readonly done: number
    readonly count: number
  }) => void
  readonly signal: AbortSignal
}

/** Generated rows of several tables. */
export interface TablesSampleView extends AskedTables {
  /** By which the worker has the rows. */
  readonly id: number
  readonly seconds: number
  readonly tables: readonly {
    readonly name: string
    readonly rows: number
    readonly columns: readonly string[]
    readonly preview: Preview
  }[]
}
