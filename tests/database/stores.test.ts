import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
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
