import { type Columns, squaredDistances } from './columns.ts'
import type { PairwiseFigures } from './figures.ts'
import { HalvingTally } from './halving-tally.ts'
import { addRows, blockSize, emptyBlock, fillKernels, kernelCount } from './kernels.ts'
import { NearestRows } from './neighbours.ts'
import type { Halving } from './subsets.ts'
import { forEach, type Work } from './work.ts'

/** Of 64 points that fall to either half by chance, fewer than 5 fall to one once in 10^13 times. */
const listed = 64

/**
 * The pairwise figures of every halving of real points, one part in the place of the samples. The halvings share
 * their pairs, so that all of them take one walk: each kernel is computed once and added up for each halving, and
 * a point's ball is read from its nearest rows. Errors: the signal's reason.
 */
export async function halvingFigures(
  data: Columns,
  halvings: readonly Halving[],
  work: Work = {},
): Promise<PairwiseFigures[]> {
  const tallies = halvings.map((halving) => new HalvingTally(halving))
  const squares = new Float64Array(data.count)
  const block = emptyBlock()
  const whole = new Float64Array(kernelCount)
  const nearest = new NearestRows(listed)
  const row = (i: number) => {
    squaredDistances(data, i, data, squares)
    // a point is no neighbour of its own
    squares[i] = Number.POSITIVE_INFINITY
    nearest.find(squares, data.count)
    whole.fill(0)
    for (const tally of tallies) tally.startRow()
    for (let b = 0; b * blockSize < i; b++) {
      const size = Math.min(blockSize, i - b * blockSize)
      fillKernels(squares, b * blockSize, size, block)
      addRows(block, size, whole)
      for (const tally of tallies) tally.addBlock(b, block)
    }
    for (const tally of tallies) tally.endRow(i, whole, squares, nearest)
  }
  await forEach({ stage: 'real against real', unit: 'rows' }, data.count, row, work)
  return tallies.map((tally) => tally.figures())
}
