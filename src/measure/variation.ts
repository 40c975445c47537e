import { areFew } from './shown-values.ts'
import { countsOf } from './statistics.ts'

/** How far two sets of values are apart, from 0 to 1, and where most. */
export interface Difference {
  readonly distance: number
  readonly at: number
}

/** A column's cells in parts, of the reference and of the table it is compared with: the category, or the part containing a number. */
export interface CutRows {
  readonly a: Int32Array
  readonly b: Int32Array
  readonly count: number
}

/** Half the sum of the absolute differences of shares; on a tie, `at` is a value that `b` has less of. Of values that may not be shown it is -1. */
export function totalVariation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  mayBeShown?: (value: number) => boolean,
): Difference {
  const differences = new Map<number, number>()
  const add = (values: ArrayLike<number>, weight: number) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      differences.set(value, (differences.get(value) ?? 0) + weight)
    }
  }
  // in integers, so that the order of rows makes no difference
  add(a, b.length)
  add(b, -a.length)
  const scale = a.length * b.length
  let [sum, at, largest] = [0, mayBeShown ? -1 : (a[0] ?? 0), 0]
  for (const [value, difference] of differences) {
    sum += Math.abs(difference)
    if (mayBeShown && !mayBeShown(value)) continue
    if (Math.abs(difference) > Math.abs(largest) || (difference > 0 && difference === -largest))
      [at, largest] = [value, difference]
  }
  return { distance: sum / (2 * scale), at }
}

/** Up to so many combinations of two columns' parts are counted in an array. */
const maxCombinations = 2 ** 18

/** The total variation of the combinations of two columns' parts, and the share of the one at `at` on either side; -1 if none may be shown. */
export function jointVariation(
  x: CutRows,
  y: CutRows,
): Difference & { readonly shares: readonly [number, number] } {
  const combinations = x.count * y.count
  const key = (p: Int32Array, q: Int32Array) => p.map((part, i) => part * y.count + q[i]!)
  if (combinations > maxCombinations) {
    const both = (p: Int32Array, q: Int32Array) => Float64Array.from(p, (part, i) => part * y.count + q[i]!)
    const [a, b] = [both(x.a, y.a), both(x.b, y.b)]
    const inA = countsOf(a)
    const { distance, at } = totalVariation(a, b, (value) => !areFew(inA.get(value) ?? 0))
    const shareOf = (cells: Float64Array) => cells.filter((cell) => cell === at).length / cells.length
    return { distance, at, shares: [shareOf(a), shareOf(b)] }
  }
  const [a, b] = [key(x.a, y.a), key(x.b, y.b)]
  const counts = new Int32Array(2 * combinations)
  for (let i = 0; i < a.length; i++) counts[2 * a[i]!]!++
  for (let i = 0; i < b.length; i++) counts[2 * b[i]! + 1]!++
  let [sum, at, largest, ofA, ofB] = [0, -1, 0, 0, 0]
  // in the order of first occurrence, which decides between equals
  for (const cells of [a, b])
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!
      const [inA, inB] = [counts[2 * cell]!, counts[2 * cell + 1]!]
      if (inA === 0 && inB === 0) continue
      counts[2 * cell] = counts[2 * cell + 1] = 0
      const difference = inA * b.length - inB * a.length
      sum += Math.abs(difference)
      if (areFew(inA)) continue
      if (at < 0 || Math.abs(difference) > Math.abs(largest) || (difference > 0 && difference === -largest))
        [at, largest, ofA, ofB] = [cell, difference, inA, inB]
    }
  return {
    distance: sum / (2 * a.length * b.length),
    at,
    shares: [ofA / a.length, ofB / b.length],
  }
}
