import type { ReadingOptions } from '../table/inference/choice.ts'
import type { ReadTable } from '../table/inference/table-builder.ts'

/** What can be read of a table: which columns and rows, and who sees them. */
export type TableReading = Omit<ReadingOptions, 'minRows' | 'maxSize'>

/** A reference as a catalogue declares it. */
export interface DeclaredReference {
  readonly columns: readonly string[]
  readonly table: string
  /** The columns that it leads to, in the order of its own. */
  readonly to: readonly string[]
  /** What becomes of it when the row that it leads to changes, such as `ON DELETE CASCADE`. */
  readonly actions?: string | undefined
}

/** What a catalogue declares about a table's rows. */
export interface Declared {
  readonly key?: readonly string[] | undefined
  readonly references: readonly DeclaredReference[]
  /** The columns that no row may lack, but for those of the key. */
  readonly required: readonly string[]
  /** Of a SQLite file, how it defines each column. */
  readonly definitions: Readonly<Record<string, string | undefined>>
}

export interface StoredTable {
  readonly name: string
  /** Its place in messages, such as a file. */
  readonly where: string
  /** Undefined of files, which declare nothing. */
  readonly declared?: Declared | undefined
  /** Reads the rows, in the same order each time. Throws InputError as the readers of files do. */
  read(options: TableReading): Promise<ReadTable>
}

/** Where tables are: files, or a database at one point in time. */
export interface Store {
  /** Its name in messages, without a password. */
  readonly name: string
  readonly tables: readonly StoredTable[]
  /** What of it is not read. */
  readonly notices: readonly string[]
  /** Throws InputError if it changed while it was read, where that can be. */
  requireUnchanged?(): Promise<void>
  close(): Promise<void>
}
