import { forEach, type Work } from '../../core/work.ts'
import { indicesWhere } from '../statistics.ts'
import {
  addRows,
  addSomeRows,
  blockSize,
  distancesOfSums,
  emptyBlock,
  emptySums,
  fillKernels,
  kernelCount,
  NearestRows,
  neighbours,
  type PairwiseDistances,
} from './pairwise.ts'
import { type Columns, type Halving, parts, squaredDistances } from './subsets.ts'

/** One halving's distances, in a walk over its rows: `startRow`, `addBlock` for the rows before it, `endRow`. */
class HalvingTally {
  readonly #halving: Halving
  readonly #rows: readonly Int32Array[]
  /** Start of each block in them. */
  readonly #starts: readonly Int32Array[]
  /** Number of rows the walk has passed. */
  readonly #passed = [0, 0, 0]
  /** Sums of a row's kernels with each part. */
  readonly #ofPart = [0, 1, 2].map(() => new Float64Array(kernelCount))
  /** The parts to add up: the real one, and the smaller of the others. The third is the remainder. */
  readonly #direct: readonly [number, number]
  readonly #sums = emptySums()
  #inBalls = 0
  #covered = 0

  constructor(halving: Halving) {
    this.#halving = halving
    this.#rows = [0, 1, 2].map((part) => indicesWhere(halving.length, (row) => halving[row] === part))
    this.#starts = this.#rows.map((rows) => blockStarts(rows, halving.length))
    const [unused, , samples] = this.#rows
    this.#direct = [parts.real, unused!.length < samples!.length ? parts.unused : parts.samples]
  }

  startRow(): void {
    for (const sums of this.#ofPart) sums.fill(0)
  }

  /** Adds the kernels of block `b`; of the last block only the rows passed so far. */
  addBlock(b: number, kernels: Float64Array): void {
    for (const part of this.#direct) {
      const from = this.#starts[part]![b]!
      const to = Math.min(this.#starts[part]![b + 1]!, this.#passed[part]!)
      addSomeRows(kernels, b * blockSize, this.#rows[part]!, from, to, this.#ofPart[part]!)
    }
  }

  /** Ends row i, given the sums of its kernels, the squared distances of all rows and the nearest rows. */
  endRow(i: number, kernelSums: Float64Array, squares: Float64Array, nearest: NearestRows): void {
    const part = this.#halving[i]!
    if (part !== parts.unused) this.#addPairs(part, kernelSums)
    this.#passed[part]!++
    if (part !== parts.real) return
    const inside = this.#inBall(nearest) ?? this.#inBallByAll(squares)
    this.#inBalls += inside
    if (inside > 0) this.#covered++
  }

  #addPairs(part: number, kernelSums: Float64Array): void {
    const { real, samples, across } = this.#sums
    const [withReal, withSamples] = part === parts.real ? [real, across] : [across, samples]
    const [unused, ofReal, ofSamples] = this.#ofPart as [Float64Array, Float64Array, Float64Array]
    const samplesAreDirect = this.#direct[1] === parts.samples
    for (let f = 0; f < kernelCount; f++) {
      withReal[f]! += ofReal[f]!
      withSamples[f]! += samplesAreDirect ? ofSamples[f]! : kernelSums[f]! - ofReal[f]! - unused[f]!
    }
  }

  /** Number of samples in a point's ball, from its nearest rows; undefined if the ball reaches beyond them. */
  #inBall({ distances, rows, size }: NearestRows): number | undefined {
    let [realCount, inside, radius] = [0, 0, Number.POSITIVE_INFINITY]
    for (let r = 0; r < size; r++) {
      if (distances[r]! > radius) return inside
      const part = this.#halving[rows[r]!]!
      if (part === parts.samples) inside++
      else if (part === parts.real && ++realCount === neighbours) radius = distances[r]!
    }
    return undefined
  }

  #inBallByAll(squares: Float64Array): number {
    const ofReal = Float64Array.from(this.#rows[parts.real]!, (j) => squares[j]!)
    const nearest = new NearestRows(neighbours)
    nearest.find(ofReal, ofReal.length)
    const radius = nearest.distances[neighbours - 1]!
    return this.#rows[parts.samples]!.reduce((inside, j) => inside + (squares[j]! <= radius ? 1 : 0), 0)
  }

  distances(): PairwiseDistances {
    const [n, m] = [this.#rows[parts.real]!.length, this.#rows[parts.samples]!.length]
    return {
      ...distancesOfSums(this.#sums, n, m),
      density: this.#inBalls / (neighbours * m),
      coverage: this.#covered / n,
    }
  }
}

function blockStarts(rows: Int32Array, count: number): Int32Array {
  const starts = new Int32Array(Math.ceil(count / blockSize) + 1)
  for (const row of rows) starts[Math.floor(row / blockSize) + 1]!++
  for (let b = 1; b < starts.length; b++) starts[b]! += starts[b - 1]!
  return starts
}

/** With 64 points split at random, fewer than 5 fall into one half once in 10^13 times. */
const listed = 64

/** The distances of all halvings in one walk: each kernel is computed once, and a ball read from its nearest rows. */
export async function halvingDistances(data: Columns, halvings: readonly Halving[], work: Work = {}) {
  const tallies = halvings.map((halving) => new HalvingTally(halving))
  const squares = new Float64Array(data.count)
  const block = emptyBlock()
  const kernelSums = new Float64Array(kernelCount)
  const nearest = new NearestRows(listed)
  const row = (i: number) => {
    squaredDistances(data, i, data, squares)
    // a point is not its own neighbour
    squares[i] = Number.POSITIVE_INFINITY
    nearest.find(squares, data.count)
    kernelSums.fill(0)
    for (const tally of tallies) tally.startRow()
    for (let b = 0; b * blockSize < i; b++) {
      const size = Math.min(blockSize, i - b * blockSize)
      fillKernels(squares, b * blockSize, size, block)
      addRows(block, size, kernelSums)
      for (const tally of tallies) tally.addBlock(b, block)
    }
    for (const tally of tallies) tally.endRow(i, kernelSums, squares, nearest)
  }
  await forEach({ stage: 'real against real', unit: 'rows' }, data.count, row, work)
  return tallies.map((tally) => tally.distances())
}
