import { describe, expect, it } from 'vitest'
import { joinedRows, summedRows } from '../../../src/database/measured/child-groups.ts'
import { followReferences } from '../../../src/database/measured/follow.ts'
import { stepRows } from '../../../src/database/measured/orders.ts'
import { groupsOf, partsOf } from '../../../src/database/measured/parts.ts'
import { joinedTables } from '../../../src/database/measured/tables.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import { oneOfEach, realHalves } from '../../../src/measure/prepare.ts'
import { toRows } from '../../../src/table/inference/rows.ts'
import { type NamedTable, namesOf } from '../../../src/table/table.ts'
import { careersSchema } from '../../helpers/careers.ts'
import { databaseOf, type Shop, samplesOf, shopOf } from '../../report/database/families.ts'

const small: Shop = {
  customers: [
    { id: 7, country: 'BE', age: 40, joined: '2023-01-10' },
    { id: 9, country: 'FR', age: 30, joined: '2023-02-10' },
    { id: 8, country: 'NL', age: 20, joined: '2023-03-10' },
  ],
  orders: [
    { order_no: 1, customer_id: 9, placed: '2023-03-05', total: 10, channel: 'web' },
    { order_no: 2, customer_id: 7, placed: '2023-02-01', total: 4, channel: 'shop' },
    { order_no: 3, customer_id: 9, placed: '2023-03-01', total: 30, channel: 'shop' },
    { order_no: 4, customer_id: 9, placed: '2023-03-12', total: 20, channel: 'web' },
  ],
}

const groupOf = (shop: Shop) => {
  const set = databaseOf(shop)
  return partsOf({ samples: set, against: set, train: set }).references[0]!.groups.train
}

const rowsOf = (table: NamedTable) => toRows(table) as Record<string, unknown>[]

it('an order that a reference takes part in is measured, but not together with the row that it leads to, which has the same', async () => {
  const seasons = [1, 1, 2].map((id, k) => ({ id, year: 1990 + k, team: k < 2 ? 'A' : 'B', games: 10 * k }))
  const database = await databaseOfRows(
    {
      teams: seasons.map(({ year, team }) => ({ year, team, wins: year - 1900 })),
      players: [1, 2, 3].map((id) => ({ id, bats: id === 1 ? 'left' : 'right' })),
      seasons,
    },
    { schema: careersSchema({ bats: 'category' }) },
  )
  const { references } = partsOf({ samples: database, against: database, train: database })
  const [ofPlayers, ofTeams] = references.map(({ groups }) => groups.train)
  expect(ofPlayers!.order).toBe('year')
  expect(namesOf(ofPlayers!.children)).toEqual(['year', 'games', 'team'])
  expect(ofTeams!.order).toBeUndefined()
  expect(namesOf(ofTeams!.children)).toEqual(['games', 'team'])
})

describe('parents and children', () => {
  it('are joined by the rows that references lead to', () => {
    const { table, rows } = joinedRows(groupOf(small))
    expect([...rows]).toEqual([0, 1, 2, 3])
    expect(
      rowsOf(table).map((row) => [row['customers.country'], row['customers.age'], row['orders.total']]),
    ).toEqual([
      ['FR', 30, 10],
      ['BE', 40, 4],
      ['FR', 30, 30],
      ['FR', 30, 20],
    ])
    // keys and references are not measured
    expect(table.columns.map(({ name }) => name)).not.toContain('orders.customer_id')
    expect(table.columns.map(({ name }) => name)).not.toContain('customers.id')
  })

  it('come to sums by parent, with the first and last child in their order', () => {
    const [first, second, third] = rowsOf(summedRows(groupOf(small)))
    expect(first).toMatchObject({ 'customers.country': 'BE', 'number of orders': 1, 'orders.total, mean': 4 })
    expect(second).toMatchObject({
      'number of orders': 3,
      'orders.total, mean': 20,
      'orders.total, least': 10,
      'orders.total, greatest': 30,
      'orders.total, first': 30,
      'orders.total, last': 20,
      'orders.placed, least': '2023-03-01',
      'orders.placed, greatest': '2023-03-12',
      'orders.channel, most frequent': 'web',
      'orders.channel, different ones': 2,
      'orders.channel, first': 'shop',
    })
    expect(third).toMatchObject({
      'number of orders': 0,
      'orders.total, mean': null,
      'orders.channel, first': null,
    })
  })

  it('have steps from child to child, in days', () => {
    const { table, rows } = stepRows({ ...groupOf(small), order: 'placed' })
    expect(table.columns.map(({ cells }) => [...cells])).toEqual([[4, 7]])
    expect([...rows]).toEqual([0, 3])
  })
})

describe('references and keys of samples', () => {
  it('are counted where they lead to no row, and where they repeat', () => {
    const broken: Shop = {
      customers: [...small.customers, { ...small.customers[0]! }],
      orders: [...small.orders, { ...small.orders[0]!, order_no: 5, customer_id: 99 }],
    }
    const { references, keys, database } = followReferences(samplesOf(broken))
    expect(references.get('orders')).toMatchObject([{ met: 4, missing: 0, astray: 1 }])
    expect(keys.get('customers')).toEqual({ rows: 4, repeats: 1 })
    expect(keys.get('orders')).toEqual({ rows: 5, repeats: 0 })
    expect([...database.tables.get('orders')!.links[0]!]).toEqual([1, 0, 1, 1, -1])
  })
})

describe('groups', () => {
  it('are the rows of one first ancestor', () => {
    const groups = groupsOf(databaseOf(small), { customers: [], orders: ['parent'] }, 'orders')
    expect([...groups]).toEqual([1, 0, 1, 1])
  })

  it('are never split between two sets of real rows, nor have more than one row where rows count as independent', () => {
    const sources = {
      samples: databaseOf(shopOf(0, 60)),
      against: databaseOf(shopOf(100, 60)),
      train: databaseOf(shopOf(200, 90)),
    }
    const tables = joinedTables(partsOf(sources).references[0]!, 0)!
    // an age and the day of joining name a customer
    const customerOf = (table: NamedTable) =>
      rowsOf(table).map((row) => `${row['customers.age']} ${row['customers.joined']}`)
    for (const draw of [0, 1]) {
      const [a, b] = realHalves(tables, 1000, draw).map(customerOf)
      expect(a!.filter((customer) => b!.includes(customer))).toEqual([])
      expect(a!.length).toBeGreaterThan(60)
      expect(b!.length).toBeGreaterThan(60)
    }
    for (const set of ['samples', 'against', 'train'] as const) {
      const all = new Set(customerOf(tables[set]))
      expect(customerOf(oneOfEach(tables)[set]).sort()).toEqual([...all].sort())
    }
  })
})
