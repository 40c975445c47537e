// cspell:ignore xinfo floa doub notnull
import { open } from 'node:fs/promises'
import type { Database as Connection, SQLiteValue } from 'node-sqlite3-wasm'
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { quotedName } from '../../table/formats/sql.ts'
import type { Declared, DeclaredReference, Store, StoredTable } from '../store.ts'
import { asSqlite, openCopy } from './sqlite-connection.ts'
import { readValues, type StoredColumn } from './values.ts'

/** The first bytes of a SQLite file. */
const magic = 'SQLite format 3\0'

/** Whether a file is one of SQLite. */
export async function isSqlite(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const bytes = new Uint8Array(magic.length)
    await handle.read(bytes, 0, bytes.length, 0)
    return new TextDecoder('latin1').decode(bytes) === magic
  } finally {
    await handle.close()
  }
}

/** A SQLite file as a store, at one point in time. */
export async function openSqlite(file: string): Promise<Store> {
  const { connection, close } = await openCopy(file)
  try {
    const { tables, notices } = await asSqlite(file, () => tablesOf(connection, file))
    if (tables.length === 0)
      throw new InputError(`${file} has no tables: give a database that has some`, 'bad-data')
    return { name: file, tables, notices, requireUnchanged: async () => {}, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The tables' names, without views, virtual tables and SQLite's own. */
export function tableNames(connection: Connection): string[] {
  const rows = connection.all(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY rowid",
  )
  const names = rows.map(({ name }) => String(name)).filter((name) => !name.startsWith('sqlite_'))
  // in the order in which they were created
  const created = connection
    .all("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .map(({ name }) => String(name))
  return names.sort((a, b) => created.indexOf(a) - created.indexOf(b))
}

interface CatalogueColumn {
  readonly name: string
  readonly type: string
  readonly key: number
  readonly isRequired: boolean
}

/** A table's columns that can be written. */
export function columnsOf(connection: Connection, table: string): CatalogueColumn[] {
  const rows = connection.all(
    'SELECT name, type, "notnull" AS required, pk, hidden FROM pragma_table_xinfo(?)',
    [table],
  )
  return rows
    .filter(({ hidden }) => Number(hidden) === 0)
    .map(({ name, type, required, pk }) => ({
      name: String(name),
      type: String(type),
      key: Number(pk),
      isRequired: Number(required) === 1,
    }))
}

function tablesOf(connection: Connection, file: string): { tables: StoredTable[]; notices: string[] } {
  const names = tableNames(connection)
  const notices: string[] = []
  const tables = names.flatMap((name): StoredTable[] => {
    const declared = declaredOf(connection, name, names)
    const where = `${file}, table ${name}`
    const needed = new Set([
      ...(declared.key ?? []),
      ...declared.references.flatMap(({ columns }) => columns),
    ])
    const columns = columnsOf(connection, name).flatMap((column): StoredColumn[] => {
      const family = familyOf(connection, name, column)
      if (family !== 'none' || needed.has(column.name))
        return [{ name: column.name, type: column.type, family }]
      notices.push(
        `${printable(name)}: ${printable(column.name)} is left out, as its type ${printable(column.type)} is neither learned nor made`,
      )
      return []
    })
    // what has no cell that is read, has no row
    if (columns.length === 0) return []
    return [
      {
        name,
        where,
        declared,
        read: (options) =>
          asSqlite(file, () => readValues(where, columns, rowsOf(connection, name, columns), options)),
      },
    ]
  })
  return { tables, notices }
}

/** What SQLite's types, which cells need not keep to, say about a column of such cells. */
function familyOf(
  connection: Connection,
  table: string,
  { name, type }: CatalogueColumn,
): StoredColumn['family'] {
  const column = quotedName(name)
  const only = (test: string) =>
    connection.get(
      `SELECT 1 FROM ${quotedName(table)} WHERE ${column} IS NOT NULL AND NOT (${test}) LIMIT 1`,
    ) === null
  if (/blob/i.test(type)) return 'none'
  if (/bool/i.test(type) && only(`${column} IN (0, 1)`)) return 'boolean'
  if (/real|floa|doub|,\s*[1-9]\d*\s*\)/i.test(type) && only(`typeof(${column}) IN ('integer', 'real')`))
    return 'number'
  return 'text'
}

function declaredOf(connection: Connection, table: string, names: readonly string[]): Declared {
  const key = keyOf(connection, table)
  const rows = connection.all(
    'SELECT id, "table" AS target, "from" AS own, "to" AS other, on_delete, on_update FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq',
    [table],
  )
  const references = new Map<number, { columns: string[]; table: string; to: string[]; actions: string }>()
  for (const { id, target, own, other, on_delete, on_update } of rows) {
    // names of SQLite are the same in capitals
    const parent = sameName(String(target), names)
    const reference = references.get(Number(id)) ?? {
      columns: [],
      table: parent,
      to: [],
      actions: actionsOf({ DELETE: on_delete, UPDATE: on_update }),
    }
    references.set(Number(id), reference)
    const columns = columnsOf(connection, table).map((column) => column.name)
    reference.columns.push(sameName(String(own), columns))
    const parentKey = names.includes(parent) ? (keyOf(connection, parent) ?? []) : []
    const parentColumns = names.includes(parent)
      ? columnsOf(connection, parent).map((column) => column.name)
      : []
    reference.to.push(
      other === null ? (parentKey[reference.to.length] ?? '') : sameName(String(other), parentColumns),
    )
  }
  const declared: readonly DeclaredReference[] = [...references.values()]
  const columns = columnsOf(connection, table)
  const definitions = columns.map(({ name, type, isRequired }) => [
    name,
    `${type}${isRequired ? ' NOT NULL' : ''}`.trimStart(),
  ])
  return {
    ...(key && { key }),
    references: declared,
    required: columns.flatMap(({ name, isRequired }) => (isRequired ? name : [])),
    definitions: Object.fromEntries(definitions),
  }
}

/** { DELETE: 'CASCADE' } as ON DELETE CASCADE. */
function actionsOf(actions: Readonly<Record<string, unknown>>): string {
  return Object.entries(actions)
    .flatMap(([event, action]) => (action === 'NO ACTION' ? [] : `ON ${event} ${action}`))
    .join(' ')
}

function sameName(name: string, names: readonly string[]): string {
  return (
    names.find((each) => each === name) ??
    names.find((each) => each.toLowerCase() === name.toLowerCase()) ??
    name
  )
}

function keyOf(connection: Connection, table: string): string[] | undefined {
  const key = columnsOf(connection, table).filter((column) => column.key > 0)
  if (key.length === 0) return undefined
  return key.sort((a, b) => a.key - b.key).map(({ name }) => name)
}

/** How many rows are converted at once. */
const rowsAtOnce = 1000

function* rowsOf(
  connection: Connection,
  table: string,
  columns: readonly StoredColumn[],
): Generator<unknown[][]> {
  const list = columns.map(({ name }, d) => `${quotedName(name)} AS c${d}`).join(', ')
  const statement = connection.prepare(`SELECT ${list} FROM ${quotedName(table)}`)
  const names = columns.map((_, d) => `c${d}`)
  try {
    let rows: unknown[][] = []
    for (const row of statement.iterate() as Iterable<Record<string, SQLiteValue>>) {
      rows.push(names.map((name, d) => cellOfValue(row[name]!, columns[d]!)))
      if (rows.length < rowsAtOnce) continue
      yield rows
      rows = []
    }
    yield rows
  } finally {
    statement.finalize()
  }
}

function cellOfValue(value: SQLiteValue, { family }: StoredColumn): unknown {
  if (family === 'boolean' && value !== null) return Number(value) === 1
  if (typeof value === 'number' && !Number.isFinite(value)) return null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return value
}
