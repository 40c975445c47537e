import { expect, it } from 'vitest'
import { train } from '../../src/node/models.ts'
import { readRows } from '../../src/table/inference/rows.ts'

const quick = { steps: 2, hidden: [4], candidates: 1, onNote() {}, onWarning() {}, onTable() {} }

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: i, size: (i * 7) % 11, owner_id: Math.floor(i / 3) }))

it.each([
  ['rows', (rows: readonly object[]) => rows],
  ['tables', (rows: readonly object[]) => readRows(rows, 'rows', { choice: {}, minRows: 1 })],
])('several tables in code are trained as such: %s', async (_, tableOf) => {
  const owners = Array.from({ length: 20 }, (_, id) => ({ id, age: 20 + ((id * 13) % 40) }))
  const run = await train({ dataset: { owners: tableOf(owners), pets: tableOf(rowsOf(60)) }, ...quick })
  expect(Object.keys(run.schema.tables)).toEqual(['owners', 'pets'])
})

it("a child's order may be of numbers like those of its parent's reference", async () => {
  const sized = (count: number) => Array.from({ length: count }, (_, i) => ({ id: i + 1, size: (i * i) % 7 }))
  const orders = Array.from({ length: 80 }, (_, i) => ({
    id: i + 1,
    customer: 1 + (i % 40),
    store: 1 + ((i * 7) % 4),
  }))
  const items = orders.flatMap(({ id }) =>
    Array.from({ length: 1 + (id % 3) }, (_, k) => ({ of: id, line: k + 1, quantity: (id * k) % 5 })),
  )
  const to = (column: string, table: string) => ({ columns: [column], table, optional: false })
  const ofSizes = { columns: { id: 'key', size: 'integer' }, key: ['id'], references: [] } as const
  const { schema } = await train({
    ...quick,
    dataset: { customers: sized(40), stores: sized(4), orders, items },
    schema: {
      format: 1,
      tables: {
        customers: ofSizes,
        stores: ofSizes,
        orders: {
          columns: { id: 'key', customer: 'integer', store: 'integer' },
          key: ['id'],
          references: [to('customer', 'customers'), to('store', 'stores')],
        },
        items: {
          columns: { of: 'integer', line: 'integer', quantity: 'integer' },
          key: ['of', 'line'],
          references: [to('of', 'orders')],
          order: 'line',
        },
      },
    },
  })
  expect(schema.tables.items!.order).toBe('line')
})
