import { beforeAll, describe, expect, it } from 'vitest'
import { decodeDatabaseFile, encodeDatabaseFile } from '../../../src/database/file.ts'
import type { DatabaseModel, TableSamples } from '../../../src/database/model.ts'
import type { Schema } from '../../../src/database/schema.ts'
import { toRows } from '../../../src/index.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { type TrainedDatabase, trainDatabase } from '../../../src/node/train-databases.ts'
import { uniforms } from '../../../src/numerics/random.ts'
import { expectRejected } from '../../helpers/refusals.ts'

/** Customers, staff with managers, orders, their items of products that are reference data, and which customers follow which tags. */
const tables = {
  tags: ['new', 'sale', 'gift', 'vip', 'local'].map((tag, k) => ({ tag: `${tag}-${k}`, weight: k + 0.5 })),
  staff: rowsOf(60, 1, ([a, b], i) => ({
    staff_id: i + 1,
    manager_id: i < 4 ? null : 1 + Math.floor(a! * Math.min(i, 12)),
    grade: b! < 0.3 ? 'senior' : 'junior',
  })),
  products: rowsOf(12, 2, ([a], i) => ({
    sku: `P-${100 + i}`,
    price: Math.round(1000 * a!) / 100,
    kind: i % 3 === 0 ? 'toy' : 'book',
  })),
  customers: rowsOf(160, 3, ([a, b], i) => ({
    id: i + 1,
    country: a! < 0.5 ? 'BE' : a! < 0.8 ? 'FR' : 'NL',
    joined: dateOf(200 * b!),
  })),
  orders: [] as Record<string, string | number | null>[],
  items: [] as Record<string, string | number>[],
  follows: [] as Record<string, string | number>[],
}

for (const { id, country, joined } of tables.customers) {
  const drawn = uniforms({ seed: 4, stream: 0, step: 0, start: id, count: 1, dim: 16 })
  let days = (Date.parse(joined) - Date.parse('2024-01-01')) / 86_400_000
  for (let k = 0; k < Math.floor(4 * drawn[0]!); k++) {
    days += 1 + Math.floor(20 * drawn[k + 1]!)
    const order = tables.orders.length + 5001
    tables.orders.push({
      order_id: order,
      customer_id: id,
      // some orders came by themselves
      served_by: drawn[k + 5]! < 0.3 ? null : 1 + Math.floor(60 * drawn[k + 5]!),
      placed: dateOf(days),
      channel: country === 'BE' ? 'shop' : 'web',
    })
    for (let line = 1; line <= 1 + Math.floor(3 * drawn[k + 9]!); line++)
      tables.items.push({ order_id: order, line, sku: `P-${100 + ((id + line) % 12)}`, quantity: line })
  }
  for (let k = 0; k < 3; k++)
    if (drawn[13 + k]! < 0.6) tables.follows.push({ customer_id: id, tag: tables.tags[k + (id % 3)]!.tag })
}

function rowsOf<R>(count: number, seed: number, row: (drawn: Float64Array, i: number) => R): R[] {
  return Array.from({ length: count }, (_, i) =>
    row(uniforms({ seed, stream: 0, step: 0, start: i, count: 1, dim: 3 }), i),
  )
}

function dateOf(days: number): string {
  return new Date(Date.parse('2024-01-01') + 86_400_000 * Math.floor(days)).toISOString().slice(0, 10)
}

const reference = (columns: string[], table: string, optional = false) => ({ columns, table, optional })

const schema: Schema = {
  format: 1,
  tables: {
    tags: { columns: { tag: 'category', weight: 'number' }, key: ['tag'], references: [] },
    staff: {
      columns: { staff_id: 'key', manager_id: 'integer', grade: 'category' },
      key: ['staff_id'],
      references: [reference(['manager_id'], 'staff', true)],
    },
    products: {
      columns: { sku: 'category', price: 'number', kind: 'category' },
      key: ['sku'],
      references: [],
      keep: true,
    },
    customers: { columns: { id: 'key', country: 'category', joined: 'date' }, key: ['id'], references: [] },
    orders: {
      columns: {
        order_id: 'key',
        customer_id: 'integer',
        served_by: 'integer',
        placed: 'date',
        channel: 'category',
      },
      key: ['order_id'],
      references: [reference(['customer_id'], 'customers'), reference(['served_by'], 'staff', true)],
      order: 'placed',
    },
    items: {
      columns: { order_id: 'integer', line: 'integer', sku: 'category', quantity: 'integer' },
      key: ['order_id', 'line'],
      references: [reference(['order_id'], 'orders'), reference(['sku'], 'products')],
      order: 'line',
    },
    follows: {
      columns: { customer_id: 'integer', tag: 'category' },
      key: ['customer_id', 'tag'],
      references: [reference(['customer_id'], 'customers'), reference(['tag'], 'tags')],
    },
  },
}

const training = { steps: 400, hidden: [64, 64], candidates: 1, seed: 1, onNote() {}, onWarning() {} }

describe('several tables', () => {
  let trained: TrainedDatabase
  let model: DatabaseModel
  let samples: TableSamples
  let rows: Record<string, Record<string, string | number | boolean | null>[]>
  const rowsIn = ({ tables }: TableSamples) =>
    Object.fromEntries([...tables].map(([name, table]) => [name, toRows(table)]))

  beforeAll(async () => {
    trained = await trainDatabase({ dataset: tables, schema, holdout: 0.2, ...training })
    model = await loadDatabase(await exportDatabase({ run: trained }))
    samples = await model.sample({ count: { customers: 300 }, seed: 3 })
    rows = rowsIn(samples)
  }, 120_000)

  it('keep the columns of the source, in its order', () => {
    for (const [name, { columns }] of Object.entries(schema.tables))
      expect([name, ...Object.keys(rows[name]![0]!)]).toEqual([name, ...Object.keys(columns)])
  })

  it('have references that meet a row, and keys that no two rows share', () => {
    for (const [name, { key = [], references }] of Object.entries(schema.tables)) {
      const keyOf = (row: Record<string, unknown>, columns: readonly string[]) =>
        columns.map((column) => row[column]).join('|')
      const keys = new Set(rows[name]!.map((row) => keyOf(row, key)))
      expect([name, keys.size]).toEqual([name, rows[name]!.length])
      for (const { columns, table, optional } of references) {
        const there = new Set(rows[table]!.map((row) => keyOf(row, schema.tables[table]!.key!)))
        const astray = rows[name]!.filter(
          (row) => !(optional && row[columns[0]!] === null) && !there.has(keyOf(row, columns)),
        )
        expect([name, table, astray]).toEqual([name, table, []])
      }
    }
  })

  it('have orders after their customers joined, one after the other', () => {
    const joined = new Map(rows.customers!.map(({ id, joined }) => [id, joined]))
    const last = new Map<unknown, unknown>()
    for (const { customer_id, placed } of rows.orders!) {
      expect(String(placed) > String(last.get(customer_id) ?? joined.get(customer_id))).toBe(true)
      last.set(customer_id, placed)
    }
    expect(rows.orders!.length).toBeGreaterThan(100)
  })

  it('have as many children as the rows have', () => {
    const share = (of: Record<string, unknown[]>) => of.orders!.length / of.customers!.length
    expect(share(rows) / share(tables)).toBeGreaterThan(0.75)
    expect(share(rows) / share(tables)).toBeLessThan(1.33)
  })

  it('have columns of children that follow from their parents', () => {
    const country = new Map(rows.customers!.map(({ id, country }) => [id, country]))
    const wrong = rows.orders!.filter(
      ({ customer_id, channel }) => (country.get(customer_id!) === 'BE') !== (channel === 'shop'),
    )
    expect(wrong.length / rows.orders!.length).toBeLessThan(0.1)
  })

  it('have lines that count from 1 in each order', () => {
    const lines = new Map<unknown, number[]>()
    for (const { order_id, line } of rows.items!)
      lines.set(order_id, [...(lines.get(order_id) ?? []), Number(line)])
    for (const own of lines.values()) expect(own).toEqual(own.map((_, k) => k + 1))
  })

  it('have managers, nobody above himself', () => {
    const managers = new Map(rows.staff!.map((row) => [row.staff_id, row.manager_id]))
    for (const first of managers.keys()) {
      const above = new Set([first])
      for (let next = managers.get(first); next !== null; next = managers.get(next!)) {
        expect(above.has(next!)).toBe(false)
        above.add(next!)
      }
    }
    expect(rows.staff!.some(({ manager_id }) => manager_id !== null)).toBe(true)
  })

  it('are none of the real keys, but those of kept rows', () => {
    const known = new Set(tables.customers.map(({ id }) => id))
    expect(rows.customers!.filter(({ id }) => known.has(id as number))).toEqual([])
    expect(rows.products!.map(({ sku, price }) => [sku, price])).toEqual(
      tables.products.map(({ sku, price }) => [sku, price]),
    )
  })

  it('are the same for the same seed, and others for another', async () => {
    const again = await model.sample({ count: { customers: 300 }, seed: 3 })
    for (const [name, table] of samples.tables) expect([name, again.tables.get(name)]).toEqual([name, table])
    const other = await model.sample({ count: { customers: 300 }, seed: 4 })
    expect(rowsIn(other).orders).not.toEqual(rows.orders)
  })

  it('keep the rows of a parent and its children if more parents are drawn', async () => {
    const more = rowsIn(await model.sample({ count: { customers: 500 }, seed: 3 }))
    const first = new Set(rows.customers!.slice(0, 50).map(({ id }) => id))
    expect(more.customers!.slice(0, 300)).toEqual(rows.customers)
    const own = (orders: typeof rows) =>
      orders
        .orders!.filter(({ customer_id }) => first.has(customer_id!))
        .map(({ placed, channel }) => [placed, channel])
    expect(own(more)).toEqual(own(rows))
  })

  it('have what is given of a table', async () => {
    const given = { customers: { country: 'NL' } }
    const some = rowsIn(await model.sample({ count: { customers: 40 }, given }))
    expect(some.customers!.every(({ country }) => country === 'NL')).toBe(true)
    expect(some.customers!.length).toBe(40)
  })

  it('have names of a list that is given, in first rows and in those that repeat them', async () => {
    expect(trained.plans.orders!.repeats).toEqual({ channel: 'as the row before' })
    const given = { orders: { channel: { in: ['web', 'shop'] } } }
    const { orders } = rowsIn(await model.sample({ count: { customers: 100 }, given, seed: 3 }))
    expect(new Set(orders!.map(({ channel }) => channel))).toEqual(new Set(['web', 'shop']))
    expect(orders!.length).toBeGreaterThan(80)
    const shops = rowsIn(
      await model.sample({ count: { customers: 40 }, given: { orders: { channel: 'shop' } } }),
    )
    expect(new Set(shops.orders!.map(({ channel }) => channel))).toEqual(new Set(['shop']))
  })

  it('set aside parents with their children', () => {
    const table = trained.trained.get('orders')!
    expect(table.closeness?.against).toBe('holdout')
    const { context } = table.config.encoding!
    expect(context).toContain('customers.country')
    expect(context).toContain('previous.channel')
    expect(trained.plans.customers!.rows).toBe(128)
  })

  it('are written into the same file each time, without a row but kept ones', async () => {
    const bytes = await exportDatabase({ run: trained })
    expect(await exportDatabase({ run: trained })).toEqual(bytes)
    const file = decodeDatabaseFile(bytes, 'shop.moonstep')
    expect([...file.referenceData.keys()]).toEqual(['products'])
    expect(encodeDatabaseFile(file)).toEqual(bytes)
    expect(file.referenceData.get('products')!.kept!.columns[1]!.cells).toEqual(
      Float64Array.from(tables.products, ({ price }) => price),
    )
  })

  it.each([
    [{ count: { clients: 1 } }, /unknown table clients.*customers/],
    [
      { count: { orders: 10 } },
      /orders, whose number of rows follows from those of its parents: give that of .*customers/,
    ],
    [{ count: { products: 10 } }, /products, whose number of rows follows from the rows that it keeps/],
    [{ count: { customers: 0 } }, /`count` of customers is 0: give a whole number from 1/],
    [{ given: { customers: { land: 'BE' } } }, /unknown column land/],
    [{ given: { products: { kind: 'toy' } } }, /products keeps its own/],
    [{ given: { orders: { channel: 'as the row before' } } }, /channel is 'as the row before'/],
  ])('refuse what does not fit: %j', async (options, message) => {
    await expectRejected(() => model.sample(options as object), message)
  })

  it.each([
    ['customers', 'country = land', /schema\.json, table customers: rule country = land: /],
    ['orders', 'placed >= joined', /schema\.json, table orders: rule placed >= joined: /],
  ])('refuse a rule that can not be kept before they are trained: %s, %s', async (table, rule, message) => {
    const ruled = { ...schema.tables, [table]: { ...schema.tables[table]!, rules: [rule] } }
    const request = { dataset: tables, schema: { ...schema, tables: ruled }, ...training }
    await expectRejected(() => trainDatabase(request), message)
  })

  it('refuse a file that is none of theirs', async () => {
    await expectRejected(() => loadDatabase(Uint8Array.of(1, 2, 3)), /is no \.moonstep file, it is no zip/)
  })
})
