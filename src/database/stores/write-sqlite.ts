import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Database as Connection } from 'node-sqlite3-wasm'
import { InputError, messageOf } from '../../core/errors.ts'
import { isFolder, requireWritable } from '../../core/files.ts'
import { counted, printable } from '../../core/format.ts'
import { ownValue } from '../../core/own.ts'
import { textOf } from '../../table/cell-text.ts'
import { quotedName } from '../../table/formats/sql.ts'
import { shortest, typeOfCells } from '../../table/formats/write-cells.ts'
import { type Column, namesOf } from '../../table/table.ts'
import { following } from '../following.ts'
import type { TableToCome, TableToWrite } from '../rows.ts'
import type { TableSchema } from '../schema.ts'
import { createLike } from './like-sqlite.ts'
import { isPostgres } from './open.ts'
import { columnsOf, isSqlite, tableNames } from './sqlite.ts'
import { connectSqlite, copyWhole, openCopy } from './sqlite-connection.ts'
import { flush, writeThenRename } from './whole.ts'
import {
  constraintsOf,
  requireColumns,
  requireIdle,
  type TablesWriter,
  type WriteDatabaseOptions,
} from './write-tables.ts'

/** Writes a SQLite file: new or without tables, with those of the source if it is such a file; or into the tables that it has. */
export const sqliteWriter: TablesWriter = {
  write: writeSqlite,
  async check(target, tables, { append = false, source }) {
    await requireWritable(target)
    if (existsSync(target)) await inUse(target)
    const { connection, close } = existsSync(target) ? await openCopy(target) : await openEmpty()
    try {
      const isNew = tableNames(connection).length === 0
      const like = isNew ? await likeOf(source) : undefined
      if (like !== undefined) await createLike(connection, like)
      // those of a new file without a source follow from what the rows need
      if (!isNew || like !== undefined) requireTables(connection, target, tables, append)
    } catch (error) {
      if ((error as Error).name !== 'SQLite3Error') throw error
      throw refused(target, error)
    } finally {
      await close()
    }
  },
}

async function openEmpty() {
  const connection = await connectSqlite(':memory:', false)
  return { connection, close: async () => connection.close() }
}

async function writeSqlite(
  target: string,
  tables: readonly TableToWrite[],
  { append = false, source, signal }: WriteDatabaseOptions,
): Promise<void> {
  const exists = existsSync(target)
  const before = exists ? await inUse(target) : undefined
  await writeThenRename(target, async (path) => {
    if (exists) await copyWhole(target, path)
    const connection = await connectSqlite(path, exists)
    try {
      // the file takes its place when it is whole
      connection.exec('PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; BEGIN')
      const isNew = tableNames(connection).length === 0
      const indexes = isNew ? await create(connection, tables, source) : []
      requireTables(connection, target, tables, append)
      const largest = async (table: string, column: string) =>
        connection.get(`SELECT max(${quotedName(column)}) AS last FROM ${quotedName(table)}`)?.last
      const added = append ? await following(tables, largest) : tables
      for (const table of added) await insert(connection, target, table, signal, append)
      for (const index of indexes) connection.run(index)
      connection.exec('COMMIT')
    } catch (error) {
      if ((error as Error).name !== 'SQLite3Error') throw error
      throw refused(target, error)
    } finally {
      connection.close()
    }
    await flush(path)
    if (before !== undefined && (await inUse(target)) !== before)
      throw new InputError(
        `${target} changed while rows were added: nothing was written; close what writes to it`,
        'cannot-write',
      )
  })
}

/** What shows whether a file changes. Throws InputError while another program writes to it. */
async function inUse(target: string): Promise<string> {
  requireIdle(target, ['-wal', '-journal'])
  const { size, mtimeNs } = await stat(target, { bigint: true })
  return `${size} ${mtimeNs}`
}

function refused(target: string, error: unknown): InputError {
  return new InputError(
    `cannot write ${target}: ${printable(messageOf(error).replaceAll(/\s+/g, ' '))}`,
    'cannot-write',
  )
}

/** Creates the tables; returns the statements that create the source's indexes, which wait for the rows. */
async function create(
  connection: Connection,
  tables: readonly TableToWrite[],
  source: string | undefined,
): Promise<string[]> {
  const like = await likeOf(source)
  if (like !== undefined) return createLike(connection, like)
  for (const table of [...tables].sort((a, b) => a.place - b.place)) {
    const { name, columns, schema } = table
    const lines = [
      ...columns.map((column) => `${quotedName(column.name)} ${definitionOf(column, schema)}`.trimEnd()),
      ...constraintsOf(table, tables, { withActions: true }),
    ]
    connection.run(`CREATE TABLE ${quotedName(name)} (\n  ${lines.join(',\n  ')}\n)`)
  }
  return []
}

/** The source, if it is a SQLite file. */
async function likeOf(source: string | undefined): Promise<string | undefined> {
  if (source === undefined || isPostgres(source) || !existsSync(source) || (await isFolder(source)))
    return undefined
  return (await isSqlite(source)) ? source : undefined
}

/** As the source defines the column; but where that was INTEGER, SQLite would refuse texts as a key. */
function definitionOf(column: Column, { declared }: TableSchema): string {
  const definition = ownValue(declared, column.name)
  const isNumber = /INT/i.test(definition ?? '')
  const fits = !isNumber || typeOf(column) !== 'TEXT'
  return definition !== undefined && fits ? definition : typeOf(column)
}

function typeOf(column: Column): string {
  const types = {
    number: 'REAL',
    integer: 'INTEGER',
    epoch: 'INTEGER',
    boolean: 'BOOLEAN',
    date: 'TEXT',
    text: 'TEXT',
  }
  return types[typeOfCells(column)]
}

/** Throws InputError on tables or columns that the file lacks, and on rows without `append`. */
function requireTables(
  connection: Connection,
  target: string,
  tables: readonly TableToCome[],
  append: boolean,
): void {
  const names = tableNames(connection)
  for (const table of tables) {
    const { name } = table
    if (!names.includes(name))
      throw new InputError(
        `${target} has no table ${printable(name)}, but ${names.map(printable).join(', ')}: give a new file`,
        'conflict',
      )
    requireColumns(target, table, namesOf({ columns: columnsOf(connection, name) }))
    if (append) continue
    const count = Number(connection.get(`SELECT count(*) AS count FROM ${quotedName(name)}`)!.count)
    if (count > 0)
      throw new InputError(
        `${target}, table ${printable(name)} has ${counted(count, 'row')}: give a new file, or \`append\` to add to them`,
        'exists',
      )
  }
}

async function insert(
  connection: Connection,
  target: string,
  { name, columns, chunks, schema }: TableToWrite,
  signal: AbortSignal | undefined,
  append: boolean,
): Promise<void> {
  const list = columns.map((column) => quotedName(column.name)).join(', ')
  const statement = connection.prepare(
    // reference data may be there
    `INSERT ${append && schema.keep ? 'OR IGNORE ' : ''}INTO ${quotedName(name)} (${list}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  try {
    for await (const rows of chunks) {
      signal?.throwIfAborted()
      const short = shortest(rows.columns)
      const own = rows.columns.map((column) => ({ cells: column.cells, value: valuesOf(column, short) }))
      for (let row = 0; row < rows.count; row++)
        statement.run(
          own.map(({ cells, value }) => {
            const cell = cells[row]!
            return Number.isNaN(cell) ? null : value(cell)
          }),
        )
    }
  } catch (error) {
    if ((error as Error).name !== 'SQLite3Error') throw error
    throw refused(`${target}, table ${printable(name)}`, error)
  } finally {
    try {
      statement.finalize()
    } catch {
      // it repeats the error of a row
    }
  }
}

/** A cell as a value of SQLite, which has neither dates nor booleans. */
function valuesOf(
  column: Column,
  short: (cell: number) => number,
): (cell: number) => number | bigint | string {
  const text = textOf(column)
  switch (typeOfCells(column)) {
    case 'number':
      return short
    case 'integer':
    case 'boolean':
      return (cell) => (Number.isSafeInteger(cell) ? cell : BigInt(Math.round(cell)))
    case 'epoch':
      return (cell) => Number(text(cell))
    default:
      return text
  }
}
