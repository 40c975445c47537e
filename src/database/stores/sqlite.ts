// cspell:ignore xinfo floa doub notnull
import { open } from 'node:fs/promises'
import type { Database as Connection, SQLiteValue } from 'node-sqlite3-wasm'
import { InputError } from '../../core/errors.ts'
import { quotedName } from '../../table/formats/sql.ts'
import { namesOf } from '../../table/table.ts'
import type { Store } from '../store.ts'
import { asLine, openCopy } from './sqlite-connection.ts'
import { type Constraint, type StoredColumn, storeOf } from './values.ts'

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
    const all = new Map(tableNames(connection).map((name) => [name, columnsOf(connection, name)]))
    const columns = [...all].flatMap(([table, ofTable]) =>
      ofTable.map((column) => {
        const definition = `${column.type}${column.isRequired ? ' NOT NULL' : ''}`.trimStart()
        return { ...column, table, family: familyOf(connection, table, column), definition }
      }),
    )
    const tableNamed = sameName([...all.keys()])
    const constraints = [...all.keys()].flatMap((table) => constraintsOf(connection, table, all, tableNamed))
    const store = storeOf({
      name: file,
      columns,
      constraints,
      needed: (ofTable) => ofTable.flatMap(({ columns }) => columns),
      rowsOf: (table, columns) => rowsOf(connection, table, columns),
      asLine: (error) => asLine(error, file),
      close,
    })
    if (store.tables.length === 0)
      throw new InputError(`${file} has no tables: give a database that has some`, 'bad-data')
    return store
  } catch (error) {
    await close()
    throw asLine(error, file)
  }
}

/** The tables' names, without views, virtual tables and SQLite's own. */
export function tableNames(connection: Connection): string[] {
  // in the order in which they were created
  const rows = connection.all(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table') ORDER BY rowid",
  )
  return rows.map(({ name }) => String(name)).filter((name) => !name.startsWith('sqlite_'))
}

interface SqliteColumn {
  readonly name: string
  readonly type: string
  /** Its place in the key, from 1; 0 if it is not in it. */
  readonly key: number
  readonly isRequired: boolean
}

/** A table's columns that can be written. */
export function columnsOf(connection: Connection, table: string): SqliteColumn[] {
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

/** What SQLite's types, which cells need not keep to, say about a column of such cells. */
function familyOf(
  connection: Connection,
  table: string,
  { name, type }: SqliteColumn,
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

function constraintsOf(
  connection: Connection,
  table: string,
  all: ReadonlyMap<string, readonly SqliteColumn[]>,
  tableNamed: (name: string) => string,
): Constraint[] {
  const rows = connection.all(
    'SELECT id, "table" AS target, "from" AS own, "to" AS other, on_delete, on_update FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq',
    [table],
  )
  const ownColumns = all.get(table)!
  const key = keyOf(ownColumns)
  const ownNamed = sameName(namesOf({ columns: ownColumns }))
  const references = new Map<unknown, Constraint & { columns: string[]; to: string[] }>()
  for (const { id, target, own, other, on_delete, on_update } of rows) {
    const parent = tableNamed(String(target))
    const columns = all.get(parent) ?? []
    const actions = actionsOf({ DELETE: on_delete, UPDATE: on_update })
    const reference = references.get(id) ?? {
      table,
      isKey: false,
      columns: [],
      target: parent,
      to: [],
      actions,
    }
    references.set(id, reference)
    reference.columns.push(ownNamed(String(own)))
    reference.to.push(
      other === null
        ? (keyOf(columns)[reference.to.length] ?? '')
        : sameName(namesOf({ columns }))(String(other)),
    )
  }
  return [...(key.length > 0 ? [{ table, isKey: true, columns: key, to: [] }] : []), ...references.values()]
}

/** { DELETE: 'CASCADE' } as ON DELETE CASCADE. */
function actionsOf(actions: Readonly<Record<string, unknown>>): string {
  return Object.entries(actions)
    .flatMap(([event, action]) => (action === 'NO ACTION' ? [] : `ON ${event} ${action}`))
    .join(' ')
}

/** Returns a function from a name as it is referred to, to the name among some: names of SQLite are the same in capitals. */
function sameName(names: readonly string[]): (name: string) => string {
  const exact = new Set(names)
  // of two that differ in capitals, the first
  const any = new Map(names.toReversed().map((each) => [each.toLowerCase(), each]))
  return (name) => (exact.has(name) ? name : (any.get(name.toLowerCase()) ?? name))
}

function keyOf(columns: readonly SqliteColumn[]): string[] {
  const key = columns.filter((column) => column.key > 0)
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
