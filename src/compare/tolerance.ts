import type { FloatArray } from '../core/points.ts'
import type { Tolerance } from './parity.ts'

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

/** What a comparison holds a provider to. */
export interface Bounds {
  /** null where atol or rtol was given. */
  readonly name: ToleranceClass | null
  readonly call: Tolerance
  /** Of every state of a reverse process: a step passes on the errors of those before it. */
  readonly process: Tolerance
}

const processFactor = 10

/** The bounds that a caller chose. */
export function chooseBounds(
  { tolerance, atol, rtol }: ToleranceChoice,
  otherwise: ToleranceClass = 'fp32',
): Bounds {
  const name = tolerance ?? otherwise
  const own = toleranceClasses[name]
  const call = { atol: atol ?? own.atol, rtol: rtol ?? own.rtol }
  return {
    name: atol === undefined && rtol === undefined ? name : null,
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

export function rootMeanSquare(data: FloatArray): number {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]! * data[i]!
  return data.length === 0 ? 0 : Math.sqrt(sum / data.length)
}
