/** An element passes where |actual - expected| <= atol + rtol |expected|. */
export interface Tolerance {
  readonly atol: number
  readonly rtol: number
}

/** A tensor beside what it should be, element by element. */
export interface TensorPair {
  /** Nothing where the tensor is missing. */
  readonly actual: ArrayLike<number> | undefined
  readonly expected: ArrayLike<number>
  /** The size of what was added up to make it: atol counts so many times. 1 by default. */
  readonly scale?: number | undefined
}

/** Numbers that are not finite, by where they stand. */
export interface PlacedCount {
  readonly actual: number
  readonly expected: number
}

export interface WorstElement {
  /** The pair that it belongs to, and its place there. */
  readonly pair: number
  readonly index: number
  readonly actual: number
  readonly expected: number
}

/** How far tensors are from what they should be. docs/compare.md has the definitions. */
export interface Parity {
  readonly pass: boolean
  /** Elements compared: those of every pair whose lengths agree. */
  readonly count: number
  /** Pairs without an actual tensor. */
  readonly missing: number
  /** Pairs whose lengths differ. */
  readonly misshapen: number
  readonly nan: PlacedCount
  readonly inf: PlacedCount
  /** |actual - expected|; Infinity where either is not finite, or where a tensor is missing or misshapen. */
  readonly maxAbs: number
  readonly meanAbs: number
  /** Of the elements compared, as the mean: 99 of 100 are at most so far off. */
  readonly p99Abs: number
  /** |actual - expected| / |expected|, of the elements whose expected value is not 0. */
  readonly maxRel: number
  readonly meanRel: number
  readonly p99Rel: number
  /** The element that takes most of its tolerance; null where nothing differs at all. */
  readonly worst: WorstElement | null
  /** The smallest tolerances that would pass; Infinity where none would. */
  readonly smallest: {
    /** At the given rtol. */
    readonly atol: number
    /** On both, the share of the tolerance that is used: at most 1 where the tensors pass. */
    readonly factor: number
  }
}

/** One tensor against what it should be; undefined is a tensor that is missing. */
export function compareTensors(
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): Parity {
  return comparePairs([{ actual, expected }], tolerance)
}

/**
 * Several tensors as if they were one. They pass where each element does. A missing tensor, another length, or a
 * number that is not finite on either side fails whatever the tolerance, and so does an atol or rtol that is NaN.
 */
export function comparePairs(pairs: readonly TensorPair[], { atol, rtol }: Tolerance): Parity {
  const fits = ({ actual, expected }: TensorPair) => actual?.length === expected.length
  const count = pairs.reduce((sum, pair) => sum + (fits(pair) ? pair.expected.length : 0), 0)
  const missing = pairs.filter(({ actual }) => actual === undefined).length
  const misshapen = pairs.filter((pair) => !fits(pair)).length - missing
  const whole = missing === 0 && misshapen === 0
  const [nan, inf] = [new PlaceCounter(Number.isNaN), new PlaceCounter(isInfinite)]
  const [abs, rel] = [new Float64Array(count), new Float64Array(count)]
  let [done, nonZero] = [0, 0]
  let pass = whole
  let worst: (WorstElement & { factor: number; difference: number }) | null = null
  let [largestFactor, largestAtol] = [0, 0]
  for (const [p, { actual, expected, scale = 1 }] of pairs.entries()) {
    if (actual?.length !== expected.length) continue
    for (let i = 0; i < expected.length; i++) {
      const [a, e] = [actual[i]!, expected[i]!]
      nan.add(a, e)
      inf.add(a, e)
      const difference = Number.isFinite(a) && Number.isFinite(e) ? Math.abs(a - e) : Infinity
      const relative = rtol * Math.abs(e)
      const allowed = scale * atol + relative
      // an infinite difference meets no tolerance, not even an infinite one
      if (!(difference <= allowed && difference < Infinity)) pass = false
      const factor = share(difference, allowed)
      largestFactor = Math.max(largestFactor, factor)
      largestAtol = Math.max(largestAtol, neededAtol(difference, relative, scale))
      const beats =
        !worst || factor > worst.factor || (factor === worst.factor && difference > worst.difference)
      if (difference > 0 && beats) worst = { pair: p, index: i, actual: a, expected: e, factor, difference }
      abs[done++] = difference
      if (e !== 0)
        rel[nonZero++] = difference < Number.POSITIVE_INFINITY ? difference / Math.abs(e) : difference
    }
  }
  return {
    pass,
    count,
    missing,
    misshapen,
    nan: nan.counts(),
    inf: inf.counts(),
    ...named('Abs', statistics(abs, whole)),
    ...named('Rel', statistics(rel.subarray(0, nonZero), whole)),
    worst: worst && { pair: worst.pair, index: worst.index, actual: worst.actual, expected: worst.expected },
    smallest: whole ? { atol: largestAtol, factor: largestFactor } : { atol: Infinity, factor: Infinity },
  }
}

/** The share of what is allowed that a difference takes. */
function share(difference: number, allowed: number): number {
  if (difference === 0 && allowed >= 0) return 0
  const factor = difference / allowed
  return difference < Infinity && factor >= 0 ? factor : Infinity
}

/** The least atol with difference <= scale atol + relative, rounding included. */
function neededAtol(difference: number, relative: number, scale: number): number {
  if (difference <= relative && difference < Infinity) return 0
  let atol = (difference - relative) / scale
  for (let step = Number.EPSILON; atol < Infinity && !(difference <= scale * atol + relative); step *= 2)
    atol = Math.max(atol * (1 + step), Number.MIN_VALUE)
  return Number.isNaN(atol) ? Infinity : atol
}

class PlaceCounter {
  readonly #is: (x: number) => boolean
  #actual = 0
  #expected = 0

  constructor(is: (x: number) => boolean) {
    this.#is = is
  }

  add(actual: number, expected: number): void {
    if (this.#is(actual)) this.#actual++
    if (this.#is(expected)) this.#expected++
  }

  counts(): PlacedCount {
    return { actual: this.#actual, expected: this.#expected }
  }
}

function isInfinite(x: number): boolean {
  return x === Infinity || x === -Infinity
}

interface Statistics {
  readonly max: number
  readonly mean: number
  readonly p99: number
}

/** Of numbers from 0 to infinity, which it sorts; of none 0. The largest of what is not whole is infinite. */
function statistics(values: Float64Array, whole: boolean): Statistics {
  const sorted = values.sort()
  const n = sorted.length
  const max = whole ? (sorted[n - 1] ?? 0) : Infinity
  if (n === 0) return { max, mean: 0, p99: 0 }
  return {
    max,
    mean: sorted.reduce((sum, value) => sum + value, 0) / n,
    p99: sorted[Math.ceil(0.99 * n) - 1]!,
  }
}

function named<K extends string>(kind: K, { max, mean, p99 }: Statistics) {
  return { [`max${kind}`]: max, [`mean${kind}`]: mean, [`p99${kind}`]: p99 } as {
    readonly [P in `max${K}` | `mean${K}` | `p99${K}`]: number
  }
}
