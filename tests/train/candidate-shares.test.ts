import { describe, expect, it } from 'vitest'
import {
  type Candidates,
  candidateTrees,
  chosenCandidates,
  chosenNumbers,
  oddsIn,
} from '../../src/model/candidates.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { type Column, columnCells, rowsAt, type Table } from '../../src/table/table.ts'
import { correctShares } from '../../src/train/candidate-shares.ts'

const columns: readonly Column[] = [
  { name: 'kind', kind: 'category', categories: ['cat', 'dog'] },
  { name: 'weight', kind: 'number' },
]

/** Two columns: one row in `cats` is a cat, one weight in `gaps` is missing, the others are powers of a uniform number. */
function drawRows(step: number, count: number, { cats, gaps, power }: Record<string, number>): Table {
  const u = uniforms({ seed: 5, stream: streams.datasets, step, start: 0, count, dim: 3 })
  const kind = Float64Array.from({ length: count }, (_, i) => (u[3 * i]! < cats! ? 0 : 1))
  const weight = Float64Array.from({ length: count }, (_, i) =>
    u[3 * i + 1]! < gaps! ? Number.NaN : u[3 * i + 2]! ** power!,
  )
  return { count, columns: [kind, weight].map((cells, d) => ({ ...columns[d]!, cells })) }
}

const real = { cats: 0.5, gaps: 0.3, power: 1 }
const biased = { cats: 0.75, gaps: 0.15, power: 1.5 }

const indifferent: Candidates = {
  count: 4,
  features: [
    { column: 'kind', bins: [1, 2] },
    { column: 'weight', cuts: Array.from({ length: 99 }, (_, k) => (k + 1) / 100) },
  ],
  trees: ['0'],
}

const drawsOf = (first: number, count: number) =>
  Array.from({ length: 4 }, (_, k) => drawRows(first + k, count, biased))

/** How far the share of cats, the share of gaps and the mean of the weights are from those of real rows. */
function errorsOf([kinds, cells]: readonly Float64Array[]): number[] {
  const count = kinds!.length
  const weights = cells!.filter((cell) => !Number.isNaN(cell))
  const cats = kinds!.filter((cell) => cell === 0).length
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
  return [cats / count - 0.5, 1 - weights.length / count - 0.3, mean - 0.5].map(Math.abs)
}

describe('the shares of values among chosen rows', () => {
  const rows = drawRows(0, 4000, real)

  it('come near those of the training rows, also in samples that were not corrected by', () => {
    const count = 20_000
    const fresh = drawsOf(20, count).map(columnCells)
    const uniform = uniforms({ seed: 5, stream: streams.candidates, step: 0, start: 0, count, dim: 1 })
    const chosen = (candidates: Candidates) => {
      const odds = fresh.map(oddsIn(candidates, columns))
      const taken = chosenCandidates(odds, Float64Array.from(uniform))
      return errorsOf(
        columns.map((_, d) =>
          chosenNumbers(
            fresh.map((cells) => cells[d]!),
            taken,
            1,
          ),
        ),
      )
    }
    const before = chosen(indifferent)
    const after = chosen(correctShares(indifferent, rows, drawsOf(10, 2000)))
    expect(Math.min(...before)).toBeGreaterThan(0.09)
    for (const [k, error] of after.entries()) expect(error).toBeLessThan(before[k]! / 2)
  })

  it('stay as they are where they are right', () => {
    const turned = Array.from({ length: 4 }, (_, k) =>
      rowsAt(
        rows,
        Array.from({ length: rows.count }, (_, i) => (i + 700 * k) % rows.count),
      ),
    )
    expect(correctShares(indifferent, rows, turned)).toEqual(indifferent)
  })

  it('are not corrected in a column that all candidates of a sample have from outside', () => {
    const draws = drawsOf(10, 2000)
    for (const draw of draws.slice(1)) draw.columns[0]!.cells.set(draws[0]!.columns[0]!.cells)
    const features = candidateTrees(correctShares(indifferent, rows, draws)).map(({ feature }) => feature[0])
    expect(features).toEqual([-1, 1])
  })
})
