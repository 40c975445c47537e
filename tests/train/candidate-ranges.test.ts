import { describe, expect, it } from 'vitest'
import { type Candidates, candidateTrees, chosenCandidates, oddsIn } from '../../src/model/candidates.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { columnCells, type Table } from '../../src/table/table.ts'
import { findBrokenRanges } from '../../src/train/candidate-ranges.ts'
import { correctShares } from '../../src/train/candidate-shares.ts'

const jobs = ['clerk', 'driver', 'director', 'heir', 'judge']

/** Incomes of jobs, each within 10 from its own least, but for a share of rows; heirs are ten in a thousand. */
function drawRows(step: number, count: number, beyond: number): Table {
  const u = uniforms({ seed: 5, stream: streams.datasets, step, start: 0, count, dim: 3 })
  const job = Float64Array.from({ length: count }, (_, i) =>
    u[3 * i]! < 0.01 ? 3 : [0, 1, 2, 4][Math.floor(4 * u[3 * i]!)]!,
  )
  const income = job.map(
    (each, i) => (u[3 * i + 1]! < beyond ? 50 : 10 * each + 10) * (1 + u[3 * i + 2]! / 10),
  )
  const columns = [
    { name: 'job', kind: 'category', categories: jobs, cells: job },
    { name: 'income', kind: 'number', cells: income },
  ] as const
  return { count, columns }
}

const indifferent: Candidates = {
  count: 4,
  shared: 0.375,
  features: [
    { column: 'job', bins: [1, 2, 3, 4, 5] },
    { column: 'income', cuts: Array.from({ length: 60 }, (_, k) => k + 0.5) },
  ],
  trees: ['0'],
}

/** The share of rows whose income is beyond its job's by more than a tenth. */
function shareBeyond([job, income]: readonly Float64Array[]): number {
  const isBeyond = (i: number) => {
    const least = 10 * job![i]! + 10
    return income![i]! < least - 0.1 * least || income![i]! > 1.2 * least
  }
  return [...job!.keys()].filter(isBeyond).length / job!.length
}

describe('numbers beyond the range of their category', () => {
  const rows = drawRows(0, 3000, 0)
  const ranged = findBrokenRanges(indifferent, rows, drawRows(1, 3000, 0.1))

  it('are found where samples have more of them than rows', () => {
    expect(ranged.broken.map(({ category, number }) => [category, number])).toEqual([[0, 2]])
    expect(ranged.odds.features).toHaveLength(3)
    expect(findBrokenRanges(indifferent, rows, drawRows(1, 3000, 0)).broken).toEqual([])
    const loose = drawRows(0, 3000, 0.1)
    expect(findBrokenRanges(indifferent, loose, drawRows(1, 3000, 0.1)).broken).toEqual([])
  })

  it('are as rare among chosen rows as among rows, also in new samples', () => {
    const drawsFrom = (first: number, count: number) =>
      Array.from({ length: 4 }, (_, k) => drawRows(first + k, count, 0.1))
    const candidates = correctShares(ranged.odds, rows, drawsFrom(10, 2000), ranged.broken)
    const count = 10_000
    const fresh = drawsFrom(20, count).map(columnCells)
    const uniform = Float64Array.from(
      uniforms({ seed: 5, stream: streams.candidates, step: 0, start: 0, count, dim: 1 }),
    )
    const chosenOf = (of: Candidates) => {
      const chosen = chosenCandidates(fresh.map(oddsIn(of, rows.columns)), uniform, true)
      return [0, 1].map((d) => Float64Array.from(chosen, (k, i) => fresh[k]![d]![i]!))
    }
    expect(shareBeyond(chosenOf(indifferent))).toBeGreaterThan(0.06)
    expect(shareBeyond(chosenOf(candidates))).toBeLessThan(0.005)
  })

  it('have one tree that says so, whatever the category', () => {
    const { trees } = correctShares(
      ranged.odds,
      rows,
      [0, 1, 2, 3].map((k) => drawRows(10 + k, 2000, 0.1)),
      ranged.broken,
    )
    const ofRanges = candidateTrees({ ...ranged.odds, trees }).filter(({ feature }) => feature.includes(2))
    expect(ofRanges).toHaveLength(1)
    expect(Math.min(...ofRanges[0]!.value)).toBeLessThan(-1024)
  })
})
