import { describe, it } from 'vitest'
import type { Plans } from '../../src/database/learned/plan.ts'
import { requireRooms } from '../../src/database/model.ts'
import type { ModelInternals } from '../../src/infer/model.ts'
import { generatorOf } from '../../src/table/generated/index.ts'
import { expectRefused } from '../helpers/refusals.ts'

/** Models of which only the codes matter: three digits, as stated, all different, have room for 1,000 texts. */
async function modelsOf(...tables: readonly string[]): Promise<ReadonlyMap<string, ModelInternals>> {
  const parts = [{ of: '0123456789', min: 3, max: 3 }]
  const maker = { by: 'form', alternatives: [{ share: 256, parts }], isUnique: true, isStated: true } as const
  const generator = await generatorOf([{ name: 'code', kind: 'text', maker }])
  return new Map(tables.map((table) => [table, { generator } as ModelInternals]))
}

describe('the rows of several tables', () => {
  const plans = { customers: { rows: 50 }, orders: { rows: 200 }, shops: { rows: 10 } } as unknown as Plans

  it('are refused before any is drawn if a column has no room, with the largest number', async () => {
    const models = await modelsOf('customers')
    requireRooms(models, plans, { customers: 1000, shops: 200 })
    expectRefused(
      () => requireRooms(models, plans, { customers: 1001, shops: 200 }),
      /^table customers, column code: its format has room for 1,000 texts that all differ and are not in the rows, and there are to be 1,001 rows: draw at most 1,000 rows of customers, or train with a longer format in `types`/,
    )
  })

  it('are refused by the rows of their parents if these will have more children than there is room for', async () => {
    const models = await modelsOf('orders')
    requireRooms(models, plans, { customers: 250, shops: 10 })
    expectRefused(
      () => requireRooms(models, plans, { customers: 500, shops: 10 }),
      /^table orders, column code: .* and there are to be about 2,000 rows: draw at most 250 rows of customers, or/,
    )
  })
})
