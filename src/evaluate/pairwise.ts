import { type Columns, squaredDistances } from './columns.ts'
import { figuresOfSums, type PairSums, type PairwiseFigures } from './figures.ts'
import { addKernels, emptyBlock, kernelCount } from './kernels.ts'
import { NearestRows } from './neighbours.ts'
import { forEach, type Work } from './work.ts'

/** Neighbours that make a real point's ball. */
export const neighbours = 5

export function emptySums(): PairSums {
  const zeros = () => new Float64Array(kernelCount)
  return { real: zeros(), samples: zeros(), across: zeros() }
}

/**
 * Energy distance, squared MMD, density and coverage of samples against real points, in one walk over all pairs
 * that keeps a row of them. A real point's ball reaches to its fifth neighbour among the real points; density
 * counts the balls that a sample lies in, by five; coverage is the share of balls that hold a sample.
 * Naeem et al., "Reliable fidelity and diversity metrics for generative models" (2020).
 * Needs more than `neighbours` real points and two samples. Errors: the signal's reason.
 */
export async function pairwiseFigures(
  real: Columns,
  samples: Columns,
  work: Work = {},
): Promise<PairwiseFigures> {
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
    // a point is no neighbour of its own
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
  return { ...figuresOfSums(sums, n, m), density: inBalls / (neighbours * m), coverage: covered / n }
}
