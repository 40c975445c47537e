import type { Distances } from '../../src/measure/distances/pairwise.ts'
import { indicesWhere } from '../../src/measure/statistics.ts'
import type { FloatArray, Points } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'

/** The figures by their definitions in tests/golden/make_reference.py, on whole matrices, slowly. */
type Matrix = number[][]

export function rowsOfPoints({ data, count, dim }: Points<FloatArray>): Matrix {
  return Array.from({ length: count }, (_, i) => [...data.subarray(i * dim, (i + 1) * dim)])
}

export function pointsOf(rows: Matrix): Points<Float64Array> {
  return { data: Float64Array.from(rows.flat()), count: rows.length, dim: rows[0]!.length }
}

/** Correlated normals around `shift`, different ones for each seed. */
export function cloud(count: number, dim: number, seed: number, shift = 0): Points<Float64Array> {
  const z = standardNormals({ seed, stream: streams.datasets, step: 9, start: 0, count, dim })
  return { data: Float64Array.from(z, (x, k) => 0.4 * x + 0.2 * z[k - (k % dim)]! + shift), count, dim }
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
const mean = (matrix: Matrix) => sum(matrix.map(sum)) / (matrix.length * matrix[0]!.length)
const offDiagonal = (matrix: Matrix) =>
  sum(matrix.map((row, i) => sum(row.filter((_, j) => j !== i)))) / (matrix.length * (matrix.length - 1))
const distances = (a: Matrix, b: Matrix): Matrix =>
  a.map((p) => b.map((q) => Math.hypot(...p.map((x, d) => x - q[d]!))))

/** The smallest number of the sorted list with at least the share q = (2i + 1) / 2000 of them at or below it. */
export function quantileByDefinition(i: number, n: number): number {
  const q = { numerator: BigInt(2 * i + 1), denominator: 2000n }
  let [low, high] = [0, n - 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    // (middle + 1) / n >= q
    if (BigInt(middle + 1) * q.denominator >= q.numerator * BigInt(n)) high = middle
    else low = middle + 1
  }
  return low
}

export function slicedByDefinition(a: Matrix, b: Matrix, directions: readonly ArrayLike<number>[]): number {
  const project = (rows: Matrix, p: ArrayLike<number>) =>
    rows.map((row) => sum(row.map((x, d) => x * p[d]!))).sort((x, y) => x - y)
  const terms = directions.flatMap((p) => {
    const [x, y] = [project(a, p), project(b, p)]
    return Array.from(
      { length: 1000 },
      (_, i) => (x[quantileByDefinition(i, x.length)]! - y[quantileByDefinition(i, y.length)]!) ** 2,
    )
  })
  return Math.sqrt(sum(terms) / terms.length)
}

/** `a` is the real set. */
export function pairwiseByDefinition(a: Matrix, b: Matrix): Omit<Distances, 'slicedWasserstein2'> {
  const [aa, bb, ab] = [distances(a, a), distances(b, b), distances(a, b)]
  const rbf = (matrix: Matrix, h: number) =>
    matrix.map((row) => row.map((d) => Math.exp(-(d ** 2) / (2 * h * h))))
  const k = 5
  const radii = aa.map((row) => [...row].sort((x, y) => x - y)[k]!)
  const inside = ab.map((row, i) => row.filter((d) => d <= radii[i]!).length)
  return {
    energy: 2 * mean(ab) - offDiagonal(aa) - offDiagonal(bb),
    energyV: 2 * mean(ab) - mean(aa) - mean(bb),
    mmd2: Object.fromEntries(
      [0.1, 0.2, 0.5].map((h) => [
        String(h),
        offDiagonal(rbf(aa, h)) + offDiagonal(rbf(bb, h)) - 2 * mean(rbf(ab, h)),
      ]),
    ),
    density: sum(inside) / (k * b.length),
    coverage: inside.filter((count) => count > 0).length / a.length,
  }
}

/** The figures as a list, for comparisons. */
export function listed(figures: Omit<Distances, 'slicedWasserstein2'>): number[] {
  return [
    figures.energy,
    figures.energyV,
    ...['0.1', '0.2', '0.5'].map((h) => figures.mmd2[h]!),
    figures.density,
    figures.coverage,
  ]
}

/** The rows of a part of a halving. */
export function rowsOf(halving: Uint8Array, part: number) {
  return indicesWhere(halving.length, (row) => halving[row] === part)
}
