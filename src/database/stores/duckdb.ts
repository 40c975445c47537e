// cspell:ignore HUGEINT TINYINT autoinstall
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { InputError, messageOf } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { quotedName } from '../../table/formats/sql.ts'
import type { Store } from '../store.ts'
import { requirePackage } from './packages.ts'
import {
  type CatalogueColumn,
  type Constraint,
  cellOf,
  type Family,
  type StoredColumn,
  storeOf,
} from './values.ts'

/** The release that the tests run with, of those which the peer's range takes. */
export const duckdbRelease = '@1.5.6-r.1'

/** A connection to a file, which loads no extension, and on which a file's own definitions open no other file. */
export async function connectDuckdb(
  file: string,
  mode: 'READ_ONLY' | 'READ_WRITE',
): Promise<{ connection: DuckDBConnection; close(): void }> {
  const { DuckDBInstance } = await requirePackage(
    '@duckdb/node-api',
    'DuckDB files',
    () => import('@duckdb/node-api'),
    duckdbRelease,
  )
  const instance = await DuckDBInstance.create(file, {
    access_mode: mode,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'false',
    lock_configuration: 'true',
    preserve_insertion_order: 'true',
  }).catch((error) => {
    throw asLine(error, file, 'read')
  })
  const connection = await instance.connect()
  return {
    connection,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** What DuckDB says, as one line. */
export function asLine(error: unknown, file: string, doing: 'read' | 'write'): unknown {
  // an abort and faults of ours have classes of their own
  if ((error as Error).constructor !== Error) return error
  const reason = printable(messageOf(error).replaceAll(/\s+/g, ' '))
  return new InputError(
    `cannot ${doing} ${file} as DuckDB: ${reason}`,
    doing === 'write' ? 'cannot-write' : 'cannot-read',
  )
}

/** Rows of a request, as texts. */
export async function textsOf(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[] = [],
): Promise<(string | null)[][]> {
  const reader = await connection.runAndReadAll(sql, values)
  return reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))))
}

/** The tables of a DuckDB file as a store, in one transaction. */
export async function openDuckdb(file: string): Promise<Store> {
  const { connection, close } = await connectDuckdb(file, 'READ_ONLY')
  try {
    await connection.run('BEGIN TRANSACTION')
    const columns = await columnsOf(connection)
    if (columns.length === 0)
      throw new InputError(`${file} has no tables: give a database that has some`, 'bad-data')
    return storeOf({
      name: file,
      columns,
      constraints: await constraintsOf(connection),
      needed: () => [],
      rowsOf: (table, columns) => rowsOf(connection, table, columns),
      asLine: (error) => asLine(error, file, 'read'),
      close: async () => close(),
    })
  } catch (error) {
    close()
    throw asLine(error, file, 'read')
  }
}

/** All columns of the tables in the schema `main`, in their order. A file may have functions of any name, but not in `system`. */
export async function columnsOf(connection: DuckDBConnection): Promise<CatalogueColumn[]> {
  const rows = await textsOf(
    connection,
    "SELECT c.table_name, c.column_name, c.data_type, c.is_nullable FROM system.main.duckdb_columns() c JOIN system.main.duckdb_tables() t USING (table_oid, database_oid, schema_name) WHERE c.schema_name = 'main' AND NOT t.internal AND NOT t.temporary ORDER BY c.table_oid, c.column_index",
  )
  return rows.map(([table, name, type, isNullable]) => ({
    table: table!,
    name: name!,
    type: type!,
    isRequired: isNullable === 'false',
    family: familyOf(type!),
  }))
}

function familyOf(type: string): Family {
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(type)) return 'integer'
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)
  if (scale) return scale[1] === '0' ? 'integer' : 'decimal'
  if (type === 'FLOAT' || type === 'DOUBLE') return 'number'
  if (type === 'BOOLEAN') return 'boolean'
  if (type === 'DATE' || /^TIMESTAMP(_S|_MS|_NS)?$/.test(type)) return 'date'
  if (type === 'TIMESTAMP WITH TIME ZONE') return 'zoned'
  if (type === 'TIME') return 'time'
  if (type.startsWith('ENUM(')) return 'enum'
  return type === 'VARCHAR' || type === 'UUID' ? 'text' : 'none'
}

/** Keys and references, in the order in which they were declared. */
async function constraintsOf(connection: DuckDBConnection): Promise<Constraint[]> {
  const rows = await textsOf(
    connection,
    "SELECT table_name, constraint_type, system.main.to_json(constraint_column_names), referenced_table, system.main.to_json(referenced_column_names) FROM system.main.duckdb_constraints() WHERE schema_name = 'main' AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY') ORDER BY table_oid, constraint_index",
  )
  return rows.map(([table, type, columns, target, to]) => ({
    table: table!,
    isKey: type === 'PRIMARY KEY',
    columns: JSON.parse(columns!),
    target: target ?? undefined,
    to: JSON.parse(to ?? '[]'),
  }))
}

async function* rowsOf(
  connection: DuckDBConnection,
  table: string,
  columns: readonly StoredColumn[],
): AsyncGenerator<unknown[][]> {
  const list = columns.map(({ name }) => `CAST(${quotedName(name)} AS VARCHAR)`).join(', ')
  const result = await connection.stream(`SELECT ${list} FROM ${quotedName(table)}`)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) return
    yield chunk
      .getRows()
      .map((row) => row.map((value, d) => cellOf(columns[d]!.family, value as string | null)))
  }
}
