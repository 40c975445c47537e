import { expect, it } from 'vitest'
import { trainTables } from '../../../src/database/learned/train-tables.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import { type AmongTables, resolveConfig } from '../../../src/train/config.ts'
import type { TrainRequest } from '../../../src/train/options.ts'

it('what is fitted to the rows of a table before the first is trained is what it is trained with', async () => {
  const users = Array.from({ length: 40 }, (_, i) => ({ id: i + 1, country: ['BE', 'FR', 'NL'][i % 3]! }))
  const orders = users.map(({ id }) => ({ order_id: id, user_id: 1 + (id % 9), amount: (7 * id) % 31 }))
  const database = await databaseOfRows({ users, orders }, {})
  const trained: [name: string, request: TrainRequest, among: AmongTables][] = []
  await trainTables(
    database,
    { steps: 3, candidates: 1, holdout: 0, validation: 0 },
    async (...all) => void trained.push(all),
    () => Promise.reject(new Error('nothing is drawn')),
  )
  expect(trained.map(([name]) => name)).toEqual(['users', 'orders'])
  for (const [name, request, { config, ...among }] of trained) {
    expect([name, config?.training.steps]).toEqual([name, 3])
    const again = await resolveConfig(request, undefined, { ...among, config })
    expect(again.config).toBe(config)
    const anew = await resolveConfig(request, undefined, among)
    expect([anew.config, anew.notes, anew.warnings]).toEqual([config, again.notes, again.warnings])
  }
})
