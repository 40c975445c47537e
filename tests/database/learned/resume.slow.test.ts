import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportDatabase } from '../../../src/node/databases.ts'
import { type TrainTablesRequest, trainDatabase } from '../../../src/node/train-databases.ts'
import { folderOf } from '../../helpers/folders.ts'
import { expectRejected } from '../../helpers/refusals.ts'

const { at } = folderOf('tables-resumed')

const customers = Array.from({ length: 80 }, (_, i) => ({ id: i + 1, age: 20 + ((7 * i) % 50) }))
const orders = customers.flatMap(({ id, age }) =>
  Array.from({ length: id % 4 }, (_, k) => ({
    customer: id,
    month: 1 + ((id + 5 * k) % 12),
    amount: age + k,
  })),
)
const schema = {
  format: 1,
  tables: {
    customers: { columns: { id: 'key', age: 'integer' }, key: ['id'], references: [] },
    orders: {
      columns: { customer: 'integer', month: 'integer', amount: 'integer' },
      references: [{ columns: ['customer'], table: 'customers', optional: false }],
      order: 'month',
    },
  },
} as const satisfies TrainTablesRequest['schema']

const request = {
  dataset: { customers, orders },
  schema,
  holdout: 0.25,
  steps: 200,
  hidden: [32, 32],
  candidates: 1,
  seed: 3,
  engine: 'simd',
  threads: 1,
  onNote() {},
  onWarning() {},
} as const

/** The files of a run that its model depends on, by their paths. */
function filesIn(folder: string): Record<string, string> {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    all.flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      // history.csv has a line for each pause
      return entry.isFile() && entry.name !== 'history.csv'
        ? [[path.slice(folder.length), readFileSync(path, 'latin1')]]
        : []
    }),
  )
}

/** Trains until so many steps of a table are done. */
async function stoppedIn(table: string, step: number, out: string): Promise<void> {
  const stop = new AbortController()
  let now = ''
  await trainDatabase({
    ...request,
    out,
    signal: stop.signal,
    onTable: (name) => {
      now = name
    },
    onProgress: ({ step: done }) => {
      if (now === table && done >= step) stop.abort()
    },
  }).catch((error) => expect(error).toBe(stop.signal.reason))
}

describe('a training of several tables that was stopped', () => {
  it('goes on to the bytes of an unbroken one, in the first table and in the second', async () => {
    await trainDatabase({ ...request, out: at('unbroken') })
    for (const table of ['customers', 'orders']) {
      const out = at(`stopped in ${table}`)
      await stoppedIn(table, 1, out)
      expect(existsSync(join(out, 'schema.json'))).toBe(false)
      await trainDatabase({ ...request, out, resume: true })
      expect(filesIn(out)).toEqual(filesIn(at('unbroken')))
    }
    const [once, again] = [at('unbroken'), at('stopped in orders')].map((run) => exportDatabase({ run }))
    expect(await again).toEqual(await once)
  }, 120_000)

  it('begins where nothing was begun', async () => {
    await trainDatabase({ ...request, steps: 20, out: at('new'), resume: true })
    expect(existsSync(join(at('new'), 'schema.json'))).toBe(true)
  })

  it('is refused with other tables or options, with force, and without a folder', async () => {
    const out = at('stopped in orders')
    const other = /stopped in orders was begun with other tables or options, so that it can't be continued/
    await expectRejected(() => trainDatabase({ ...request, seed: 4, out, resume: true }), other)
    const fewer = { customers, orders: orders.slice(1) }
    await expectRejected(() => trainDatabase({ ...request, dataset: fewer, out, resume: true }), other)
    await expectRejected(
      () => trainDatabase({ ...request, out, resume: true, force: true }),
      '`resume` and `force` exclude each other',
    )
    await expectRejected(
      () => trainDatabase({ ...request, resume: true }),
      '`resume` continues the runs in a folder: give `out`',
    )
  })
})
