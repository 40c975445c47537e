import type { FloatArray } from '../core/points.ts'

/** How far tensors are from what they should be, and how far they may be. */

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
  const [nan, inf] = [
    { actual: 0, expected: 0 },
    { actual: 0, expected: 0 },
  ]
  const [abs, rel] = [new Float64Array(count), new Float64Array(count)]
  let [done, nonZero] = [0, 0]
  let pass = whole
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
  const [ofAbs, ofRel] = [statistics(abs, whole), statistics(rel.subarray(0, nonZero), whole)]
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

/** Of numbers from 0 to infinity, which it sorts; of none 0. The largest of what is not whole is infinite. */
function statistics(values: Float64Array, whole: boolean) {
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

/**
 * What one network call may differ by. fp32 is ten times what float32 does to the networks measured; TF32 and
 * float16 keep ten bits of a product's factors, which moves their outputs by 0.01 (docs/compare.md has the numbers).
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
  /** In place of the class's. */
  readonly atol?: number | undefined
  readonly rtol?: number | undefined
}

/** What a provider may differ by. */
export interface ToleranceReport {
  /** null where atol or rtol was given. */
  readonly class: ToleranceClass | null
  readonly call: Tolerance
  /** Of every state of a reverse process: a step passes on the errors of those before it. */
  readonly process: Tolerance
}

const processFactor = 10

/** The bounds that a caller chose. */
export function chooseBounds(
  { tolerance, atol, rtol }: ToleranceChoice,
  otherwise: ToleranceClass = 'fp32',
): ToleranceReport {
  const name = tolerance ?? otherwise
  const own = toleranceClasses[name]
  const call = { atol: atol ?? own.atol, rtol: rtol ?? own.rtol }
  return {
    class: atol === undefined && rtol === undefined ? name : null,
    call,
    process: { atol: processFactor * call.atol, rtol: call.rtol },
  }
}

/** Networks trained on data in [-1, 1], and the states of their processes, stay far below. */
const ordinarySize = 10

/**
 * How many times atol counts for values of that size: float32 rounds to the size of what is added up. 1 for what
 * a trained model gives; the root mean square where it is above 10, as an untrained one's states may be.
 */
export function scaleOf(rootMeanSquare: number): number {
  return rootMeanSquare > ordinarySize ? rootMeanSquare : 1
}

/** Ten times what float32 rounds the states of a process by. */
export const smallDifference = 1e-6

/** Calls of states that are off by so much move those of most processes by less: a tenth of the atol of `fp32`. */
const ordinaryDrift = 1e-5

/** However much a process makes of a small difference, atol counts no more often. */
const maxDriftScale = 100

/**
 * How many times atol counts for states that a small difference moves so far: 1 for most. Where a table's sample
 * is about to become one name or another, the smallest difference grows from step to step.
 */
export function scaleOfDrift(drift: number): number {
  return Math.max(1, Math.min(drift / ordinaryDrift, maxDriftScale))
}

export function rootMeanSquare(data: FloatArray): number {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]! * data[i]!
  return data.length === 0 ? 0 : Math.sqrt(sum / data.length)
}

/** A tensor with the scale of what it should be; nothing where it is missing. */
export function pairOf(actual: ArrayLike<number> | undefined, expected: Float32Array): TensorPair {
  return { actual, expected, scale: scaleOf(rootMeanSquare(expected)) }
}
