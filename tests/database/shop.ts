import type { Schema } from '../../src/database/schema.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import type { ColumnType, Row, Table } from '../../src/table/table.ts'

type Tables = Readonly<Record<string, readonly Row[]>>

/** A shop: a list of countries, customers who refer each other, orders with two references to one table, and a link table. */
export const shop: Tables = makeShop(60)

export function makeShop(customers: number): Tables {
  // a generator of Lehmer
  let state = 7
  const below = (limit: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
  const countries = [
    { code: 'BE', country: 'Belgium' },
    { code: 'DE', country: 'Germany' },
    // a word for a missing value elsewhere
    { code: 'NA', country: 'Namibia' },
    { code: 'CI', country: "Côte d'Ivoire" },
  ]
  const two = (number: number) => String(number).padStart(2, '0')
  const people = Array.from({ length: customers }, (_, i) => ({
    id: 100 + i,
    name: `"Ann", ${i} O'Neil; \\ é`,
    country: countries[below(4)]!.code,
    joined: `2021-${two(1 + below(12))}-${two(1 + below(28))}`,
    referrer_id: i % 3 === 1 ? 100 + below(customers) : null,
    vip: below(4) === 0,
  }))
  const products = Array.from({ length: 8 }, (_, i) => ({
    sku: `P-0${i}`,
    price: (1 + below(9000)) / 100,
    weight: i % 2 === 0 ? null : i + 0.5,
  }))
  const orders = Array.from({ length: 3 * customers }, (_, i) => ({
    order_no: 5000 + i,
    customer_id: 100 + below(customers),
    placed: `2024-${two(1 + below(12))}-${two(1 + below(28))} ${two(below(24))}:${two(below(60))}:${two(below(60))}`,
    from_country: countries[below(4)]!.code,
    to_country: below(3) === 0 ? null : countries[below(4)]!.code,
  }))
  const items = orders.flatMap(({ order_no }) =>
    Array.from({ length: 1 + below(3) }, (_, k) => ({
      order_no,
      line: k + 1,
      sku: products[below(8)]!.sku,
      quantity: 1 + below(5),
    })),
  )
  return { countries, customers: people, products, orders, items }
}

export const shopSchema: Schema = {
  format: 1,
  tables: {
    countries: { columns: { code: 'category', country: 'category' }, key: ['code'], references: [] },
    customers: {
      columns: {
        id: 'integer',
        name: 'category',
        country: 'category',
        joined: 'date',
        referrer_id: 'integer',
        vip: 'boolean',
      },
      key: ['id'],
      references: [
        { columns: ['country'], table: 'countries', optional: false },
        { columns: ['referrer_id'], table: 'customers', optional: true },
      ],
    },
    products: {
      columns: { sku: 'category', price: 'number', weight: 'number' },
      key: ['sku'],
      references: [],
    },
    orders: {
      columns: {
        order_no: 'integer',
        customer_id: 'integer',
        placed: 'date',
        from_country: 'category',
        to_country: 'category',
      },
      key: ['order_no'],
      references: [
        { columns: ['customer_id'], table: 'customers', optional: false },
        { columns: ['from_country'], table: 'countries', optional: false },
        { columns: ['to_country'], table: 'countries', optional: true },
      ],
      order: 'placed',
    },
    items: {
      columns: { order_no: 'integer', line: 'integer', sku: 'category', quantity: 'integer' },
      key: ['order_no', 'line'],
      references: [
        { columns: ['order_no'], table: 'orders', optional: false },
        { columns: ['sku'], table: 'products', optional: false },
      ],
    },
  },
}

/** Rows as tables that keep each cell. */
export function tablesOf(schema: Schema, rows: Tables): Map<string, Table> {
  return new Map(
    Object.entries(schema.tables).map(([name, { columns }]) => [
      name,
      tableOfRows(rows[name]!, name, { types: columns as Readonly<Record<string, ColumnType>> }),
    ]),
  )
}

/** The schema by which a reader keeps every cell of every table. */
export function keepingAll({ tables }: Schema): Schema {
  const kept = Object.entries(tables).map(([name, table]) => [name, { ...table, keep: true }])
  return { format: 1, tables: Object.fromEntries(kept) }
}
