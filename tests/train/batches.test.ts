import { describe, expect, it } from 'vitest'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { maxAbsDifference, type Points } from '../../src/numerics/points.ts'
import { pairsOf } from '../../src/train/batches.ts'
import { drawBatch, meanFactors, pointNetwork } from '../helpers/networks.ts'

const schedule = createSchedule({ kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 }, 10)
// row i is (i, -i), far apart, so that x_t tells which row it came of
const x_0: Points = {
  data: Float32Array.from({ length: 2000 }, (_, k) => (k % 2 ? -1 : 1) * (k >> 1)),
  count: 1000,
  dim: 2,
}

const plain = { x_0, schedule, predictionType: 'epsilon', lossWeighting: 'none', seed: 3 } as const

/** The rows that a batch's points were made of, from x_t = sqrt(alphaBar) x_0 + sqrt(1 - alphaBar) epsilon. */
function rowsOf({ x_t, t, target }: ReturnType<typeof drawBatch>): number[] {
  return Array.from(t, (timestep, i) => {
    const alphaBar = schedule.alphaBars[timestep]!
    return (x_t.data[2 * i]! - Math.sqrt(1 - alphaBar) * target.data[2 * i]!) / Math.sqrt(alphaBar)
  })
}

describe('a full batch', () => {
  const source = { ...plain, batchSize: 1000 }

  it('holds every row in order', () => {
    const rows = rowsOf(drawBatch(source, 0))
    expect(
      maxAbsDifference(
        rows,
        Array.from({ length: 1000 }, (_, i) => i),
      ),
    ).toBeLessThanOrEqual(1e-2)
  })

  it('draws t uniformly from 1..T: chi-squared over 100 steps', () => {
    const counts = new Array<number>(11).fill(0)
    for (let step = 0; step < 100; step++) for (const t of drawBatch(source, step).t) counts[t]! += 1
    expect(counts[0]).toBe(0)
    const chiSquared = counts.slice(1).reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    // nine degrees of freedom: exceeded once in a million
    expect(chiSquared).toBeLessThan(45)
  })

  it('is a function of seed and step', () => {
    expect(drawBatch(source, 7)).toEqual(drawBatch(source, 7))
    expect(drawBatch(source, 7).target).not.toEqual(drawBatch(source, 8).target)
    expect(drawBatch(source, 7).t).not.toEqual(drawBatch({ ...source, seed: 4 }, 7).t)
  })
})

describe('a mini-batch', () => {
  const source = { ...plain, batchSize: 64 }

  it('draws rows from all of the data, others at each step', () => {
    const rows = [0, 1].map((step) => rowsOf(drawBatch(source, step)).map(Math.round))
    expect(rows[0]).toHaveLength(64)
    expect(rows[0]).not.toEqual(rows[1])
    const seen = new Set(
      Array.from({ length: 200 }, (_, step) => rowsOf(drawBatch(source, step)).map(Math.round)).flat(),
    )
    // 12,800 draws leave a row out with probability e^-12.8
    expect(seen.size).toBe(1000)
    expect(Math.min(...seen)).toBe(0)
    expect(Math.max(...seen)).toBe(999)
  })
})

describe('a batch for another prediction type', () => {
  const epsilon = drawBatch({ ...plain, batchSize: 64 }, 5)
  const [v, clean] = (['v_prediction', 'sample'] as const).map((predictionType) =>
    drawBatch({ ...plain, predictionType, batchSize: 64 }, 5),
  )

  it('has the same x_t and t, and a target from which the same noise follows', () => {
    for (const batch of [v!, clean!]) expect([batch.x_t, batch.t]).toEqual([epsilon.x_t, epsilon.t])
    for (const [i, t] of epsilon.t.entries())
      for (const d of [0, 1]) {
        const k = 2 * i + d
        const [a, b] = [Math.sqrt(schedule.alphaBars[t]!), Math.sqrt(1 - schedule.alphaBars[t]!)]
        const [x_0, noise] = [clean!.target.data[k]!, epsilon.target.data[k]!]
        expect(a * x_0 + b * noise).toBeCloseTo(epsilon.x_t.data[k]!, 4)
        expect(a * noise - b * x_0).toBeCloseTo(v!.target.data[k]!, 4)
      }
  })
})

describe('row weights', () => {
  it('are 1 without a weighting: every factor is that of a mean of squares', () => {
    const { factors } = drawBatch({ ...plain, batchSize: 64 }, 0)
    expect([...new Set(factors)]).toEqual([2 / 128])
  })

  it('are min(SNR, 5) / SNR of each row for min_snr', () => {
    const { t, factors } = drawBatch({ ...plain, lossWeighting: 'min_snr', batchSize: 64 }, 0)
    const expected = Array.from(t, (timestep) => {
      const snr = schedule.alphaBars[timestep]! / (1 - schedule.alphaBars[timestep]!)
      return Math.min(snr, 5) / snr
    })
    for (const d of [0, 1]) {
      const weights = expected.map((_, i) => (factors[2 * i + d]! * 128) / 2)
      expect(maxAbsDifference(weights, expected)).toBeLessThanOrEqual(1e-6)
    }
  })
})

describe("a student's batch", () => {
  // row i of x_T is (i, -i), of x_0 twice that
  const twice = { ...x_0, data: x_0.data.map((x) => 2 * x) }
  const pairs = { x_T: x_0, x_0: twice }
  const network = pointNetwork({ dim: 2, T: 1, hidden: [], timeEmbedding: { kind: 'one_hot_linear' } })
  const draw = (step: number, batchSize = 64, seed = 3) => pairsOf(pairs, { network, batchSize, seed })(step)

  it('keeps noise and sample together, at t = 1, in the rows that drawBatch would take', () => {
    const { x_t, t, target, factors } = draw(7)
    expect([x_t.count, [...new Set(t)], [...new Set(factors)]]).toEqual([64, [1], [2 / 128]])
    expect(target.data).toEqual(x_t.data.map((x) => 2 * x))
    const rows = rowsOf(drawBatch({ ...plain, batchSize: 64 }, 7)).map(Math.round)
    expect(Array.from({ length: 64 }, (_, i) => x_t.data[2 * i])).toEqual(rows)
  })

  it('is a function of seed and step; all pairs in order where it holds them all', () => {
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7).x_t).not.toEqual(draw(8).x_t)
    expect(draw(7).x_t).not.toEqual(draw(7, 64, 4).x_t)
    expect(draw(7, 1000)).toEqual({
      x_t: x_0,
      t: new Int32Array(1000).fill(1),
      target: twice,
      factors: meanFactors(x_0),
    })
  })
})
