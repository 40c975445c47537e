import type { Database } from '../../../src/database/database.ts'
import { followReferences } from '../../../src/database/measured/follow.ts'
import type { TableSamples } from '../../../src/database/model.ts'
import type { Schema } from '../../../src/database/schema.ts'
import { uniforms } from '../../../src/numerics/random.ts'
import { tableOfRows } from '../../../src/table/inference/rows.ts'
import type { ColumnType } from '../../../src/table/table.ts'

type Cells = Readonly<Record<string, string | number>>

export interface Shop {
  readonly customers: readonly Cells[]
  readonly orders: readonly Cells[]
}

export const shopSchema: Schema = {
  format: 1,
  tables: {
    customers: {
      columns: { id: 'integer', country: 'category', age: 'integer', joined: 'date' },
      key: ['id'],
      references: [],
    },
    orders: {
      columns: {
        order_no: 'integer',
        customer_id: 'integer',
        placed: 'date',
        total: 'number',
        channel: 'category',
      },
      key: ['order_no'],
      references: [{ columns: ['customer_id'], table: 'customers', optional: false }],
      order: 'placed',
    },
  },
}

const dayOf = (days: number) =>
  new Date(Date.parse('2023-01-01') + 86_400_000 * Math.floor(days)).toISOString().slice(0, 10)

/**
 * Customers numbered from `first` and their none to four orders, each after the one before and after the customer joined, with
 * totals that follow the age, and a channel that follows the country. Other numbers are other customers.
 */
export function shopOf(first: number, count: number): Shop {
  const drawn = Array.from({ length: count }, (_, i) =>
    uniforms({ seed: 11, stream: 0, step: 0, start: first + i, count: 1, dim: 16 }),
  )
  const customers = drawn.map((u, i) => ({
    id: first + i,
    country: u[0]! < 0.5 ? 'BE' : u[0]! < 0.8 ? 'FR' : 'NL',
    age: 18 + Math.floor(60 * u[1]!),
    joined: dayOf(600 * u[2]!),
  }))
  const orders = drawn.flatMap((u, i) => {
    let days = Math.floor(600 * u[2]!)
    return Array.from({ length: Math.floor(5 * u[3]!) }, (_, k) => {
      days += Math.floor(30 * u[4 + k]!)
      return {
        order_no: 10 * (first + i) + k,
        customer_id: first + i,
        placed: dayOf(days),
        total: customers[i]!.age + 30 * u[8 + k]!,
        channel: u[12 + k]! < (customers[i]!.country === 'BE' ? 0.9 : 0.1) ? 'shop' : 'web',
      }
    })
  })
  return { customers, orders }
}

/** Rows as samples, whose references are still to be followed. */
export function samplesOf({ customers, orders }: Shop, schema = shopSchema): TableSamples {
  const rows: Record<string, readonly Cells[]> = { customers, orders }
  return {
    schema,
    tables: new Map(
      Object.entries(schema.tables).map(([name, { columns }]) => [
        name,
        { ...tableOfRows(rows[name]!, name, { types: columns as Record<string, ColumnType> }), name },
      ]),
    ),
  }
}

/** Rows as a database. */
export const databaseOf = (shop: Shop): Database => followReferences(samplesOf(shop)).database
