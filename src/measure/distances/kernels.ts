/**
 * Bandwidths h of the Gaussian kernels exp(-d^2 / 2 h^2), in scaled space, where a column's range is 2. `fillKernels`
 * has their powers written out for speed; tests/measure/kernels.test.ts checks that it computes these kernels.
 */
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

/** A block of kernels. */
export function emptyBlock(): Float64Array {
  return new Float64Array(kernelCount * blockSize)
}

/**
 * Writes the distance and the kernels of the bandwidths for `count` squared distances from `start` on into `out`
 * [count, kernelCount]. 1 / 2 h^2 is 50, 12.5 and 2, so powers of the single exponential exp(-d^2 / 2) give all three.
 */
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
export function addKernels(
  squares: Float64Array,
  count: number,
  block: Float64Array,
  sums: Float64Array,
): void {
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
