import { pointsFromRows } from '../core/points.ts'
import type { ModelFile } from '../onnx/read.ts'
import { sessionPredictor } from './predictor.ts'
import { type Session, tensorOf } from './session.ts'

interface Bounds {
  readonly absolute: number
  readonly relative: number
}

/** Bounds against the float64 reference, of a network call and of a whole reverse process. */
interface Tolerances {
  readonly call: Bounds
  readonly sample: Bounds
}

const float32: Tolerances = {
  call: { absolute: 1e-5, relative: 1e-4 },
  sample: { absolute: 1e-4, relative: 1e-4 },
}

/** TF32 keeps ten bits of a product's factors: what it is allowed is what it does (docs/compare.md). */
const tensorFloat32: Tolerances = {
  call: { absolute: 2e-2, relative: 1e-2 },
  sample: { absolute: 2e-1, relative: 1e-2 },
}

export interface SelfTestResult {
  readonly pass: boolean
  /** The largest absolute difference; NaN if an output is NaN. */
  readonly worst: number
}

/** Runs the card's golden vectors on a session, to float32's accuracy, or TF32's where the session has that. */
export async function selfTest({ card, isSampler }: ModelFile, session: Session): Promise<SelfTestResult> {
  const tolerances = session.tf32 ? tensorFloat32 : float32
  if (isSampler && card.goldenSample) {
    const { x_T, noise, x_0 } = card.goldenSample
    const points = pointsFromRows(x_T)
    const rows = Float32Array.from(noise.flat(2))
    const dims = [noise.length, points.count, points.dim]
    const feeds = { x_T: tensorOf(points), ...(noise.length > 0 ? { noise: { data: rows, dims } } : {}) }
    const outputs = await session.run(feeds, ['x_0'])
    return compare(outputs.x_0!, x_0.flat(), tolerances.sample)
  }
  const x_t = pointsFromRows(card.golden.map((call) => call.x_t))
  const predictor = sessionPredictor(session, card.predictionType)
  const output = await predictor.predict(
    x_t,
    card.golden.map((call) => call.t),
  )
  return compare(
    output.data,
    card.golden.flatMap((call) => call.output),
    tolerances.call,
  )
}

function compare(
  actual: Float32Array,
  expected: readonly number[],
  { absolute, relative }: Bounds,
): SelfTestResult {
  // float32 rounds to the size of what is added up: an output near 0 of terms near 1e6 is off by 0.1
  const size = Math.max(1, ...expected.map(Math.abs))
  let worst = actual.length === expected.length ? 0 : Number.NaN
  let pass = actual.length === expected.length
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs(actual[i]! - value)
    if (!(difference <= worst)) worst = difference
    if (!(difference <= absolute * size + relative * Math.abs(value))) pass = false
  }
  return { pass, worst }
}
