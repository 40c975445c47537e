// cspell:ignore setval regclass
import type { Client } from 'pg'
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { quotedName } from '../../table/formats/sql.ts'
import { following } from '../following.ts'
import { LaterReferences } from '../later.ts'
import { type TableToWrite, textColumns } from '../rows.ts'
import {
  type Address,
  addressOf,
  asLine,
  type CatalogueColumn,
  columnsOf,
  connectPostgres,
  schemaOf,
} from './postgres.ts'
import type { WriteTables } from './write-tables.ts'

/** Writes into the tables of PostgreSQL, which exist, in one transaction: a connection that breaks leaves nothing. */
export const writePostgres: WriteTables = async (target, tables, { append = false, signal }) => {
  const address = addressOf(target)
  const client = await connectPostgres(address)
  try {
    await client.query('BEGIN')
    const schema = await schemaOf(client, address)
    const catalogue = await columnsOf(client, schema)
    const largest = async (table: string, column: string) => {
      const place = `${quotedName(schema)}.${quotedName(table)}`
      return (await client.query(`SELECT pg_catalog.max(${quotedName(column)}) AS last FROM ${place}`))
        .rows[0].last
    }
    for (const table of tables) placedOf(table, catalogue, address, schema)
    const added = append ? await following(tables, largest) : tables
    const placed = added.map((table) => placedOf(table, catalogue, address, schema))
    if (!append) for (const table of placed) await requireEmpty(client, table, address)
    // constraints that may wait do, so that rows may come in any order
    await client.query('SET CONSTRAINTS ALL DEFERRED')
    for (const [k, table] of placed.entries()) await insert(client, table, k, signal, append)
    for (const [k, table] of placed.entries()) await completeLater(client, table, k)
    // a sequence keeps its number when a transaction fails, so that whatever can fail comes first
    await client.query('SET CONSTRAINTS ALL IMMEDIATE')
    signal?.throwIfAborted()
    for (const table of placed) await advanceSequences(client, table)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw asLine(error, address, 'write')
  } finally {
    await client.end().catch(() => {})
  }
}

/** A table and its place on the server. */
interface PlacedTable {
  readonly table: TableToWrite
  /** With its schema, quoted. */
  readonly place: string
  /** By name. */
  readonly types: ReadonlyMap<string, string>
  readonly later: LaterReferences
}

function placedOf(
  table: TableToWrite,
  catalogue: readonly CatalogueColumn[],
  { name }: Address,
  schema: string,
): PlacedTable {
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
  return {
    table,
    place: `${quotedName(schema)}.${quotedName(table.name)}`,
    types,
    later: new LaterReferences(table),
  }
}

async function requireEmpty(client: Client, { table, place }: PlacedTable, { name }: Address): Promise<void> {
  const { rows } = await client.query(`SELECT 1 FROM ${place} LIMIT 1`)
  if (rows.length > 0)
    throw new InputError(
      `${name}, table ${printable(table.name)} has rows: empty it, or \`append\` to add to them`,
      'exists',
    )
}

/** A temporary table of the references that wait. */
const waiting = (k: number) => `pg_temp.moonstep_later_${k}`

async function insert(
  client: Client,
  placed: PlacedTable,
  k: number,
  signal: AbortSignal | undefined,
  append: boolean,
): Promise<void> {
  const { table, place, types, later } = placed
  const names = table.columns.map(({ name }) => name)
  const list = names.map(quotedName).join(', ')
  // a column's cells are one parameter, an array, whatever the number of rows
  const into = `INSERT INTO ${place} (${list}) OVERRIDING SYSTEM VALUE ${rowsOf(names.map((name) => types.get(name)!))}${append && table.schema.keep ? ' ON CONFLICT DO NOTHING' : ''}`
  const pairs = [...later.key, ...later.columns]
  if (pairs.length > 0)
    await client.query(
      `CREATE TEMPORARY TABLE moonstep_later_${k} (${pairs.map((name, i) => `c${i} ${types.get(name)}`).join(', ')}) ON COMMIT DROP`,
    )
  for await (const rows of table.chunks) {
    signal?.throwIfAborted()
    if (rows.points.count === 0) continue
    const { now, keys, references } = later.split(rows)
    await client.query(
      into,
      textColumns({ points: now.points, columns: now.columns ?? table.columns }, names),
    )
    if (keys.length > 0) {
      const columns = pairs.map((_, i) => keys.map((key, row) => [...key, ...references[row]!][i]!))
      await client.query(
        `INSERT INTO ${waiting(k)} ${rowsOf(pairs.map((name) => types.get(name)!))}`,
        columns,
      )
    }
  }
}

/** Rows of parameters that are arrays of texts, one a column. */
function rowsOf(types: readonly string[]): string {
  const names = types.map((_, i) => `c${i}`)
  const casts = types.map((type, i) => `c${i}::${type}`)
  const arrays = types.map((_, i) => `pg_catalog.unnest($${i + 1}::text[])`)
  return `SELECT ${casts.join(', ')} FROM ROWS FROM (${arrays.join(', ')}) AS r(${names.join(', ')})`
}

async function completeLater(client: Client, { place, later }: PlacedTable, k: number): Promise<void> {
  if (later.columns.length === 0) return
  const { key, columns } = later
  const set = columns.map((name, i) => `${quotedName(name)} = l.c${key.length + i}`).join(', ')
  const where = key.map((name, i) => `t.${quotedName(name)} = l.c${i}`).join(' AND ')
  await client.query(`UPDATE ${place} t SET ${set} FROM ${waiting(k)} l WHERE ${where}`)
}

/** Numbers that the server gives to new rows follow those that were written. */
async function advanceSequences(client: Client, { table, place, types }: PlacedTable): Promise<void> {
  for (const { name } of table.columns) {
    if (!/^(smallint|integer|bigint)$/.test(types.get(name)!)) continue
    const { rows } = await client.query('SELECT pg_catalog.pg_get_serial_sequence($1, $2) AS sequence', [
      place,
      name,
    ])
    if (rows[0].sequence === null) continue
    const column = quotedName(name)
    await client.query(
      `SELECT pg_catalog.setval($1::regclass, last) FROM (SELECT pg_catalog.max(${column}) AS last FROM ${place}) r WHERE last > coalesce(pg_catalog.pg_sequence_last_value($1::regclass), 0)`,
      [rows[0].sequence],
    )
  }
}
