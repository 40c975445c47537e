import type { TableToWrite } from '../rows.ts'

/** The formats of a folder's files. */
export type FolderFormat =
  | '.csv'
  | '.csv.gz'
  | '.tsv'
  | '.tsv.gz'
  | '.json'
  | '.json.gz'
  | '.jsonl'
  | '.jsonl.gz'
  | '.parquet'

export interface WriteDatabaseOptions {
  /** Whether a database may hold rows already. Default: false. */
  readonly append?: boolean | undefined
  /** The database that the rows resemble: a SQLite file takes all definitions of a SQLite file, a folder the formats of a folder. */
  readonly source?: string | undefined
  /** The format of a folder's files. Default: those of the source, or else `.csv`. */
  readonly format?: FolderFormat | undefined
  readonly signal?: AbortSignal | undefined
}

/** A table whose rows are still to come: its columns' names are known. */
export interface TableToCome extends Pick<TableToWrite, 'name' | 'schema' | 'later'> {
  readonly columns: readonly { readonly name: string }[]
}

/** What writes tables to one kind of place. */
export interface TablesWriter {
  write(target: string, tables: readonly TableToWrite[], options: WriteDatabaseOptions): Promise<void>
  /**
   * Throws InputError where `write` would, as far as that can be known without rows: it can't be reached or written to, it has rows,
   * or it lacks a table or a column. Changes nothing.
   */
  check(target: string, tables: readonly TableToCome[], options: WriteDatabaseOptions): Promise<void>
}
