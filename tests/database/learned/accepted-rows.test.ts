import { describe, expect, it, vi } from 'vitest'
import { drawAccepted } from '../../../src/database/learned/accept-rows.ts'
import { drawnKeys } from '../../../src/database/learned/distinct.ts'
import { planTables } from '../../../src/database/learned/plan.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import type { Schema } from '../../../src/database/schema.ts'
import { loadModel, toRows } from '../../../src/index.ts'
import type * as Chunks from '../../../src/infer/chunk.ts'
import { internalsOf } from '../../../src/infer/model.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { trainDatabase } from '../../../src/node/train-databases.ts'
import { uniforms } from '../../../src/numerics/random.ts'
import { columnNamed } from '../../../src/table/columns.ts'
import type { TableColumn } from '../../../src/table/table.ts'

/** How many rows networks drew. */
const network = vi.hoisted(() => ({ rows: 0 }))
vi.mock('../../../src/infer/chunk.ts', async (original) => {
  const chunks = await original<typeof Chunks>()
  const sampleChunk: typeof Chunks.sampleChunk = (model, chunk, watch) => {
    network.rows += chunk.count
    return chunks.sampleChunk(model, chunk, watch)
  }
  return { ...chunks, sampleChunk }
})

const u = uniforms({ seed: 5, stream: 0, step: 0, start: 0, count: 5000, dim: 4 })
const uniform = (i: number, d: number) => u[(i * 4 + d) % u.length]!

/** How many items an order has. */
const itemsIn = (id: number) => 1 + ((id - 1) % 5)

const orders = Array.from({ length: 40 }, (_, i) => ({
  id: i + 1,
  most: itemsIn(i + 1) + Number(i % 7 === 0),
  size: uniform(i, 0),
}))

type Row = Record<string, string | number | boolean | null>

/** Draws tables of a network that has learned little, so that many of its rows break what they must meet. */
async function drawn(items: readonly Row[], table: Schema['tables'][string], given: object = {}) {
  const schema: Schema = {
    format: 1,
    tables: {
      orders: {
        columns: { id: 'key', most: 'integer', size: 'number' },
        key: ['id'],
        references: [],
      },
      items: { ...table, references: [{ columns: ['order_id'], table: 'orders', optional: false }] },
    },
  }
  const dataset = { orders, items }
  const run = await trainDatabase({
    ...{ dataset, schema, steps: 1, hidden: [8], candidates: 1, seed: 1 },
    onNote() {},
    onWarning() {},
  })
  const model = await loadDatabase(await exportDatabase({ run }))
  const warnings: string[] = []
  network.rows = 0
  const { tables } = await model
    .sample({ seed: 3, ...given, onWarning: (line) => warnings.push(line) })
    .finally(() => model.dispose())
  const plans = planTables(await databaseOfRows(dataset, { schema }))
  const rows = (name: string) => toRows(tables.get(name)!) as Row[]
  return { orders: rows('orders'), items: rows('items'), plans, warnings, networkRows: network.rows }
}

const sizeOf = (id: number) => orders[id - 1]!.size

const itemsOf = (rowOf: (line: number, i: number, order: number) => Row) => {
  let i = 0
  return orders.flatMap(({ id }) =>
    Array.from({ length: itemsIn(id) }, (_, line) => ({ order_id: id, ...rowOf(line, i++, id) })),
  )
}

describe('a row of a child is accepted once, by all that it must meet', () => {
  it('after its place among the rows before it has moved its order', async () => {
    const day = (n: number) => new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10)
    const dated = itemsOf((line, i) => {
      const placed = 20 * line + Math.floor(3 * uniform(i, 1))
      return { placed: day(placed), shipped: day(placed + Math.floor(9 * uniform(i, 2))) }
    })
    const columns = { order_id: 'integer', placed: 'date', shipped: 'date' } as const
    const { items, plans } = await drawn(dated, {
      columns,
      references: [],
      order: 'placed',
      rules: ['placed <= shipped'],
    })
    expect(plans.items!.rowOrder).toMatchObject({
      column: { name: 'placed' },
      minimumGap: expect.any(Number),
    })
    expect(items.length).toBeGreaterThan(30)
    expect(items.filter(({ placed, shipped }) => placed! > shipped!)).toEqual([])
  }, 60_000)

  it('after a number of its key is counted up', async () => {
    const model = await loadModel('models/penguins/model.onnx', { provider: 'simd' })
    const name = 'flipper_length_mm'
    const lengthsIn = (rows: readonly TableColumn[]) => columnNamed(rows, name).cells
    const isLong = (rows: readonly TableColumn[], i: number) => !(lengthsIn(rows)[i]! <= 190)
    const { rows, refused } = await drawAccepted(
      internalsOf(model),
      [],
      Float64Array.from({ length: 32 }, (_, i) => i),
      { seed: 1 },
      {
        keys: drawnKeys([name], name),
        check: { broken: (rows, i) => (isLong(rows, i) ? [`${name} <= 190`] : []), keep: () => {} },
        groupOf: () => '',
        parentOf: () => -1,
      },
    ).finally(() => model.dispose())
    const lengths = [...lengthsIn(rows)].filter((_, i) => !refused.has(i))
    // penguins have few lengths up to 190
    expect(lengths.length).toBeGreaterThan(3)
    expect(refused.size).toBe(32 - lengths.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(190)
    expect(new Set(lengths).size).toBe(lengths.length)
    expect(new Set(refused.values())).toEqual(new Set([`broke ${name} <= 190`]))
  }, 60_000)

  it('or left out with a warning, also where its own conditions are met too rarely', async () => {
    const measured = itemsOf((_, i) => ({ a: uniform(i, 1), b: uniform(i, 2), c: uniform(i, 3) }))
    const columns = { order_id: 'integer', a: 'number', b: 'number', c: 'number' } as const
    const rare = { from: 0.97 }
    const { items, warnings, networkRows, orders } = await drawn(
      measured,
      { columns, references: [] },
      { given: { items: { a: rare, b: rare, c: rare } } },
    )
    expect(items.every(({ a, b, c }) => [a, b, c].every((cell) => Number(cell) >= 0.97))).toBe(true)
    const [line] = warnings.filter((each) => each.startsWith('items: '))
    expect(line).toMatch(
      /^items: \d+ rows of \d+ \(\d+ %\) are left out, since up to 256 draws of a row broke [abc] >= 0\.97$/,
    )
    // each order ends with its first row that is refused
    expect(networkRows).toBeLessThan(300 * orders.length)
  }, 60_000)

  it('in no more draws than a row may have, whatever else refuses it', async () => {
    const measured = itemsOf((_, i, id) => ({ a: sizeOf(id) * uniform(i, 1), b: uniform(i, 2) }))
    const rare = { from: 0.7 }
    const { networkRows, orders } = await drawn(
      measured,
      {
        columns: { order_id: 'integer', a: 'number', b: 'number' },
        references: [],
        rules: ['items.a <= orders.size'],
      },
      { given: { items: { a: rare, b: rare }, orders: { size: { below: 0.05 } } } },
    )
    expect(networkRows).toBeLessThan(300 * orders.length)
  }, 60_000)
})
