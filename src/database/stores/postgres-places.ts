// cspell:ignore regclass
import type { Client } from 'pg'
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { quotedName } from '../../table/formats/sql.ts'
import { type LaterColumns, laterColumns } from '../later.ts'
import type { TableToCome } from '../rows.ts'
import { type Address, columnsOf, type ServerColumn, schemaOf } from './postgres.ts'

/** A table's place on the server, and the statements that write its rows. */
export interface Place {
  /** With its schema, quoted. */
  readonly name: string
  /** Takes the rows: a parameter a column, an array of texts, whatever the number of rows. */
  readonly insert: string
  /** The columns of references that wait until all rows are there. */
  readonly later: LaterColumns
  /** For these, if there are some: creates a temporary table, takes their rows, and completes those of the table. */
  readonly wait: { readonly create: string; readonly insert: string; readonly complete: string } | undefined
  /** The columns that the server numbers, and by what. */
  readonly sequences: readonly { readonly column: string; readonly sequence: string }[]
}

/** The places of tables. Throws InputError on tables and columns that the server lacks, and on rows without `append`. */
export async function placesOf(
  client: Client,
  address: Address,
  tables: readonly TableToCome[],
  append: boolean,
): Promise<{ schema: string; places: Place[] }> {
  const schema = await schemaOf(client, address)
  const catalogue = await columnsOf(client, schema)
  const types = tables.map((table) => typesOf(table, catalogue, address, schema))
  const places: Place[] = []
  for (const [k, table] of tables.entries()) {
    const name = `${quotedName(schema)}.${quotedName(table.name)}`
    if (!append) await requireEmpty(client, table.name, name, address)
    // a column that takes no NULL can't wait: a constraint that may wait does
    const required = catalogue.flatMap((column) =>
      column.table === table.name && column.isRequired ? column.name : [],
    )
    const later = laterColumns(table, required)
    const statements = statementsOf(table, name, types[k]!, k, append, later)
    const sequences = await sequencesOf(client, table, name, types[k]!)
    places.push({ name, later, ...statements, sequences })
  }
  return { schema, places }
}

/** The types of a table's columns that rows may set. */
function typesOf(
  table: TableToCome,
  catalogue: readonly ServerColumn[],
  { name }: Address,
  schema: string,
): ReadonlyMap<string, string> {
  const columns = catalogue.filter((column) => column.table === table.name)
  const names = [...new Set(catalogue.map((column) => column.table))]
  if (columns.length === 0)
    throw new InputError(
      `${name} has no table ${printable(table.name)} in the schema ${printable(schema)}, but ${names.map(printable).join(', ') || 'none'}: create it first`,
      'not-found',
    )
  const types = new Map(
    columns.filter(({ isGenerated }) => !isGenerated).map((column) => [column.name, column.cast]),
  )
  const missing = table.columns.find((column) => !types.has(column.name))
  if (missing)
    throw new InputError(
      `${name}, table ${printable(table.name)} has no column ${printable(missing.name)} that rows may set, but ${[...types.keys()].map(printable).join(', ')}`,
      'conflict',
    )
  return types
}

async function requireEmpty(client: Client, table: string, place: string, { name }: Address): Promise<void> {
  const { rows } = await client.query(`SELECT 1 FROM ${place} LIMIT 1`)
  if (rows.length > 0)
    throw new InputError(
      `${name}, table ${printable(table)} has rows: empty it, or \`append\` to add to them`,
      'exists',
    )
}

function statementsOf(
  table: TableToCome,
  place: string,
  types: ReadonlyMap<string, string>,
  k: number,
  append: boolean,
  { columns, key }: LaterColumns,
): Pick<Place, 'insert' | 'wait'> {
  const names = table.columns.map(({ name }) => name)
  const rows = rowsOf(names.map((name) => types.get(name)!))
  // reference data may be there
  const end = append && table.schema.keep ? ' ON CONFLICT DO NOTHING' : ''
  const insert = `INSERT INTO ${place} (${names.map(quotedName).join(', ')}) OVERRIDING SYSTEM VALUE ${rows}${end}`
  if (columns.length === 0) return { insert, wait: undefined }
  const typesOfWaiting = [...key, ...columns].map((name) => types.get(name)!)
  const list = typesOfWaiting.map((type, i) => `c${i} ${type}`).join(', ')
  const set = columns.map((name, i) => `${quotedName(name)} = l.c${key.length + i}`).join(', ')
  const where = key.map((name, i) => `t.${quotedName(name)} = l.c${i}`).join(' AND ')
  const wait = {
    create: `CREATE TEMPORARY TABLE moonstep_later_${k} (${list}) ON COMMIT DROP`,
    insert: `INSERT INTO pg_temp.moonstep_later_${k} ${rowsOf(typesOfWaiting)}`,
    complete: `UPDATE ${place} t SET ${set} FROM pg_temp.moonstep_later_${k} l WHERE ${where}`,
  }
  return { insert, wait }
}

/** Rows of parameters that are arrays of texts, one a column. */
function rowsOf(types: readonly string[]): string {
  const names = types.map((_, i) => `c${i}`)
  const casts = types.map((type, i) => `c${i}::${type}`)
  const arrays = types.map((_, i) => `pg_catalog.unnest($${i + 1}::text[])`)
  return `SELECT ${casts.join(', ')} FROM ROWS FROM (${arrays.join(', ')}) AS r(${names.join(', ')})`
}

async function sequencesOf(
  client: Client,
  { columns }: TableToCome,
  place: string,
  types: ReadonlyMap<string, string>,
): Promise<Place['sequences']> {
  const numbers = columns.filter(({ name }) => /^(smallint|integer|bigint)$/.test(types.get(name)!))
  const all: { column: string; sequence: string }[] = []
  for (const { name } of numbers) {
    const sql = 'SELECT pg_catalog.pg_get_serial_sequence($1, $2) AS sequence'
    const { sequence } = (await client.query(sql, [place, name])).rows[0]
    if (sequence !== null) all.push({ column: name, sequence })
  }
  return all
}
