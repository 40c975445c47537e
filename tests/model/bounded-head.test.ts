import { describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler, type TrainedModel } from '../../src/export/export-model.ts'
import { sample } from '../../src/infer/sample.ts'
import { bounded } from '../../src/model/heads/bounded.ts'
import { loadModel } from '../../src/node/providers.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { petModel, petTable } from '../helpers/tables.ts'

/** Pets whose network predicts ever larger numbers, as one that diverged in training may. */
function runaway(head: 'estimate' | 'bounded'): TrainedModel {
  const { config, weights } = petModel()
  const larger = new Map(weights)
  for (const [name, { shape, data }] of weights)
    if (!name.startsWith('output.')) larger.set(name, { shape, data: data.map((x) => 30 * x) })
  return {
    config: { ...config, network: { activation: 'silu', residual: true, takesCondition: true, head } },
    weights: larger,
  }
}

/** The largest number on the way from noise to data, of samples that `file` gives on a provider. */
async function largestNumber(file: Uint8Array, provider: 'cpu' | 'simd' | 'reference'): Promise<number> {
  await using model = await loadModel(file, { provider, selfTest: false })
  const { x_0 } = await sample(model, { count: 20, seed: 1 })
  return x_0.data.reduce((worst, x) => (Number.isNaN(x) ? Number.NaN : Math.max(worst, Math.abs(x))), 0)
}

describe('the bounded head', () => {
  it.each(['cpu', 'simd', 'reference'] as const)(
    'keeps x_0 within its limit on %s, in both files',
    async (provider) => {
      for (const make of [exportNoisePredictor, exportSampler]) {
        const largest = await largestNumber(await make(runaway('bounded')), provider)
        // the last step of the sampler ends in the network's x_0
        expect(largest).toBeGreaterThan(1)
        expect(largest).toBeLessThanOrEqual(bounded.limit!)
      }
    },
  )

  it('is needed, for without it x_0 leaves the limit', async () => {
    const largest = await largestNumber(await exportNoisePredictor(runaway('estimate')), 'cpu')
    expect(largest > 1000 || Number.isNaN(largest)).toBe(true)
  })

  it('gives the same samples on several providers', async () => {
    const file = await exportSampler(runaway('bounded'))
    const rows = await Promise.all(
      (['cpu', 'reference'] as const).map(async (provider) => {
        await using model = await loadModel(file, { provider, selfTest: false })
        return (await sample(model, { count: 20, seed: 1 })).x_0.data
      }),
    )
    const differences = Array.from(rows[0]!, (x, k) => Math.abs(x - rows[1]![k]!))
    expect(Math.max(...differences)).toBeLessThan(0.05)
  })

  it('clips no number of a table, as all their codes are within its limit', () => {
    for (const column of fitTable(petTable(2000)).columns)
      if ('z' in column) for (const z of column.z) expect(Math.abs(z)).toBeLessThan(bounded.limit!)
  })
})
