import { forEach, type Work } from '../../core/work.ts'
import { median } from '../statistics.ts'
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

/**
 * Energy distance, 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely and Rizzo 2013), and squared MMD,
 * E k(X, X') + E k(Y, Y') - 2 E k(X, Y) (Gretton et al. 2012, equation 3), of `n` real points and `m` samples:
 * unbiased, with the means over pairs of different points, and the energy also as a V-statistic, with the pairs
 * of a point with itself.
 */
export function distancesOfSums(sums: ReturnType<typeof emptySums>, n: number, m: number) {
  const { real, samples, across } = sums
  const unbiased = (f: number) =>
    (2 * real[f]!) / (n * (n - 1)) + (2 * samples[f]!) / (m * (m - 1)) - (2 * across[f]!) / (n * m)
  return {
    energy: -unbiased(0),
    energyV: (2 * across[0]!) / (n * m) - (2 * real[0]!) / (n * n) - (2 * samples[0]!) / (m * m),
    mmd2: Object.fromEntries(bandwidths.map((h, b) => [String(h), unbiased(1 + b)])),
  }
}

/** Combines each distance of several evaluations. */
export function combineDistances(all: readonly Distances[], combine: (values: number[]) => number) {
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

/** Each distance divided by the median of its absolute values over the halvings: real against real is around 0. */
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

export const neighbours = 5

/** Sums over pairs of real rows (i < j), of samples (i < j) and of one each: the distance, then each kernel. */
export function emptySums() {
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
export async function pairwiseDistances(real: Columns, samples: Columns, work: Work = {}) {
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

/** Bandwidths h of the kernels exp(-d^2 / 2 h^2), in scaled space, where a column's range is 2; see `fillKernels`. */
export const bandwidths = [0.1, 0.2, 0.5] as const

/** Values summed over pairs: the distance, then a kernel for each bandwidth. */
export const kernelCount = 1 + bandwidths.length

/** Beyond these squared distances the kernels of 0.1 and 0.2 are below 1e-75, and that of 0.5 is below 1e-18. */
const [nearEnd, end] = [14, 20.8] as const

/** e^-x at steps of 1/64, with a Taylor series for the rest: about a third of Math.exp's time. */
const stepsPerUnit = 64
const exponentials = Float64Array.from({ length: (nearEnd / 2) * stepsPerUnit + 1 }, (_, k) =>
  Math.exp(-k / stepsPerUnit),
)

/** Rows of kernels at a time, so that they stay in the L1 cache while they are added up. */
export const blockSize = 512

export function emptyBlock(): Float64Array {
  return new Float64Array(kernelCount * blockSize)
}

/** Writes distances and kernels into `out`: powers of exp(-d^2 / 2), because 1 / 2 h^2 is 50, 12.5 and 2. */
export function fillKernels(squares: Float64Array, start: number, count: number, out: Float64Array): void {
  for (let j = 0, k = 0; j < count; j++, k += kernelCount) {
    const square = squares[start + j]!
    out[k] = Math.sqrt(square)
    if (square > nearEnd) {
      out[k + 1] = 0
      out[k + 2] = 0
      out[k + 3] = square > end ? 0 : Math.exp(-2 * square)
      continue
    }
    const step = (0.5 * stepsPerUnit * square) | 0
    const r = 0.5 * square - step / stepsPerUnit
    const rest = 1 - r * (1 - r * (1 / 2 - r * (1 / 6 - r * (1 / 24 - r * (1 / 120 - r / 720)))))
    const e1 = exponentials[step]! * rest
    const e2 = e1 * e1
    const e4 = e2 * e2
    const e8 = e4 * e4
    const e25 = e8 * e8 * e8 * e1
    const e50 = e25 * e25
    out[k + 1] = e50 * e50
    out[k + 2] = e25
    out[k + 3] = e4
  }
}

/** Adds the distance and the kernels of each of the first `count` squared distances to `sums`. */
export function addKernels(squares: Float64Array, count: number, block: Float64Array, sums: Float64Array) {
  for (let start = 0; start < count; start += blockSize) {
    const size = Math.min(blockSize, count - start)
    fillKernels(squares, start, size, block)
    addRows(block, size, sums)
  }
}

/** Adds the first `count` rows of `kernels` to `sums`. */
export function addRows(kernels: Float64Array, count: number, sums: Float64Array): void {
  let distance = 0
  let first = 0
  let second = 0
  let third = 0
  for (let k = 0; k < kernelCount * count; k += kernelCount) {
    distance += kernels[k]!
    first += kernels[k + 1]!
    second += kernels[k + 2]!
    third += kernels[k + 3]!
  }
  add(sums, distance, first, second, third)
}

/** Adds the rows of a block that belong to rows[from] to rows[to - 1]; the block begins with row `start`. */
export function addSomeRows(
  kernels: Float64Array,
  start: number,
  rows: Int32Array,
  from: number,
  to: number,
  sums: Float64Array,
): void {
  let distance = 0
  let first = 0
  let second = 0
  let third = 0
  for (let r = from; r < to; r++) {
    const k = kernelCount * (rows[r]! - start)
    distance += kernels[k]!
    first += kernels[k + 1]!
    second += kernels[k + 2]!
    third += kernels[k + 3]!
  }
  add(sums, distance, first, second, third)
}

function add(sums: Float64Array, distance: number, first: number, second: number, third: number): void {
  sums[0]! += distance
  sums[1]! += first
  sums[2]! += second
  sums[3]! += third
}
