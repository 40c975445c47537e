import { stat } from 'node:fs/promises'
import { InputError } from '../../core/errors.ts'
import { cannotRead } from '../../core/files.ts'
import { tablesToWrite, type WritableDatabase } from '../rows.ts'
import { databaseRemedy, isDuckdb, isPostgres, isSqliteName, requireKnownAddress } from './open.ts'
import type { WriteDatabaseOptions, WriteTables } from './write-tables.ts'

/**
 * Writes the tables of a database, all of their rows or none.
 *
 * @param target - A file that ends in .sqlite, .sqlite3, .db, .duckdb, .sql or .sql.gz; `postgres://user@host/database`, whose tables
 * exist and are empty; or else a folder.
 * @param database - The schema, and each table's columns and rows, keys and references among them: what `sample` or `readDatabase` returned.
 * @throws InputError on what can't be written, a database with rows without `append`, and what the database refuses.
 * @example
 * await writeDatabase('copy.sqlite', await readDatabase('shop'), { source: 'shop.sqlite' })
 */
export async function writeDatabase(
  target: string,
  database: WritableDatabase,
  options: WriteDatabaseOptions = {},
): Promise<void> {
  options.signal?.throwIfAborted()
  requireKnownAddress(target)
  const write = await writerOf(target)
  const isFile = !isPostgres(target) && !isDatabaseFile(target)
  if (options.append && isFile)
    throw new InputError(
      `\`append\` is for databases, and ${target} is none: leave it out, or give a SQLite file or postgres://user@host/database`,
      'conflict',
      { option: 'append' },
    )
  if (options.source !== undefined && !isPostgres(options.source))
    await stat(options.source).catch((error) =>
      cannotRead(error, options.source!, { remedy: databaseRemedy }),
    )
  await write(target, tablesToWrite(database), options)
}

function isDatabaseFile(target: string): boolean {
  return isSqliteName(target) || isDuckdb(target)
}

/** Loaded with the first such target. */
async function writerOf(target: string): Promise<WriteTables> {
  if (isPostgres(target)) return (await import('./write-postgres.ts')).writePostgres
  if (isDuckdb(target)) return (await import('./write-duckdb.ts')).writeDuckdb
  if (isSqliteName(target)) return (await import('./write-sqlite.ts')).writeSqlite
  if (/\.sql(?:\.gz)?$/i.test(target)) return (await import('./write-sql.ts')).writeSql
  return (await import('./write-folder.ts')).writeFolder
}
