import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { InputError } from '../../core/errors.ts'
import { requireWritable } from '../../core/files.ts'
import { printable } from '../../core/format.ts'
import { quotedName, typeInSql } from '../../table/formats/sql.ts'
import { following } from '../following.ts'
import { type TableToCome, type TableToWrite, textColumns } from '../rows.ts'
import { asLine, columnsOf, connectDuckdb, textsOf } from './duckdb.ts'
import { writeThenRename } from './whole.ts'
import {
  constraintsOf,
  requireColumns,
  requireIdle,
  type TablesWriter,
  type WriteDatabaseOptions,
} from './write-tables.ts'

/** Writes a DuckDB file: new, or into the tables of one that exists. */
export const duckdbWriter: TablesWriter = {
  write: writeDuckdb,
  async check(target, tables, { append = false }) {
    await requireWritable(target)
    if (!isIdle(target)) return
    const { connection, close } = await connectDuckdb(target, 'READ_ONLY')
    try {
      await requireTables(connection, target, tables, append)
    } catch (error) {
      throw asLine(error, target, 'write')
    } finally {
      close()
    }
  },
}

async function writeDuckdb(
  target: string,
  tables: readonly TableToWrite[],
  { append = false, signal }: WriteDatabaseOptions,
): Promise<void> {
  const exists = isIdle(target)
  await writeThenRename(target, async (path) => {
    if (exists) await copyFile(target, path)
    const { connection, close } = await connectDuckdb(path, 'READ_WRITE')
    try {
      await connection.run('BEGIN TRANSACTION')
      if (!exists) for (const table of tables) await create(connection, table, tables)
      const types = await requireTables(connection, target, tables, append)
      const largest = async (table: string, column: string) => {
        const sql = `SELECT system.main.max(${quotedName(column)})::VARCHAR FROM ${quotedName(table)}`
        return (await textsOf(connection, sql))[0]?.[0]
      }
      const added = append ? await following(tables, largest) : tables
      for (const table of added) await insert(connection, table, types.get(table.name)!, signal, append)
      await connection.run('COMMIT')
      await connection.run('CHECKPOINT')
    } catch (error) {
      throw asLine(error, target, 'write')
    } finally {
      close()
    }
  })
}

/** Whether a file exists. Throws InputError while another program writes to it. */
function isIdle(target: string): boolean {
  requireIdle(target, ['.wal'])
  return existsSync(target)
}

async function create(
  connection: DuckDBConnection,
  table: TableToWrite,
  tables: readonly TableToWrite[],
): Promise<void> {
  const lines = [
    ...table.columns.map((column) => `${quotedName(column.name)} ${typeInSql(column)}`),
    // DuckDB checks each row as it comes
    ...constraintsOf(table, tables, { withLater: false }),
  ]
  await connection.run(`CREATE TABLE ${quotedName(table.name)} (${lines.join(', ')})`)
}

/** The columns' types by table. Throws InputError on tables or columns that the file lacks, and on rows without `append`. */
async function requireTables(
  connection: DuckDBConnection,
  target: string,
  tables: readonly TableToCome[],
  append: boolean,
): Promise<Map<string, Map<string, string>>> {
  const catalogue = await columnsOf(connection)
  const all = new Map<string, Map<string, string>>()
  for (const table of tables) {
    const columns = catalogue.filter((column) => column.table === table.name)
    if (columns.length === 0)
      throw new InputError(`${target} has no table ${printable(table.name)}: give a new file`, 'conflict')
    const types = new Map(columns.map(({ name, type }) => [name, type]))
    requireColumns(target, table, [...types.keys()])
    all.set(table.name, types)
  }
  if (!append) for (const { name } of tables) await requireEmpty(connection, target, name)
  return all
}

async function requireEmpty(connection: DuckDBConnection, target: string, name: string): Promise<void> {
  const rows = await textsOf(connection, `SELECT 1 FROM ${quotedName(name)} LIMIT 1`)
  if (rows.length > 0)
    throw new InputError(
      `${target}, table ${printable(name)} has rows: give a new file, or \`append\` to add to them`,
      'exists',
    )
}

async function insert(
  connection: DuckDBConnection,
  { name, columns, chunks, schema }: TableToWrite,
  types: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
  append: boolean,
): Promise<void> {
  const { LIST, VARCHAR, listValue } = await import('@duckdb/node-api')
  const names = columns.map((column) => column.name)
  const casts = names.map((column, i) => `CAST(c${i} AS ${types.get(column)})`).join(', ')
  const lists = names.map((_, i) => `system.main.unnest($${i + 1}) AS c${i}`).join(', ')
  const statement = await connection.prepare(
    // reference data may be there
    `INSERT ${append && schema.keep ? 'OR IGNORE ' : ''}INTO ${quotedName(name)} (${names.map(quotedName).join(', ')}) SELECT ${casts} FROM (SELECT ${lists})`,
  )
  for await (const rows of chunks) {
    signal?.throwIfAborted()
    if (rows.count === 0) continue
    for (const [i, column] of textColumns(rows, names).entries())
      statement.bindList(i + 1, listValue(column), LIST(VARCHAR))
    await statement.run()
  }
}
