// cspell:ignore ORDINALITY SASL attgenerated attisdropped attname attnotnull attnum attrelid atttypid atttypmod citext confkey confrelid conkey conparentid conrelid contype macaddr regnamespace relispartition relkind relname relnamespace rtrim seqscans typbasetype typtype typtypmod typnotnull
import type { Client } from 'pg'
import { redactorOf } from '../../core/address.ts'
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

/** A server's address, read once. */
export interface Address {
  /** Without user and password: for messages. */
  readonly name: string
  /** What the driver takes. */
  readonly connection: string
  /** The schema of the tables, if it is chosen. */
  readonly schema: string | undefined
  /** A message without the password, in any spelling. */
  redact(message: string): string
}

/** Reads `postgres://user:password@host:port/database?schema=name`. */
export function addressOf(source: string): Address {
  let url: URL
  try {
    url = new URL(source)
  } catch {
    throw new InputError(
      'the address of the database is no URL: give postgres://user@host:5432/database',
      'bad-data',
    )
  }
  const schema = url.searchParams.get('schema') ?? undefined
  url.searchParams.delete('schema')
  const { host, pathname } = url
  const socket = url.searchParams.get('host')
  return {
    name: `postgres://${host || socket || 'localhost'}${pathname}`,
    connection: url.href,
    schema,
    redact: redactorOf(source, [process.env.PGPASSWORD]),
  }
}

/** What the server says about a request, as one line without a password. Other errors stay as they are. */
export function asLine(error: unknown, { name, redact }: Address, doing: string): unknown {
  if (error instanceof InputError) return error
  const { code, errors, detail } = error as { code?: string; errors?: readonly unknown[]; detail?: string }
  // a name of several addresses fails at each of them
  const reason = messageOf(error) || (errors ?? []).map(messageOf).join('; ') || code || 'no reason given'
  const more = detail ? `; ${detail}` : ''
  const line = printable(`${reason}${more}`.replaceAll(/\s+/g, ' '))
  if (typeof code !== 'string' && !/timeout|terminated|ended|SSL|password|SCRAM|SASL/i.test(reason))
    return error
  return new InputError(
    redact(`cannot ${doing} ${name}: ${line}`),
    doing === 'write' ? 'cannot-write' : 'cannot-read',
  )
}

/** Connects, with dates and numbers in one form whatever the server's settings. */
export async function connectPostgres(address: Address): Promise<Client> {
  const { default: pg } = await requirePackage('pg', 'addresses of PostgreSQL', () => import('pg'))
  const client = new pg.Client({
    connectionString: address.connection,
    application_name: 'moonstep',
    connectionTimeoutMillis: 30_000,
    types: { getTypeParser: () => (text: string) => text },
  } as never)
  // a connection that breaks also fails the query in progress
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(
      "SET DateStyle TO ISO, YMD; SET TimeZone TO 'UTC'; SET extra_float_digits TO 1; SET synchronize_seqscans TO off; SET statement_timeout TO 0; SET idle_in_transaction_session_timeout TO 0",
    )
    return client
  } catch (error) {
    await client.end().catch(() => {})
    const line = asLine(error, address, 'reach')
    throw line instanceof InputError
      ? line
      : new InputError(address.redact(`cannot reach ${address.name}: ${messageOf(error)}`), 'cannot-read')
  }
}

/** The tables of PostgreSQL as a store, as they are when it is opened. */
export async function openPostgres(source: string): Promise<Store> {
  const address = addressOf(source)
  const client = await connectPostgres(address)
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const schema = await schemaOf(client, address)
    const columns = await columnsOf(client, schema)
    if (columns.length === 0)
      throw new InputError(
        `${address.name} has no tables in the schema ${printable(schema)}: choose another with ?schema=name`,
        'bad-data',
      )
    const constraints = await constraintsOf(client, schema)
    // functions of the database's own, by names of built-in ones, are not called
    await client.query('SET LOCAL search_path TO pg_catalog')
    return storeOf({
      name: address.name,
      columns: columns.filter(({ isGenerated }) => !isGenerated),
      constraints,
      needed: (ofTable, toTable) => [
        ...ofTable.flatMap(({ columns }) => columns),
        ...toTable.flatMap(({ to }) => to),
      ],
      rowsOf: (table, columns) => rowsOf(client, schema, table, columns),
      asLine: (error) => asLine(error, address, 'read'),
      close: () => client.end(),
    })
  } catch (error) {
    await client.end().catch(() => {})
    throw asLine(error, address, 'read')
  }
}

/** The schema of the tables. Throws InputError if there is none. */
export async function schemaOf(client: Client, { schema, name }: Address): Promise<string> {
  const { rows } = await client.query(
    'SELECT coalesce($1, pg_catalog.current_schema()) AS name, pg_catalog.to_regnamespace(pg_catalog.quote_ident(coalesce($1, pg_catalog.current_schema()))) AS oid',
    [schema ?? null],
  )
  if (rows[0].oid === null)
    throw new InputError(
      `${name} has no schema ${printable(String(rows[0].name))}: choose another with ?schema=name`,
      'not-found',
    )
  return rows[0].name
}

/** A column of a table in the server's catalogue; it is required if it, or the domain of its type, takes no NULL. */
export interface ServerColumn extends CatalogueColumn {
  /** Whether the server computes it. */
  readonly isGenerated: boolean
  /** Its type without a length, to which texts are cast: with one, they would be cut. */
  readonly cast: string
}

/** All columns of a schema's tables, in their order. */
export async function columnsOf(client: Client, schema: string): Promise<ServerColumn[]> {
  const { rows } = await client.query(
    `SELECT c.relname AS table, a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, pg_catalog.format_type(a.atttypid, -1) AS cast,
       a.attgenerated <> '' AS generated, a.attnotnull OR t.typnotnull AS required,
       pg_catalog.format_type(base.oid, coalesce(nullif(t.typtypmod, -1), a.atttypmod)) AS base, base.typtype AS kind
     FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     JOIN pg_catalog.pg_type base ON base.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
     WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY c.relname, a.attnum`,
    [schema],
  )
  return rows.map(({ table, name, type, cast, generated, required, base, kind }) => ({
    table,
    name,
    type,
    cast,
    isGenerated: generated === 't',
    isRequired: required === 't',
    family: kind === 'e' ? 'enum' : familyOf(base),
  }))
}

/** What a type of PostgreSQL says about its cells. */
function familyOf(type: string): Family {
  const [bare, scale] = [type.replace(/\([^()]*\)/, ''), /^numeric\(\d+,([1-9]\d*)\)$/.exec(type)]
  if (/^(smallint|integer|bigint|oid)$/.test(bare)) return 'integer'
  if (bare === 'numeric') return scale ? 'decimal' : 'text'
  if (/^(real|double precision)$/.test(bare)) return 'number'
  if (bare === 'boolean') return 'boolean'
  if (bare === 'date' || bare === 'timestamp without time zone') return 'date'
  if (bare === 'timestamp with time zone') return 'zoned'
  if (bare === 'time without time zone') return 'time'
  if (/^(text|character varying|character|"char"|name|uuid|citext|inet|cidr|macaddr8?)$/.test(bare))
    return 'text'
  return 'none'
}

/** Keys and references, in the order in which they were declared. */
async function constraintsOf(client: Client, schema: string): Promise<Constraint[]> {
  const names = (keys: string, relation: string) =>
    `(SELECT pg_catalog.json_agg(a.attname ORDER BY k.place) FROM pg_catalog.unnest(${keys}) WITH ORDINALITY k(number, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number)`
  const { rows } = await client.query(
    `SELECT c.relname AS table, o.contype AS kind, ${names('o.conkey', 'o.conrelid')} AS columns,
       CASE WHEN f.relnamespace = c.relnamespace THEN f.relname ELSE f.relnamespace::regnamespace || '.' || f.relname END AS target,
       ${names('o.confkey', 'o.confrelid')} AS others
     FROM pg_catalog.pg_constraint o
     JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
     LEFT JOIN pg_catalog.pg_class f ON f.oid = o.confrelid
     WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident($1)) AND o.contype IN ('p', 'f') AND o.conparentid = 0 AND NOT c.relispartition
     ORDER BY o.oid`,
    [schema],
  )
  return rows.map(({ table, kind, columns, target, others }) => ({
    table,
    isKey: kind === 'p',
    columns: JSON.parse(columns),
    target: target ?? undefined,
    to: others === null ? [] : JSON.parse(others),
  }))
}

/** How many rows the server sends at once. */
const rowsAtOnce = 5000

async function* rowsOf(
  client: Client,
  schema: string,
  table: string,
  columns: readonly StoredColumn[],
): AsyncGenerator<unknown[][]> {
  const list = columns
    .map(({ name, type }) =>
      /^character\(/.test(type) ? `pg_catalog.rtrim(${quotedName(name)}::text)` : `${quotedName(name)}::text`,
    )
    .join(', ')
  await client.query(
    `DECLARE rows NO SCROLL CURSOR FOR SELECT ${list} FROM ${quotedName(schema)}.${quotedName(table)}`,
  )
  for (;;) {
    const { rows } = await client.query({ text: `FETCH ${rowsAtOnce} FROM rows`, rowMode: 'array' })
    if (rows.length === 0) break
    yield rows.map((row: (string | null)[]) => row.map((text, d) => cellOf(columns[d]!.family, text)))
  }
  await client.query('CLOSE rows')
}
