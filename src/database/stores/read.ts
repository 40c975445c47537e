import type { Database } from '../database.ts'
import { type Purpose, type ReadDatabaseOptions, readTables } from '../read-tables.ts'
import { openStore } from './open.ts'

/**
 * Reads a database: a folder of CSV, JSON lines or Parquet files, one a table, a SQLite or DuckDB file, or the tables of PostgreSQL.
 *
 * @param source - The folder or file, or `postgres://user@host/database`; `?schema=name` chooses another schema than the first of the
 * search path.
 * @returns The tables, with the row that each reference leads to, and every cell for `writeDatabase`. Keys and references are the database's own; of files, they are found
 * by names and values, and `onNotice` says how.
 * @throws InputError on what is no database or cannot be reached, a key that repeats, a reference without its row, and a circle of
 * obligatory references.
 * @example
 * const { schema, tables } = await readDatabase('shop.sqlite', { onNotice: console.error })
 * tables.get('orders').links[0] // for each order, the row of its customer
 */
export function readDatabase(source: string, options: ReadDatabaseOptions = {}): Promise<Database> {
  return readSource(source, options, { keepsWhole: true })
}

/** The same, without the cells that only writing needs, and with circles refused, unless the purpose says otherwise. */
export async function readSource(
  source: string,
  options: ReadDatabaseOptions = {},
  purpose: Purpose = {},
): Promise<Database> {
  const store = await openStore(source)
  try {
    return await readTables(store, options, purpose)
  } finally {
    await store.close()
  }
}
