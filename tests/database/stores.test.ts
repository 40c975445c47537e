import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import type { Schema } from '../../src/database/schema.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
import { connectSqlite } from '../../src/database/stores/sqlite-connection.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import { folderOf } from '../helpers/folders.ts'
import { keepingAll, shop, shopSchema, tablesOf } from './shop.ts'

const { at } = folderOf('stores')
const database = { schema: shopSchema, tables: tablesOf(shopSchema, shop) }

/** The rows of every table, as they stand. */
function rowsIn({ tables }: Database) {
  return Object.fromEntries([...tables].map(([name, { kept }]) => [name, toRows(kept!)]))
}

/** The value of a row's column in the row that a reference leads to. */
function followed({ tables }: Database, name: string, reference: number, target: string, column: string) {
  const values = toRows(tables.get(target)!.kept!)
  return [...tables.get(name)!.links[reference]!].map((row) => (row < 0 ? null : values[row]![column]))
}

describe.each([
  ['a folder of CSV', 'csv', {}],
  ['a folder of gzipped CSV', 'csv-gz', { format: '.csv.gz' as const }],
  ['a folder of JSON lines', 'jsonl', { format: '.jsonl' as const }],
  ['a folder of Parquet', 'parquet', { format: '.parquet' as const }],
  ['a SQLite file', 'shop.sqlite', {}],
  ['a DuckDB file', 'shop.duckdb', {}],
])('%s', (_, target, options) => {
  it('reads back as it was written, with each reference at its row', async () => {
    await writeDatabase(at(target), database, options)
    const back = await readDatabase(at(target), { schema: keepingAll(shopSchema) })
    expect(rowsIn(back)).toEqual(shop)
    expect(followed(back, 'orders', 0, 'customers', 'id')).toEqual(
      shop.orders!.map((row) => (row as { customer_id: number }).customer_id),
    )
    expect(followed(back, 'orders', 2, 'countries', 'code')).toEqual(
      shop.orders!.map((row) => (row as { to_country: string }).to_country),
    )
    expect(followed(back, 'customers', 1, 'customers', 'id')).toEqual(
      shop.customers!.map((row) => (row as { referrer_id: number }).referrer_id),
    )
    expect(followed(back, 'items', 1, 'products', 'sku')).toEqual(
      shop.items!.map((row) => (row as { sku: string }).sku),
    )
    expect(readdirSync(at()).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(existsSync(at(`${target}.wal`))).toBe(false)
  })

  it('has the schema that was written', async () => {
    const { schema } = await readDatabase(at(target))
    for (const [name, { key, references }] of Object.entries(shopSchema.tables)) {
      // DuckDB checks each row as it comes, so that a table can't refer to itself
      const known = references.filter(({ table }) => table !== name || !target.endsWith('.duckdb'))
      expect([name, schema.tables[name]!.key, schema.tables[name]!.references]).toEqual([name, key, known])
    }
  })
})

describe.each(['odd.sqlite', 'odd.duckdb', 'odd.sql'])(
  'names that SQL could mistake for its own, in %s',
  (target) => {
    it('are names of tables and columns', async () => {
      const [parents, children] = ['or"d\'er; DROP TABLE x --', '1 select']
      const schema: Schema = {
        format: 1,
        tables: {
          [parents]: { columns: { 'a "b"': 'category', $1: 'integer' }, key: ['a "b"'], references: [] },
          [children]: {
            columns: { '?': 'category', "x'); --": 'number' },
            references: [{ columns: ['?'], table: parents, optional: false }],
          },
        },
      }
      const rows = {
        [parents]: [
          { 'a "b"': '\'; DROP TABLE "1 select"; --', $1: 1 },
          { 'a "b"': '$1', $1: 2 },
        ],
        [children]: [
          { '?': '$1', "x'); --": 0.5 },
          { '?': '\'; DROP TABLE "1 select"; --', "x'); --": 1.5 },
          { '?': '$1', "x'); --": 2.5 },
        ],
      }
      await writeDatabase(at(target), { schema, tables: tablesOf(schema, rows) })
      if (target.endsWith('.sql')) {
        // read by SQLite
        const [head, ...statements] = readFileSync(at(target), 'utf8').split(/(?=^\/\*!50503)/m)
        const connection = await connectSqlite(at('odd-sql.sqlite'), false)
        connection.exec(`${head!.replace(/^.*\n/, '').replace(/^-- /gm, '')}${statements.join('')}`)
        connection.close()
      }
      const back = await readDatabase(at(target === 'odd.sql' ? 'odd-sql.sqlite' : target), {
        schema: keepingAll(schema),
      })
      expect(rowsIn(back)).toEqual(rows)
      expect([...back.tables.get(children)!.links[0]!]).toEqual([1, 0, 1])
    })
  },
)

it('a database that declares keys and no references has these keys, and references that are found', async () => {
  const connection = await connectSqlite(at('keys.sqlite'), false)
  connection.exec(`CREATE TABLE cars(label TEXT, plate TEXT NOT NULL PRIMARY KEY, photo BLOB);
    CREATE TABLE trips(day TEXT, car_plate TEXT, meters INT);
    CREATE TABLE photos(photo BLOB);
    INSERT INTO photos VALUES (x'00'); BEGIN`)
  for (let i = 0; i < 30; i++) connection.run('INSERT INTO cars VALUES (?, ?, NULL)', [`car ${i}`, `P${i}`])
  for (let i = 0; i < 90; i++)
    connection.run('INSERT INTO trips VALUES (?, ?, ?)', [`2024-01-${10 + (i % 19)}`, `P${i % 30}`, i])
  connection.exec('COMMIT')
  connection.close()
  const { schema } = await readDatabase(at('keys.sqlite'))
  expect(Object.keys(schema.tables)).toEqual(['cars', 'trips'])
  expect(schema.tables.cars!.key).toEqual(['plate'])
  expect(schema.tables.trips!.references).toEqual([
    { columns: ['car_plate'], table: 'cars', optional: false },
  ])
})
