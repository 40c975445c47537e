import { describe, expect, it } from 'vitest'
import { pairwiseDistances } from '../../src/measure/distances/pairwise.ts'
import {
  directions,
  quantileIndex,
  slicedWasserstein2,
} from '../../src/measure/distances/sliced-wasserstein.ts'
import { toColumns } from '../../src/measure/distances/subsets.ts'
import { maxAbsDifference, type Points } from '../../src/numerics/points.ts'
import { golden } from '../helpers/golden.ts'
import { expectRefused } from '../helpers/refusals.ts'
import {
  cloud,
  listed,
  pairwiseByDefinition,
  pointsOf,
  quantileByDefinition,
  rowsOfPoints,
  slicedByDefinition,
} from './oracle.ts'

interface GoldenDistances {
  a: number[][]
  b: number[][]
  energyU: number
  energyV: number
  mmd2U: Record<string, number>
  slicedWasserstein2: { projections: number[][]; quantiles: number; value: number }
  density: number
  coverage: number
}

const reference = golden<GoldenDistances>('distances.json')
const pairwise = (a: Points<Float64Array>, b: Points<Float64Array>) =>
  pairwiseDistances(toColumns(a, 'a'), toColumns(b, 'b'))
const sliced = (a: Points<Float64Array>, b: Points<Float64Array>) =>
  slicedWasserstein2(toColumns(a, 'a'), toColumns(b, 'b'))

describe('the golden distances', () => {
  const [a, b] = [pointsOf(reference.a), pointsOf(reference.b)]

  it('are those of pairs of rows, to 1e-9', async () => {
    const { energyU: energy, energyV, mmd2U: mmd2, density, coverage } = reference
    expect(Object.keys(mmd2)).toEqual(['0.1', '0.2', '0.5'])
    const expected = listed({ energy, energyV, mmd2, density, coverage })
    expect(maxAbsDifference(listed(await pairwise(a, b)), expected)).toBeLessThanOrEqual(1e-9)
  })

  it('include the sliced distance, to 1e-9', async () => {
    const difference = Math.abs((await sliced(a, b)) - reference.slicedWasserstein2.value)
    expect(difference).toBeLessThanOrEqual(1e-9)
  })

  it('have our directions, to 1e-12', () => {
    const expected = reference.slicedWasserstein2.projections
    const actual = directions(2).flatMap((direction) => [...direction])
    expect(maxAbsDifference(actual, expected.flat())).toBeLessThanOrEqual(1e-12)
  })
})

describe('the distances in any number of dimensions', () => {
  it.each([
    [1, 40, 90],
    [2, 130, 57],
    [3, 64, 64],
    [10, 30, 111],
    // more rows than a block
    [2, 600, 520],
  ])(
    'follow their definitions on whole matrices, to 1e-9: %d columns, %d real points, %d samples',
    async (dim, n, m) => {
      const [a, b] = [cloud(n, dim, 1), cloud(m, dim, 2, 0.1)]
      const [rowsA, rowsB] = [rowsOfPoints(a), rowsOfPoints(b)]
      const expected = listed(pairwiseByDefinition(rowsA, rowsB))
      expect(maxAbsDifference(listed(await pairwise(a, b)), expected)).toBeLessThanOrEqual(1e-9)
      const difference = Math.abs((await sliced(a, b)) - slicedByDefinition(rowsA, rowsB, directions(dim)))
      expect(difference).toBeLessThanOrEqual(1e-9)
    },
  )

  it('follow their definitions for far points and for points of few values, to 1e-9', async () => {
    const grid = (count: number, step: number) =>
      pointsOf(
        Array.from({ length: count }, (_, i) => [(i * step) % 4, ((i * i) % 3) + (i % 17 === 0 ? 50 : 0)]),
      )
    const [a, b] = [grid(80, 1), grid(60, 3)]
    const expected = listed(pairwiseByDefinition(rowsOfPoints(a), rowsOfPoints(b)))
    expect(maxAbsDifference(listed(await pairwise(a, b)), expected)).toBeLessThanOrEqual(1e-9)
  })
})

describe('the properties of distances', () => {
  const [a, b] = [cloud(90, 3, 3), cloud(70, 3, 4, 0.3)]
  const reversed = (points: Points<Float64Array>) => pointsOf(rowsOfPoints(points).reverse())
  const moved = ({ data, count, dim }: Points<Float64Array>, by: number) => ({
    data: data.map((x) => x + by),
    count,
    dim,
  })

  it('are symmetric for energy, MMD and the sliced distance', async () => {
    const [one, other] = [await pairwise(a, b), await pairwise(b, a)]
    const symmetric = ({ energy, energyV, mmd2 }: typeof one) => [energy, energyV, ...Object.values(mmd2)]
    expect(maxAbsDifference(symmetric(one), symmetric(other))).toBeLessThanOrEqual(1e-12)
    expect(Math.abs((await sliced(a, b)) - (await sliced(b, a)))).toBeLessThanOrEqual(1e-12)
  })

  it('do not depend on the order of rows', async () => {
    const [one, other] = [await pairwise(a, b), await pairwise(reversed(a), reversed(b))]
    expect(maxAbsDifference(listed(one), listed(other))).toBeLessThanOrEqual(1e-12)
    expect(await sliced(reversed(a), b)).toBe(await sliced(a, b))
  })

  it('between equal sets are 0 for energy (V) and the sliced distance, and 1 for coverage', async () => {
    const { energyV, energy, coverage } = await pairwise(a, reversed(a))
    expect(Math.abs(energyV)).toBeLessThanOrEqual(1e-12)
    expect(energy).toBeLessThan(0)
    expect(coverage).toBe(1)
    expect(await sliced(a, reversed(a))).toBe(0)
  })

  it('do not change if both sets move, and grow by the mean square of the projections if one moves', async () => {
    const [one, other] = [await pairwise(a, b), await pairwise(moved(a, 5), moved(b, 5))]
    expect(maxAbsDifference(listed(one), listed(other))).toBeLessThanOrEqual(1e-9)
    const projections = directions(3).map((direction) => 2 * direction.reduce((sum, x) => sum + x, 0))
    const expected = Math.sqrt(projections.reduce((sum, x) => sum + x * x, 0) / projections.length)
    expect(Math.abs((await sliced(a, moved(a, 2))) - expected)).toBeLessThanOrEqual(1e-9)
  })

  it('in one column include the Wasserstein-2 distance as the sliced distance', async () => {
    const column = cloud(2000, 1, 5)
    expect(Math.abs((await sliced(column, moved(column, 0.25))) - 0.25)).toBeLessThanOrEqual(1e-12)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e200])(
    'are refused for a coordinate of %s, with its place',
    (value) => {
      const broken = { ...a, data: a.data.map((x, k) => (k === 7 ? value : x)) }
      expectRefused(() => toColumns(broken, 'samples.csv'), `samples.csv, row 3, column 2 is ${value}`)
    },
  )
})

describe('quantileIndex', () => {
  it.each([1, 2, 12, 150, 200, 999, 1000, 1001, 2000, 3333, 10_000, 10_007, 1_000_000])(
    'inverts the distribution function of %d numbers, as exact fractions confirm',
    (n) => {
      const indices = Array.from({ length: 1000 }, (_, i) => i)
      expect(indices.filter((i) => quantileIndex(i, n) !== quantileByDefinition(i, n))).toEqual([])
    },
  )
})

describe('directions', () => {
  it.each([
    [1, 1],
    [2, 64],
    [3, 256],
    [10, 256],
    [37, 256],
  ])('of %d columns are %d different unit vectors, the same in every call', (dim, count) => {
    const all = directions(dim)
    expect(all).toHaveLength(count)
    const lengths = all.map((direction) => Math.hypot(...direction))
    expect(
      maxAbsDifference(
        lengths,
        lengths.map(() => 1),
      ),
    ).toBeLessThanOrEqual(1e-14)
    expect(directions(dim)).toEqual(all)
    expect(new Set(all.map(String)).size).toBe(count)
  })

  it('point everywhere in more than two columns', () => {
    const means = Array.from({ length: 5 }, (_, d) => directions(5).reduce((sum, x) => sum + x[d]!, 0) / 256)
    // the mean of a coordinate has the deviation 1 / sqrt(5 * 256)
    for (const mean of means) expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(5 * 256))
  })
})
