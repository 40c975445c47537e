import { forEach, type Work } from '../../core/work.ts'
import { columnDistances } from '../../numerics/kernels/distances.ts'
import { lanes, type MixedRows } from './mixed-rows.ts'

/** Nearest rows. */
export interface Neighbours {
  /** [from.count, k]: each row's distances to its k nearest rows of `to`, ascending. */
  readonly nearest: Int32Array
  /** [to.count]: the distance of each row of `to` to its nearest row of `from`. */
  readonly reverse: Int32Array
}

/** More than any distance. */
export const beyond = 2 ** 31 - 1

/**
 * The k nearest rows of `to` for each row of `from`, and the nearest row of `from` for each of `to`, in one walk over
 * all pairs. If both are the same set, a row is not its own neighbour. With fewer than k rows the rest is `beyond`.
 * Throws the signal's reason.
 */
export async function neighboursOf(
  from: MixedRows,
  to: MixedRows,
  k: number,
  work: Work = {},
): Promise<Neighbours> {
  const nearest = new Int32Array(from.count * k).fill(beyond)
  const reverse = new Int32Array(to.count).fill(beyond)
  const kernel = columnDistances(to)
  const written = new Int32Array(to.count)
  const row = (i: number) => {
    const sums = kernel?.(Int32Array.from(from.columns, (column) => column[i]!)) ?? written
    if (!kernel) distancesFrom(from, i, to, sums)
    if (from === to) sums[i] = beyond
    keepNearest(sums, nearest.subarray(i * k, (i + 1) * k), reverse)
  }
  await forEach({ stage: 'nearest rows', unit: 'rows' }, from.count, row, work)
  return { nearest, reverse }
}

/**
 * Writes the distances of row `i` of `from` to all rows of `to` into `sums`, four columns at once. The kernel is six
 * times as fast.
 */
export function distancesFrom(from: MixedRows, i: number, to: MixedRows, sums: Int32Array): void {
  const { unit, count } = to
  const base = lanes * unit
  for (let d = 0; d < to.columns.length; d += lanes) {
    const [as, bs, cs, ds] = [to.columns[d]!, to.columns[d + 1]!, to.columns[d + 2]!, to.columns[d + 3]!]
    const a = from.columns[d]![i]!
    const b = from.columns[d + 1]![i]!
    const c = from.columns[d + 2]![i]!
    const e = from.columns[d + 3]![i]!
    for (let j = 0; j < count; j++) {
      // min(|x - y|, unit) is unit + min(|x - y| - unit, 0), whose sign bits make a mask: no branch
      const p = (Math.abs((a - as[j]!) | 0) - unit) | 0
      const q = (Math.abs((b - bs[j]!) | 0) - unit) | 0
      const r = (Math.abs((c - cs[j]!) | 0) - unit) | 0
      const s = (Math.abs((e - ds[j]!) | 0) - unit) | 0
      const sum = ((p & (p >> 31)) + (q & (q >> 31)) + (r & (r >> 31)) + (s & (s >> 31)) + base) | 0
      sums[j] = d === 0 ? sum : (sums[j]! + sum) | 0
    }
  }
}

/** Keeps the smallest distances in `nearest`, ascending, and each row's smallest so far in `reverse`. */
function keepNearest(sums: Int32Array, nearest: Int32Array, reverse: Int32Array): void {
  const last = nearest.length - 1
  let farthest = nearest[last]!
  for (let j = 0; j < sums.length; j++) {
    const sum = sums[j]!
    if (sum < reverse[j]!) reverse[j] = sum
    if (sum >= farthest) continue
    let place = last
    for (; place > 0 && nearest[place - 1]! > sum; place--) nearest[place] = nearest[place - 1]!
    nearest[place] = sum
    farthest = nearest[last]!
  }
}
