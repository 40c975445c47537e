import { stat } from 'node:fs/promises'
import { withoutPasswords } from '../../core/address.ts'
import { InputError } from '../../core/errors.ts'
import { cannotRead } from '../../core/files.ts'
import type { Store } from '../store.ts'

export const databaseRemedy =
  'give a folder of CSV, JSON lines or Parquet files, a SQLite or DuckDB file, or postgres://user@host/database'

/** Whether a source is a server's address. */
export function isPostgres(source: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(source)
}

/** Whether a file's name is one of DuckDB. */
export function isDuckdb(source: string): boolean {
  return /\.(?:duckdb|ddb)$/i.test(source)
}

/** Whether a file's name is one of SQLite. */
export function isSqliteName(source: string): boolean {
  return /\.(?:sqlite3?|db3?)$/i.test(source)
}

/** Throws InputError on the address of another kind of server; the address may have a password, and is not repeated. */
export function requireKnownAddress(source: string): void {
  const protocol = /^([a-z][a-z\d+.-]*):\/\//i.exec(source)?.[1]
  if (isPostgres(source)) return
  if (protocol === undefined && withoutPasswords(source) !== source)
    throw new InputError(
      `an address with a password that does not begin with postgres:// is no database that is read or written: ${databaseRemedy}`,
      'out-of-range',
    )
  if (protocol === undefined) return
  throw new InputError(
    `an address of ${protocol}:// is no database that is read or written: ${databaseRemedy}`,
    'out-of-range',
  )
}

/** Opens a database at one point in time. Throws InputError on what is none, or cannot be reached. */
export async function openStore(source: string): Promise<Store> {
  if (isPostgres(source)) return (await import('./postgres.ts')).openPostgres(source)
  requireKnownAddress(source)
  const entry = await stat(source).catch((error) => cannotRead(error, source, { remedy: databaseRemedy }))
  if (entry.isDirectory()) return (await import('./folder.ts')).openFolder(source)
  if (isDuckdb(source)) return (await import('./duckdb.ts')).openDuckdb(source)
  const { isSqlite, openSqlite } = await import('./sqlite.ts')
  if (await isSqlite(source)) return openSqlite(source)
  throw new InputError(`${source} is no database: ${databaseRemedy}`, 'bad-data')
}
