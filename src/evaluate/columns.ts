import { InputError } from '../core/errors.ts'
import type { FloatArray, Points } from '../core/points.ts'

/** Points column by column in float64, so that the distances of one point to all others are plain loops. */
export interface Columns {
  /** `dim` columns of `count` numbers; an odd number of them is followed by one of zeros. */
  readonly columns: readonly Float64Array[]
  readonly count: number
  readonly dim: number
}

/** Squares of differences up to here, and sums of them, stay finite. */
const largest = 1e100

/** Points [count, dim] as columns. Errors: a number that is not finite, or too large to be squared. */
export function toColumns({ data, count, dim }: Points<FloatArray>, what: string): Columns {
  const columns = Array.from({ length: dim + (dim % 2) }, () => new Float64Array(count))
  for (let i = 0, k = 0; i < count; i++)
    for (let d = 0; d < dim; d++, k++) {
      const value = data[k]!
      if (!(Math.abs(value) <= largest))
        throw new InputError(
          `${what}, row ${i + 1}, column ${d + 1} is ${value} when scaled: distances need finite numbers below ${largest}`,
        )
      columns[d]![i] = value
    }
  return { columns, count, dim }
}

/** The rows `indices`, in that order. */
export function gatherColumns({ columns, dim }: Columns, indices: Int32Array): Columns {
  const gathered = columns.map((column) => Float64Array.from(indices, (i) => column[i]!))
  return { columns: gathered, count: indices.length, dim }
}

/** Writes the squared Euclidean distances of row `i` of `from` to all rows of `to` into `out`. */
export function squaredDistances(from: Columns, i: number, to: Columns, out: Float64Array): void {
  for (let d = 0; d < to.columns.length; d += 2) {
    const xs = to.columns[d]!
    const ys = to.columns[d + 1]!
    const x = from.columns[d]![i]!
    const y = from.columns[d + 1]![i]!
    for (let j = 0; j < to.count; j++) {
      const dx = x - xs[j]!
      const dy = y - ys[j]!
      const square = dx * dx + dy * dy
      out[j] = d === 0 ? square : out[j]! + square
    }
  }
}
