import { beforeAll, describe, expect, it } from 'vitest'
import { decodeDatabaseFile, encodeDatabaseFile } from '../../../src/database/file.ts'
import { groupChooser } from '../../../src/database/learned/child-groups.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import type { SampleTablesOptions } from '../../../src/database/model.ts'
import type { Schema } from '../../../src/database/schema.ts'
import { toRows } from '../../../src/index.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { type TrainedDatabase, trainDatabase } from '../../../src/node/train-databases.ts'
import { uniforms } from '../../../src/numerics/random.ts'

describe('choosing one of two groups', () => {
  // real groups have no amount of 10 or more
  const choose = groupChooser(
    {
      count: 2,
      features: [{ column: 'orders.amount, greatest', cuts: [10] }],
      trees: ['0:2:1:2 8192 -8192'],
    },
    { parent: 'customers', child: 'orders', seed: 3 },
  )
  /** The first and the second group of each parent, by the amounts of their rows. */
  const chosen = (parents: Readonly<Record<number, readonly [readonly number[], readonly number[]]>>) => {
    const pairs = Object.values(parents)
    const groups = [...pairs.map(([first]) => first), ...pairs.map(([, second]) => second)]
    const who = Int32Array.from(groups.flatMap((amounts, f) => amounts.map(() => f)))
    const part = {
      who,
      rows: [{ name: 'amount', kind: 'number' as const, cells: Float64Array.from(groups.flat()) }],
      numbers: new Float64Array(who.length),
    }
    return [
      ...choose({
        parents: [{ name: 'level', kind: 'number', cells: new Float64Array(groups.length) }],
        parts: [part],
        lengths: Float64Array.from(groups, ({ length }) => length),
        numbers: Float64Array.from(Object.keys(parents), Number),
      }),
    ]
  }

  it('takes the one that the trees take for real', () => {
    expect(
      chosen({
        0: [
          [20, 1],
          [5, 1],
        ],
        1: [
          [5, 9],
          [5, 10],
        ],
      }),
    ).toEqual([1, 0])
  })

  it('takes no group that lost rows where the other did not', () => {
    expect(chosen({ 0: [[5], [20, 20]], 1: [[20, 20], [5]] })).toEqual([1, 0])
  })

  it('depends on the parent alone, and takes both where nothing tells them apart', () => {
    const all = Object.fromEntries(Array.from({ length: 200 }, (_, k) => [k, [[1], [2]] as const]))
    const taken = chosen(all)
    expect(chosen({ 17: [[1], [2]], 30: [[1], [2]] })).toEqual([taken[17], taken[30]])
    // of 200 throws of a coin, fewer than 70 or more than 130 are one in 45,000
    const seconds = taken.reduce((sum, each) => sum + each, 0)
    expect(seconds).toBeGreaterThan(70)
    expect(seconds).toBeLessThan(130)
  })
})

describe('tables whose groups are chosen', () => {
  const schema: Schema = {
    format: 1,
    tables: {
      customers: { columns: { id: 'key', level: 'number' }, key: ['id'], references: [] },
      orders: {
        columns: { id: 'key', customer: 'integer', status: 'category' },
        key: ['id'],
        references: [{ columns: ['customer'], table: 'customers', optional: false }],
      },
    },
  }
  const customers = Array.from({ length: 240 }, (_, i) => ({ id: i + 1, level: 10 + (i % 17) / 4 }))
  // of a customer's four orders one is returned; the row before alone does not say whether one was
  const orders = customers.flatMap(({ id }) => {
    const [u] = uniforms({ seed: 4, stream: 0, step: 0, start: id, count: 1, dim: 1 })
    const returned = Math.floor(4 * u!)
    return [0, 1, 2, 3].map((k) => ({
      id: 4 * id + k,
      customer: id,
      status: k === returned ? 'returned' : 'shipped',
    }))
  })
  let trained: TrainedDatabase
  let file: Uint8Array

  beforeAll(async () => {
    const dataset = await databaseOfRows({ customers, orders }, { schema })
    const all = { holdout: 0, steps: 300, hidden: [32, 32], engine: 'simd', threads: 1 } as const
    trained = await trainDatabase({ dataset, ...all })
    file = await exportDatabase({ run: trained })
  })

  const ordersOf = async (bytes: Uint8Array, options: SampleTablesOptions) => {
    await using model = await loadDatabase(bytes, { provider: 'simd', threads: 1 })
    const { tables } = await model.sample(options)
    const groups = new Map<unknown, unknown[]>()
    for (const { customer, status } of toRows(tables.get('orders')!))
      groups.set(customer, [...(groups.get(customer) ?? []), status])
    return [...groups.values()]
  }

  it('has trees for the children, and half as many candidates of each of their rows', () => {
    expect(trained.plans.customers!.groups).toBeUndefined()
    expect(trained.plans.orders!.groups?.count).toBe(2)
    expect(trained.trained.get('orders')!.config.candidates?.count).toBe(2)
    expect(trained.trained.get('customers')!.config.candidates?.count).toBe(4)
  })

  it('draws groups that are more like real ones than the first of two', async () => {
    const parts = decodeDatabaseFile(file, 'the file')
    const { groups, ...orders } = parts.plans.orders!
    const single = encodeDatabaseFile({ ...parts, plans: { ...parts.plans, orders } })
    const [chosen, first] = [await ordersOf(file, { seed: 1 }), await ordersOf(single, { seed: 1 })]
    const withOne = (rows: readonly unknown[][]) =>
      rows.filter((all) => all.filter((status) => status === 'returned').length === 1).length / rows.length
    expect(chosen.length).toBe(first.length)
    expect(withOne(chosen)).toBeGreaterThan(withOne(first) + 0.1)
  })

  it('draws the same rows for a customer, however many customers there are', async () => {
    const [few, many] = [
      await ordersOf(file, { seed: 2, count: { customers: 20 } }),
      await ordersOf(file, { seed: 2, count: { customers: 60 } }),
    ]
    expect(many.slice(0, few.length)).toEqual(few)
  })

  it('needs candidates', async () => {
    const dataset = await databaseOfRows({ customers, orders }, { schema })
    const { plans, trained } = await trainDatabase({
      dataset,
      steps: 5,
      hidden: [8],
      engine: 'simd',
      threads: 1,
      candidates: 1,
    })
    expect(plans.orders!.groups).toBeUndefined()
    expect(trained.get('orders')!.config.candidates).toBeUndefined()
  })
})
