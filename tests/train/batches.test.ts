import { describe, expect, it } from 'vitest'
import { maxAbsDifference, type Points } from '../../src/core/points.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { drawBatch } from '../../src/train/batches.ts'

const schedule = createSchedule({ kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 }, 10)
// row i is (i, -i), far apart, so that x_t tells which row it came of
const x_0: Points = {
  data: Float32Array.from({ length: 2000 }, (_, k) => (k % 2 ? -1 : 1) * (k >> 1)),
  count: 1000,
  dim: 2,
}

/** The rows that a batch's points were made of, from x_t = sqrt(alphaBar) x_0 + sqrt(1 - alphaBar) epsilon. */
function rowsOf({ x_t, t, target }: ReturnType<typeof drawBatch>): number[] {
  return Array.from(t, (timestep, i) => {
    const alphaBar = schedule.alphaBars[timestep]!
    return (x_t.data[2 * i]! - Math.sqrt(1 - alphaBar) * target.data[2 * i]!) / Math.sqrt(alphaBar)
  })
}

describe('a full batch', () => {
  const source = { x_0, schedule, batchSize: 1000, seed: 3 }

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
  const source = { x_0, schedule, batchSize: 64, seed: 3 }

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
