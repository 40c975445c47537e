// cspell:ignore setval regclass
import type { Client } from 'pg'
import { InputError } from '../../core/errors.ts'
import { quotedName } from '../../table/formats/sql.ts'
import { following } from '../following.ts'
import { splitLater } from '../later.ts'
import { type TableToWrite, textColumns } from '../rows.ts'
import { type Address, addressOf, asLine, connectPostgres } from './postgres.ts'
import { type Place, placesOf } from './postgres-places.ts'
import type { TablesWriter } from './write-tables.ts'

/** Writes into the tables of PostgreSQL, which exist, in one transaction: a connection that breaks leaves nothing. */
export const postgresWriter: TablesWriter = {
  write: (target, tables, { append = false, signal }) =>
    inTransaction(target, 'COMMIT', async (client, address) => {
      const { schema, places } = await placesOf(client, address, tables, append)
      const largest = async (table: string, column: string) => {
        const place = `${quotedName(schema)}.${quotedName(table)}`
        const sql = `SELECT pg_catalog.max(${quotedName(column)}) AS last FROM ${place}`
        return (await client.query(sql)).rows[0].last
      }
      const added = append ? await following(tables, largest) : tables
      // constraints that may wait do, so that rows may come in any order
      await client.query('SET CONSTRAINTS ALL DEFERRED')
      for (const [k, table] of added.entries()) await insert(client, table, places[k]!, signal)
      for (const { wait } of places) if (wait) await client.query(wait.complete)
      // a sequence keeps its number when a transaction fails, so that whatever can fail comes first
      await client.query('SET CONSTRAINTS ALL IMMEDIATE')
      signal?.throwIfAborted()
      for (const place of places) await advanceSequences(client, place)
    }),
  check: (target, tables, { append = false }) =>
    inTransaction(target, 'ROLLBACK', async (client, address) => {
      const { places } = await placesOf(client, address, tables, append)
      const setting = "SELECT pg_catalog.current_setting('transaction_read_only') AS value"
      if ((await client.query(setting)).rows[0].value === 'on')
        throw new InputError(
          `${address.name} takes no rows, as its transactions are read-only: give another server or user`,
          'cannot-write',
        )
      for (const [k, place] of places.entries()) await requireRights(client, place, tables[k]!.columns.length)
    }),
}

async function inTransaction(
  target: string,
  end: 'COMMIT' | 'ROLLBACK',
  work: (client: Client, address: Address) => Promise<void>,
): Promise<void> {
  const address = addressOf(target)
  const client = await connectPostgres(address)
  try {
    await client.query('BEGIN')
    await work(client, address)
    await client.query(end)
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw asLine(error, address, 'write')
  } finally {
    await client.end().catch(() => {})
  }
}

/** Fails as writing would where rights are missing. EXPLAIN needs those of what it explains, and fires no trigger. */
async function requireRights(
  client: Client,
  { insert, wait, sequences }: Place,
  columns: number,
): Promise<void> {
  await client.query(
    `EXPLAIN ${insert}`,
    Array.from({ length: columns }, () => []),
  )
  if (wait) {
    await client.query(wait.create)
    await client.query(`EXPLAIN ${wait.complete}`)
  }
  for (const { sequence } of sequences) {
    const sql =
      "SELECT pg_catalog.has_sequence_privilege($1, 'UPDATE') AS may, pg_catalog.pg_sequence_last_value($1::regclass)"
    if ((await client.query(sql, [sequence])).rows[0].may !== 't')
      throw Object.assign(new Error(`permission denied for sequence ${sequence}`), { code: '42501' })
  }
}

async function insert(
  client: Client,
  { columns, chunks }: TableToWrite,
  { insert, later, wait }: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = columns.map(({ name }) => name)
  if (wait) await client.query(wait.create)
  for await (const rows of chunks) {
    signal?.throwIfAborted()
    if (rows.count === 0) continue
    const { now, waiting } = splitLater(rows, later)
    await client.query(insert, textColumns(now, names))
    if (wait && waiting.count > 0)
      await client.query(wait.insert, textColumns(waiting, [...later.key, ...later.columns]))
  }
}

/** Numbers that the server gives to new rows follow those that were written. */
async function advanceSequences(client: Client, { name, sequences }: Place): Promise<void> {
  for (const { column, sequence } of sequences)
    await client.query(
      `SELECT pg_catalog.setval($1::regclass, last) FROM (SELECT pg_catalog.max(${quotedName(column)}) AS last FROM ${name}) r WHERE last > coalesce(pg_catalog.pg_sequence_last_value($1::regclass), 0)`,
      [sequence],
    )
}
