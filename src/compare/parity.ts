import type { FloatArray } from '../numerics/points.ts'

/** Differences of tensors from expected values, and their tolerances. */

/** An element passes where |actual - expected| <= atol + rtol |expected|. */
export interface Tolerance {
  readonly atol: number
  readonly rtol: number
}

/** A tensor with its expected values. */
export interface TensorPair {
  /** undefined if the tensor is missing. */
  readonly actual: ArrayLike<number> | undefined
  readonly expected: ArrayLike<number>
  /** Multiplies atol: the size of the summed terms. Default: 1. */
  readonly scale?: number | undefined
}

/** Numbers that are not finite, with the first position. */
export interface PlacedCount {
  readonly actual: number
  readonly expected: number
}

export interface WorstElement {
  /** Its pair, and its index there. */
  readonly pair: number
  readonly index: number
  readonly actual: number
  readonly expected: number
}

/** Differences of tensors from expected values, defined in docs/compare.md. */
export interface Parity {
  readonly pass: boolean
  /** Number of elements compared, of all pairs with equal lengths. */
  readonly count: number
  /** Pairs without an actual tensor. */
  readonly missing: number
  /** Pairs whose lengths differ. */
  readonly misshapen: number
  readonly nan: PlacedCount
  readonly inf: PlacedCount
  /** Maximum |actual - expected|; Infinity if either is not finite, or a tensor is missing or misshapen. */
  readonly maxAbs: number
  readonly meanAbs: number
  /** 99 % quantile of |actual - expected| over the elements compared. */
  readonly p99Abs: number
  /** Maximum |actual - expected| / |expected| over elements with a nonzero expected value. */
  readonly maxRel: number
  readonly meanRel: number
  readonly p99Rel: number
  /** The element that uses most of its tolerance; null if nothing differs. */
  readonly worst: WorstElement | null
  /** The smallest tolerances that would pass; Infinity if none would. */
  readonly smallest: {
    /** At the given rtol. */
    readonly atol: number
    /** Factor on both: the share of the tolerance used, at most 1 if the tensors pass. */
    readonly factor: number
  }
}

/**
 * Compares several tensors as one. They pass if each element does. A missing tensor, another length, a number that is
 * not finite on either side, or an atol or rtol of NaN always fails.
 */
export function comparePairs(pairs: readonly TensorPair[], { atol, rtol }: Tolerance): Parity {
  const fits = ({ actual, expected }: TensorPair) => actual?.length === expected.length
  const count = pairs.reduce((sum, pair) => sum + (fits(pair) ? pair.expected.length : 0), 0)
  const missing = pairs.filter(({ actual }) => actual === undefined).length
  const misshapen = pairs.filter((pair) => !fits(pair)).length - missing
  const isComplete = missing === 0 && misshapen === 0
  const [nan, inf] = [
    { actual: 0, expected: 0 },
    { actual: 0, expected: 0 },
  ]
  const [abs, rel] = [new Float64Array(count), new Float64Array(count)]
  let [done, nonZero] = [0, 0]
  let pass = isComplete
  let worst: (WorstElement & { factor: number; difference: number }) | null = null
  let [largestFactor, largestAtol] = [0, 0]
  for (const [p, { actual, expected, scale = 1 }] of pairs.entries()) {
    if (actual?.length !== expected.length) continue
    for (let i = 0; i < expected.length; i++) {
      const [a, e] = [actual[i]!, expected[i]!]
      if (!Number.isFinite(a)) (Number.isNaN(a) ? nan : inf).actual++
      if (!Number.isFinite(e)) (Number.isNaN(e) ? nan : inf).expected++
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
      if (e !== 0) rel[nonZero++] = difference < Infinity ? difference / Math.abs(e) : difference
    }
  }
  const [ofAbs, ofRel] = [statistics(abs, isComplete), statistics(rel.subarray(0, nonZero), isComplete)]
  return {
    pass,
    count,
    missing,
    misshapen,
    nan,
    inf,
    maxAbs: ofAbs.max,
    meanAbs: ofAbs.mean,
    p99Abs: ofAbs.p99,
    maxRel: ofRel.max,
    meanRel: ofRel.mean,
    p99Rel: ofRel.p99,
    worst: worst && { pair: worst.pair, index: worst.index, actual: worst.actual, expected: worst.expected },
    smallest: isComplete ? { atol: largestAtol, factor: largestFactor } : impossible,
  }
}

const impossible = { atol: Infinity, factor: Infinity } as const

/** The share of the tolerance that a difference uses. */
function share(difference: number, allowed: number): number {
  if (difference === 0 && allowed >= 0) return 0
  const factor = difference / allowed
  return difference < Infinity && factor >= 0 ? factor : Infinity
}

/** The smallest atol with difference <= scale atol + relative, allowing for rounding. */
function neededAtol(difference: number, relative: number, scale: number): number {
  if (difference <= relative && difference < Infinity) return 0
  let atol = (difference - relative) / scale
  for (let step = Number.EPSILON; atol < Infinity && !(difference <= scale * atol + relative); step *= 2)
    atol = Math.max(atol * (1 + step), Number.MIN_VALUE)
  return Number.isNaN(atol) ? Infinity : atol
}

/**
 * Statistics of numbers from 0 to infinity, which it sorts; 0 for none. The maximum is infinite if values are missing.
 */
function statistics(values: Float64Array, isComplete: boolean) {
  const sorted = values.sort()
  const n = sorted.length
  const max = isComplete ? (sorted[n - 1] ?? 0) : Infinity
  if (n === 0) return { max, mean: 0, p99: 0 }
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n
  return { max, mean, p99: sorted[Math.ceil(0.99 * n) - 1]! }
}

/**
 * Tolerances of a network call. fp32 is ten times the measured float32 error; TF32 and float16 keep ten bits of a
 * product's factors, which changes outputs by 0.01 (docs/compare.md has the numbers).
 */
export const toleranceClasses = {
  fp32: { atol: 1e-5, rtol: 1e-4 },
  tf32: { atol: 2e-2, rtol: 1e-2 },
  fp16: { atol: 3e-2, rtol: 3e-2 },
  exact: { atol: 0, rtol: 0 },
} as const satisfies Record<string, Tolerance>

export type ToleranceClass = keyof typeof toleranceClasses

export const toleranceNames = Object.keys(toleranceClasses) as ToleranceClass[]

export interface ToleranceChoice {
  readonly tolerance?: ToleranceClass | undefined
  /** Overrides the class's. */
  readonly atol?: number | undefined
  readonly rtol?: number | undefined
}

/** A provider's tolerances. */
export interface ToleranceReport {
  /** null if atol or rtol was given. */
  readonly class: ToleranceClass | null
  readonly call: Tolerance
  /** For every state of a reverse process, which accumulates the errors of earlier steps. */
  readonly process: Tolerance
}

const processFactor = 10

export function chooseBounds(
  { tolerance, atol, rtol }: ToleranceChoice,
  otherwise: ToleranceClass = 'fp32',
): ToleranceReport {
  const name = tolerance ?? otherwise
  const defaults = toleranceClasses[name]
  const call = { atol: atol ?? defaults.atol, rtol: rtol ?? defaults.rtol }
  return {
    class: atol === undefined && rtol === undefined ? name : null,
    call,
    process: { atol: processFactor * call.atol, rtol: call.rtol },
  }
}

/** Outputs of networks trained on data in [-1, 1], and their states, stay far below. */
const ordinarySize = 10

/**
 * Factor on atol for values of this size, because float32 rounds relative to the summed terms: 1 for trained models;
 * the root mean square if above 10, as in states of untrained ones.
 */
export function scaleOf(rootMeanSquare: number): number {
  return rootMeanSquare > ordinarySize ? rootMeanSquare : 1
}

/** Ten times the float32 rounding error of a process's states. */
export const smallDifference = 1e-6

/** Most processes change by less than this from such a difference: a tenth of the atol of `fp32`. */
const ordinaryDrift = 1e-5

/** Maximum factor on atol for processes that amplify small differences. */
const maxDriftScale = 100

/**
 * Factor on atol by how far a small difference moves states: 1 for most. When a table's sample is undecided between two
 * names, even tiny differences grow from step to step.
 */
export function scaleOfDrift(drift: number): number {
  return Math.max(1, Math.min(drift / ordinaryDrift, maxDriftScale))
}

export function rootMeanSquare(data: FloatArray): number {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]! * data[i]!
  return data.length === 0 ? 0 : Math.sqrt(sum / data.length)
}

/** A tensor with the scale of its expected values; undefined if missing. */
export function pairOf(actual: ArrayLike<number> | undefined, expected: Float32Array): TensorPair {
  return { actual, expected, scale: scaleOf(rootMeanSquare(expected)) }
}
