import { existsSync } from 'node:fs'
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { quotedName } from '../../table/formats/sql.ts'
import type { TableToCome, TableToWrite } from '../rows.ts'

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

/** What writes tables to one kind of place. */
export interface TablesWriter {
  write(target: string, tables: readonly TableToWrite[], options: WriteDatabaseOptions): Promise<void>
  /**
   * Throws InputError where `write` would, as far as that can be known without rows: it can't be reached or written to, it has rows,
   * or it lacks a table or a column. Changes nothing.
   */
  check(target: string, tables: readonly TableToCome[], options: WriteDatabaseOptions): Promise<void>
}

/** The key and the references of a table as SQL says them: without `withLater`, none to rows that are written later. */
export function constraintsOf(
  { schema, later }: TableToWrite,
  tables: readonly TableToWrite[],
  { withLater = true, withActions = false } = {},
): string[] {
  const listed = (names: readonly string[]) => `(${names.map(quotedName).join(', ')})`
  const references = schema.references.filter((reference) => withLater || !later.includes(reference))
  return [
    ...(schema.key ? [`PRIMARY KEY ${listed(schema.key)}`] : []),
    ...references.map(({ columns, table, actions }) => {
      const key = tables.find((each) => each.name === table)!.schema.key!
      const target = `${quotedName(table)} ${listed(key)}`
      return `FOREIGN KEY ${listed(columns)} REFERENCES ${target}${withActions && actions ? ` ${actions}` : ''}`
    }),
  ]
}

/** Throws InputError if a table of a file lacks a column. */
export function requireColumns(
  target: string,
  { name, columns }: TableToCome,
  existing: readonly string[],
): void {
  const missing = columns.find((column) => !existing.includes(column.name))
  if (missing)
    throw new InputError(
      `${target}, table ${printable(name)} has no column ${printable(missing.name)}: give a new file`,
      'conflict',
    )
}

/** Throws InputError while another program writes to a file, as other files show whose names end so. */
export function requireIdle(target: string, endings: readonly string[]): void {
  const ending = endings.find((each) => existsSync(`${target}${each}`))
  if (ending !== undefined)
    throw new InputError(
      `${target} is in use, as ${target}${ending} shows: close what writes to it`,
      'cannot-write',
    )
}
