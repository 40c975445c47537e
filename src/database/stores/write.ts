import { stat } from 'node:fs/promises'
import { InputError } from '../../core/errors.ts'
import { cannotRead } from '../../core/files.ts'
import { tablesToCome, tablesToWrite, type WritableDatabase } from '../rows.ts'
import type { Schema } from '../schema.ts'
import { databaseRemedy, isDuckdb, isPostgres, isSqliteName, requireKnownAddress } from './open.ts'
import type { TablesWriter, WriteDatabaseOptions } from './write-tables.ts'

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
  const { write } = await writerOf(target, options)
  await write(target, tablesToWrite(database), options)
}

/**
 * Looks at a place before the long work of drawing rows for it; `writeDatabase` looks again.
 *
 * @throws InputError as `writeDatabase` would: the target can't be written to, has rows without `append`, or lacks a table or a column.
 */
export async function checkTarget(
  target: string,
  schema: Schema,
  options: WriteDatabaseOptions = {},
): Promise<void> {
  const { check } = await writerOf(target, options)
  await check(target, tablesToCome(schema), options)
}

/** What writes to a target. Throws InputError on options that don't go with it, and on a source that is absent. */
async function writerOf(
  target: string,
  { append, source, signal }: WriteDatabaseOptions,
): Promise<TablesWriter> {
  signal?.throwIfAborted()
  requireKnownAddress(target)
  if (append && !isPostgres(target) && !isSqliteName(target) && !isDuckdb(target))
    throw new InputError(
      `\`append\` is for databases, and ${target} is none: leave it out, or give a SQLite file or postgres://user@host/database`,
      'conflict',
      { option: 'append' },
    )
  if (source !== undefined && !isPostgres(source))
    await stat(source).catch((error) => cannotRead(error, source, { remedy: databaseRemedy }))
  // loaded with the first such target
  if (isPostgres(target)) return (await import('./write-postgres.ts')).postgresWriter
  if (isDuckdb(target)) return (await import('./write-duckdb.ts')).duckdbWriter
  if (isSqliteName(target)) return (await import('./write-sqlite.ts')).sqliteWriter
  if (/\.sql(?:\.gz)?$/i.test(target)) return (await import('./write-sql.ts')).sqlWriter
  return (await import('./write-folder.ts')).folderWriter
}
