import { describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../../src/export/export-model.ts'
import { readTable } from '../../../src/index.ts'
import { sample } from '../../../src/infer/sample.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../../src/table/table.ts'
import { cellsIn } from '../../helpers/related-tables.ts'
import { untrainedTable } from '../../helpers/tables.ts'

const count = 2000

/** Flights of 40 routes, each with one distance, and their minutes. */
function flights(): NamedTable {
  const columns: Column[] = [
    { name: 'route', kind: 'category', categories: Array.from({ length: 40 }, (_, k) => `R${k}`) },
    { name: 'distance', kind: 'integer' },
    { name: 'time', kind: 'integer' },
  ]
  const drawn = uniforms({ seed: 5, stream: streams.datasets, step: 91, start: 0, count, dim: 3 })
  const data = new Float64Array(3 * count)
  for (let i = 0; i < count; i++) {
    const [a, b, c] = drawn.subarray(3 * i, 3 * i + 3)
    const route = Math.floor(40 * a!)
    const distance = 80 + Math.round((2400 * ((route * 7919) % 97)) / 97)
    data.set([route, distance, Math.round(20 + 0.13 * distance + 20 * (b! + c!))], 3 * i)
  }
  return { name: 'flights', ...tableOfPoints(columns, { data, count, dim: 3 }) }
}

const noisy = flights()
const linesOf = (table: NamedTable) => (fitTable(table).relations ?? []).map(describeRelation)

describe('a number that is near one of few values', () => {
  it('is made from it and a rest if names say which value it is', () => {
    expect(linesOf(noisy)).toEqual(['distance is determined by route', 'time is nearly 0.13 distance'])
  })

  it('is learned by itself if it has few values beside each, which rests would blur', async () => {
    const path = new URL('../../../bench/data/further/BudgetItaly.train.csv.gz', import.meta.url).pathname
    const budgets = await readTable(path)
    expect(linesOf(budgets)).not.toContain('phouse is nearly 1.1 pmisc')
  })

  it('is as near to the restored value in samples as in the rows, whatever the network draws', async () => {
    const model = await loadModel(await exportNoisePredictor(untrainedTable(noisy)), { provider: 'simd' })
    const { table } = await sample(model, { count: 500, seed: 1 })
    const [distances, times] = ['distance', 'time'].map((name) => cellsIn(table, name))
    const real = new Set(cellsIn(noisy, 'distance'))
    const [least, most] = [20, 60]
    for (const [i, time] of times!.entries()) {
      expect(real.has(distances![i]!)).toBe(true)
      const rest = time - 0.13 * distances![i]!
      expect(rest).toBeGreaterThan(least - 8)
      expect(rest).toBeLessThan(most + 8)
    }
  })
})
