import { beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseModel, TableSamples } from '../../../src/database/model.ts'
import type { Schema } from '../../../src/database/schema.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { trainDatabase } from '../../../src/node/train-databases.ts'
import { uniforms } from '../../../src/numerics/random.ts'
import { columnNamed, textsOf } from '../../../src/table/columns.ts'
import { expectRejected } from '../../helpers/refusals.ts'

/** Plans that are reference data, customers of a plan, and their orders with vouchers. */
const plans = ['free', 'basic', 'team', 'firm'].map((plan, k) => ({ plan, limit: 100 * 4 ** k }))
const customers = Array.from({ length: 120 }, (_, i) => {
  const [a, b, c] = drawnOf(1, i)
  const plan = plans[Math.floor(4 * a!)]!
  return {
    id: i + 1,
    plan: plan.plan,
    joined: textOf(200 * b!).slice(0, 10),
    credit: Math.round(plan.limit * c!),
    limit: plan.limit,
  }
})
const orders = customers.flatMap(({ id, joined, limit }) => {
  const drawn = drawnOf(2, id)
  const since = (Date.parse(joined) - Date.parse('2024-01-01')) / 86_400_000
  return Array.from({ length: Math.floor(5 * drawn[0]!) }, (_, k) => {
    const placed = since + k * 9 + 8 * drawn[k + 1]!
    return {
      customer: id,
      placed: textOf(placed),
      shipped: textOf(placed + 0.1 + 2 * drawn[k + 6]!),
      amount: Math.round(limit * drawn[k + 2]!),
      voucher: 7 * id + k + 1,
    }
  })
})
const tables = { plans, customers: customers.map(({ limit, ...customer }) => customer), orders }

function drawnOf(seed: number, start: number): Float64Array {
  return uniforms({ seed, stream: 0, step: 0, start, count: 1, dim: 16 })
}

function textOf(days: number): string {
  const text = new Date(Date.parse('2024-01-01') + 1000 * Math.round(86_400 * days)).toISOString()
  return text.slice(0, 19).replace('T', ' ')
}

const rules = {
  customers: ['credit <= plans.limit'],
  orders: [
    'customers.joined <= orders.placed',
    'placed < shipped',
    'amount <= plans.limit',
    'seen(customers.plan, plans.limit)',
    'unique(voucher)',
  ],
}

function schemaWith(rules: Readonly<Partial<Record<string, readonly string[]>>>): Schema {
  const ruled = (table: string) => ({ ...(rules[table] && { rules: rules[table] }) })
  return {
    format: 1,
    tables: {
      plans: {
        columns: { plan: 'category', limit: 'integer' },
        key: ['plan'],
        references: [],
        keep: true,
        ...ruled('plans'),
      },
      customers: {
        columns: { id: 'key', plan: 'category', joined: 'date', credit: 'integer' },
        key: ['id'],
        references: [{ columns: ['plan'], table: 'plans', optional: false }],
        ...ruled('customers'),
      },
      orders: {
        columns: {
          customer: 'integer',
          placed: 'date',
          shipped: 'date',
          amount: 'integer',
          voucher: 'integer',
        },
        references: [{ columns: ['customer'], table: 'customers', optional: false }],
        order: 'placed',
        ...ruled('orders'),
      },
    },
  }
}

const training = { steps: 150, hidden: [64, 64], candidates: 1, seed: 1, onNote() {}, onWarning() {} }

describe('rules of several tables', () => {
  let model: DatabaseModel
  let samples: TableSamples
  const cells = (table: string, column: string, of: TableSamples = samples) =>
    columnNamed(of.tables.get(table)!.columns, column).cells
  const names = (table: string, column: string) =>
    textsOf(columnNamed(samples.tables.get(table)!.columns, column))

  beforeAll(async () => {
    const run = await trainDatabase({ dataset: tables, schema: schemaWith(rules), ...training })
    model = await loadDatabase(await exportDatabase({ run }))
    samples = await model.sample({ count: { customers: 300 }, seed: 5 })
  }, 120_000)

  it('hold in every row: of a parent, of a kept row, of a grandparent, and of an order with a time of day', () => {
    const limits = new Map(plans.map(({ plan, limit }) => [plan, limit]))
    const ids = cells('customers', 'id')
    const limitOf = names('customers', 'plan').map((plan) => limits.get(plan)!)
    expect(cells('customers', 'credit').every((credit, i) => credit <= limitOf[i]!)).toBe(true)
    const parents = Array.from(cells('orders', 'customer'), (id) => ids.indexOf(id))
    const [placed, shipped, amount] = ['placed', 'shipped', 'amount'].map((name) => cells('orders', name))
    const joined = cells('customers', 'joined')
    expect(placed!.length).toBeGreaterThan(300)
    expect(parents).not.toContain(-1)
    for (const [i, parent] of parents.entries()) {
      expect(placed![i]).toBeGreaterThanOrEqual(joined[parent]!)
      expect(shipped![i]).toBeGreaterThan(placed![i]!)
      expect(amount![i]).toBeLessThanOrEqual(limitOf[parent]!)
    }
  })

  it('keep the rows of all parents apart, with times of day', () => {
    const vouchers = cells('orders', 'voucher')
    expect(new Set(vouchers).size).toBe(vouchers.length)
    expect(cells('orders', 'placed').some((placed) => placed % 86_400_000 !== 0)).toBe(true)
  })

  it('end a group whose rows keep breaking them, and say how many rows that leaves out', async () => {
    const warnings: string[] = []
    const onWarning = (line: string) => warnings.push(line)
    // nobody with the smallest limit can order for more
    const given = { orders: { amount: 5000 } }
    const some = await model.sample({ count: { customers: 60 }, seed: 5, given, onWarning })
    expect(warnings).toEqual([
      expect.stringMatching(
        /^orders: \d+ rows of \d+ \(\d+ %\) are left out, since up to 256 draws of a row broke amount <= plans\.limit$/,
      ),
    ])
    const ids = cells('customers', 'id', some)
    const planOf = cells('customers', 'plan', some)
    const { categories } = some.tables.get('customers')!.columns[1]!
    for (const customer of cells('orders', 'customer', some))
      expect(categories![planOf[ids.indexOf(customer)]!]).toBe('firm')
  })

  it('that nobody states are found of an order with a time of day, and hold in every row', async () => {
    const notes: string[] = []
    const onNote = (line: string) => notes.push(line)
    const run = await trainDatabase({ dataset: tables, schema: schemaWith({}), ...training, onNote })
    expect(notes).toContain('orders: placed <= shipped in all rows')
    expect(notes).toContain('orders: customers.joined <= placed in all rows')
    const free = await loadDatabase(await exportDatabase({ run }))
    const drawn = await free.sample({ count: { customers: 400 }, seed: 6 })
    const [placed, shipped] = [cells('orders', 'placed', drawn), cells('orders', 'shipped', drawn)]
    expect(placed.length).toBeGreaterThan(400)
    expect(placed.every((cell, i) => cell <= shipped[i]!)).toBe(true)
    await free.dispose()
  }, 120_000)

  it.each([
    ['plans', 'limit > 0', 'table plans: it keeps its rows, of which no rule says anything'],
    ['orders', 'customers.age > 3', /rule customers\.age > 3: .*customers\.age/],
    ['orders', 'customer > 0', 'customer is the reference to customers, whose row is chosen and not drawn'],
    ['orders', 'shipped <= customers.joined', /breaks? it, first row 1, where .*customers\.joined is 2024/],
  ])('are refused before anything is trained: %s, %s', async (table, rule, message) => {
    const request = { dataset: tables, schema: schemaWith({ [table]: [rule] }), ...training }
    await expectRejected(() => trainDatabase(request), message)
  })
})
