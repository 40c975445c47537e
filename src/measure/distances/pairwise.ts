import { forEach, type Work } from '../../core/work.ts'
import { median } from '../statistics.ts'
import { addKernels, bandwidths, emptyBlock, kernelCount } from './kernels.ts'
import { type Columns, squaredDistances } from './subsets.ts'

/** Distances between a real set and samples, all in scaled space. docs/evaluate.md has the formulas. */
export interface Distances extends PairwiseDistances {
  /** Sliced Wasserstein-2 distance over all points. */
  readonly slicedWasserstein2: number
}

/** Distances over every pair of points. */
export interface PairwiseDistances {
  /** Unbiased energy distance: near 0, on either side, if the distributions are the same. */
  readonly energy: number
  /** Energy distance as a V-statistic, which is never negative. */
  readonly energyV: number
  /** Squared maximum mean discrepancy, unbiased, by bandwidth. */
  readonly mmd2: Readonly<Record<string, number>>
  readonly density: number
  readonly coverage: number
}

/** Sums over pairs of the distance and of each bandwidth's kernel. */
export interface PairSums {
  /** i < j, both real. */
  readonly real: Float64Array
  /** i < j, both samples. */
  readonly samples: Float64Array
  /** One of each. */
  readonly across: Float64Array
}

/**
 * Energy distance, 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely and Rizzo 2013), and squared MMD,
 * E k(X, X') + E k(Y, Y') - 2 E k(X, Y) (Gretton et al. 2012, equation 3), of `n` real points and `m` samples:
 * unbiased, with the means over pairs of different points, and the energy also as a V-statistic, with the pairs
 * of a point with itself.
 */
export function distancesOfSums(
  { real, samples, across }: PairSums,
  n: number,
  m: number,
): Pick<PairwiseDistances, 'energy' | 'energyV' | 'mmd2'> {
  const unbiased = (f: number) =>
    (2 * real[f]!) / (n * (n - 1)) + (2 * samples[f]!) / (m * (m - 1)) - (2 * across[f]!) / (n * m)
  return {
    energy: -unbiased(0),
    energyV: (2 * across[0]!) / (n * m) - (2 * real[0]!) / (n * n) - (2 * samples[0]!) / (m * m),
    mmd2: Object.fromEntries(bandwidths.map((h, b) => [String(h), unbiased(1 + b)])),
  }
}

/** Combines each distance of several evaluations. */
export function combineDistances(
  all: readonly Distances[],
  combine: (values: number[]) => number,
): Distances {
  const of = (distance: (distances: Distances) => number) => combine(all.map(distance))
  return {
    slicedWasserstein2: of((distances) => distances.slicedWasserstein2),
    energy: of((distances) => distances.energy),
    energyV: of((distances) => distances.energyV),
    mmd2: Object.fromEntries(
      bandwidths.map((h) => [String(h), of((distances) => distances.mmd2[String(h)]!)]),
    ),
    density: of((distances) => distances.density),
    coverage: of((distances) => distances.coverage),
  }
}

/**
 * Each distance divided by the median of its absolute values over halvings of the data: an unbiased distance of real
 * against real is around 0.
 */
export function ratiosOf(distances: Distances, nulls: readonly Distances[]): Distances {
  const sizes = combineDistances(nulls, (values) => median(values.map(Math.abs)))
  return combineDistances([distances, sizes], ([value, size]) => (value === size ? 1 : value! / size!))
}

/** The rows nearest to a point, nearest first. */
export class NearestRows {
  /** Squared. */
  readonly distances: Float64Array
  readonly rows: Int32Array
  /** Number of rows found: the capacity, or all rows if fewer. */
  size = 0

  constructor(capacity: number) {
    this.distances = new Float64Array(capacity)
    this.rows = new Int32Array(capacity)
  }

  /** Finds the nearest among the first `count` squared distances; rows at infinite distance are left out. */
  find(squares: Float64Array, count: number): void {
    const { distances, rows } = this
    const capacity = distances.length
    let size = 0
    let farthest = Number.POSITIVE_INFINITY
    for (let j = 0; j < count; j++) {
      const square = squares[j]!
      if (!(square < farthest)) continue
      let place = size < capacity ? size++ : capacity - 1
      for (; place > 0 && distances[place - 1]! > square; place--) {
        distances[place] = distances[place - 1]!
        rows[place] = rows[place - 1]!
      }
      distances[place] = square
      rows[place] = j
      if (size === capacity) farthest = distances[capacity - 1]!
    }
    this.size = size
  }
}

/** Number of neighbours in a real point's ball. */
export const neighbours = 5

export function emptySums(): PairSums {
  const zeros = () => new Float64Array(kernelCount)
  return { real: zeros(), samples: zeros(), across: zeros() }
}

/**
 * Energy distance, squared MMD, density and coverage of samples against real points, in one walk over all pairs that
 * keeps one row in memory. A real point's ball reaches to its fifth neighbour among the real points; density is the
 * number of balls that a sample lies in, divided by five; coverage is the share of balls that hold a sample. Naeem et
 * al., "Reliable fidelity and diversity metrics for generative models" (2020). Needs more than `neighbours` real points
 * and two samples. Throws the signal's reason.
 */
export async function pairwiseDistances(
  real: Columns,
  samples: Columns,
  work: Work = {},
): Promise<PairwiseDistances> {
  const [n, m] = [real.count, samples.count]
  const sums = emptySums()
  const squares = new Float64Array(Math.max(n, m))
  const block = emptyBlock()
  const nearest = new NearestRows(neighbours)
  let inBalls = 0
  let covered = 0
  const realRow = (i: number) => {
    squaredDistances(real, i, real, squares)
    addKernels(squares, i, block, sums.real)
    // a point is not its own neighbour
    squares[i] = Number.POSITIVE_INFINITY
    nearest.find(squares, n)
    const radius = nearest.distances[neighbours - 1]!
    squaredDistances(real, i, samples, squares)
    addKernels(squares, m, block, sums.across)
    let inside = 0
    for (let j = 0; j < m; j++) if (squares[j]! <= radius) inside++
    inBalls += inside
    if (inside > 0) covered++
  }
  const sampleRow = (i: number) => {
    squaredDistances(samples, i, samples, squares)
    addKernels(squares, i, block, sums.samples)
  }
  await forEach({ stage: 'pairs', unit: 'rows' }, n + m, (i) => (i < n ? realRow(i) : sampleRow(i - n)), work)
  return { ...distancesOfSums(sums, n, m), density: inBalls / (neighbours * m), coverage: covered / n }
}
