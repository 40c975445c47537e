import { describe, expect, it } from 'vitest'
import { halvingDistances } from '../../src/measure/distances/pairwise-halvings.ts'
import { directions, halvingSlicedWasserstein2 } from '../../src/measure/distances/sliced-wasserstein.ts'
import {
  chooseRows,
  draws,
  halfSizes,
  halvingCount,
  halvings,
  parts,
  randomRows,
  toColumns,
} from '../../src/measure/distances/subsets.ts'
import { maxAbsDifference, type Points } from '../../src/numerics/points.ts'
import {
  cloud,
  listed,
  pairwiseByDefinition,
  pointsOf,
  rowsOf,
  rowsOfPoints,
  slicedByDefinition,
} from './oracle.ts'

/** Points at a few places alone: more of them on a ball's rim than a point's list of neighbours holds. */
const coarse = (count: number) =>
  pointsOf(Array.from({ length: count }, (_, i) => [i % 2, i % 20 === 0 ? 1 : 0]))

describe.each<[string, Points<Float64Array>, number]>([
  ['an even number of points', cloud(60, 2, 1), 100],
  ['an odd number of points', cloud(61, 3, 2), 100],
  ['few samples, so that most of a half is left over', cloud(90, 2, 3), 12],
  ['more samples, so that less of a half is left over', cloud(80, 1, 4), 25],
  ['more points than a block of kernels', cloud(1040, 2, 5), 520],
  ['more columns', cloud(70, 10, 6), 70],
  ['points with many ties', coarse(190), 60],
  ['the least number of points', cloud(12, 2, 7), 12],
])('the distances between halves of %s', (_, points, samples) => {
  const rows = rowsOfPoints(points)
  const some = halvings(points.count, samples).slice(0, points.count > 1000 ? 2 : 20)
  const halves = some.map((halving) =>
    [parts.real, parts.samples].map((part) => [...rowsOf(halving, part)].map((i) => rows[i]!)),
  ) as [number[][], number[][]][]

  it('follow their definitions, to 1e-9', async () => {
    const figures = await halvingDistances(toColumns(points, 'data'), some)
    const expected = halves.map(([real, others]) => listed(pairwiseByDefinition(real, others)))
    expect(maxAbsDifference(figures.flatMap(listed), expected.flat())).toBeLessThanOrEqual(1e-9)
  })

  it('include the sliced distance, to 1e-9', async () => {
    const distances = await halvingSlicedWasserstein2(toColumns(points, 'data'), some.slice(0, 3))
    const expected = halves
      .slice(0, 3)
      .map(([real, others]) => slicedByDefinition(real, others, directions(points.dim)))
    expect(maxAbsDifference(distances, expected)).toBeLessThanOrEqual(1e-9)
  })
})

describe('halvings', () => {
  it.each([
    [100, 1000, 50, 50],
    [101, 1000, 50, 50],
    [100, 20, 50, 20],
    [12, 12, 6, 6],
  ])('of %d points for %d samples have parts of %d and %d', (count, samples, real, others) => {
    expect(halfSizes(count, samples)).toEqual([real, others])
    const all = halvings(count, samples)
    expect(all).toHaveLength(halvingCount)
    for (const halving of all) {
      expect(halving).toHaveLength(count)
      expect(rowsOf(halving, parts.real)).toHaveLength(real)
      expect(rowsOf(halving, parts.samples)).toHaveLength(others)
    }
  })

  it('are all different, and the same in every call', () => {
    const all = halvings(50, 50)
    expect(new Set(all.map(String)).size).toBe(halvingCount)
    expect(halvings(50, 50)).toEqual(all)
  })

  it('put each row into each half about equally often', () => {
    const all = Array.from({ length: halvingCount }, (_, draw) => randomRows(400, 200, draw))
    const counts = new Array<number>(400).fill(0)
    for (const rows of all) for (const row of rows) counts[row]!++
    // of 20 fair draws
    for (const count of counts) expect(Math.abs(count - 10)).toBeLessThan(5 * Math.sqrt(5))
  })
})

describe('randomRows', () => {
  it('gives every row once in another order', () => {
    const rows = [...randomRows(1000, 1000, draws.data)]
    expect(rows).not.toEqual(rows.toSorted((a, b) => a - b))
    expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })

  it('gives fewer rows as the beginning of more', () => {
    expect(randomRows(1000, 30, 5)).toEqual(randomRows(1000, 90, 5).slice(0, 30))
  })
})

describe('chooseRows', () => {
  const columns = (count: number, seed: number) => toColumns(cloud(count, 2, seed), 'points')

  it('takes all rows in their order if there are no more than the limit', () => {
    const [data, samples] = [columns(100, 1), columns(80, 2)]
    expect(chooseRows(data, samples, 100)).toEqual({ data, samples, pool: data })
  })

  it('takes random rows if there are more, and twice as many to halve', () => {
    const [data, samples] = [columns(500, 1), columns(300, 2)]
    const chosen = chooseRows(data, samples, 100)
    expect([chosen.data.count, chosen.samples.count, chosen.pool.count]).toEqual([100, 100, 200])
    expect(chosen.pool.columns[0]!.subarray(0, 100)).toEqual(chosen.data.columns[0])
    for (const x of chosen.pool.columns[0]!) expect(data.columns[0]).toContain(x)
    expect(chooseRows(columns(150, 1), samples, 100).pool.count).toBe(150)
  })
})
