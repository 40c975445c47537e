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

/** Writes tables to one place. */
export type WriteTables = (
  target: string,
  tables: readonly TableToWrite[],
  options: WriteDatabaseOptions,
) => Promise<void>
