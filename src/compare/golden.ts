import { pointsFromRows } from '../core/points.ts'
import { comparePairs } from '../evaluate/parity.ts'
import { type Session, type Tensor, tensorOf } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import { runChecked } from './run.ts'
import { type Bounds, rootMeanSquare, scaleOf } from './tolerance.ts'

export interface GoldenReport {
  readonly pass: boolean
  /** The largest absolute difference; Infinity where an output is missing or not finite. */
  readonly worst: number
}

/**
 * Runs the card's golden vectors on a session, as loading does, but by the bounds of the comparison: a provider
 * that is asked for no more than TF32 doesn't fail for having no more.
 */
export async function runGolden(session: Session, card: ModelCard, bounds: Bounds): Promise<GoldenReport> {
  const { feeds, output, shape, expected } = card.sampler ? goldenProcess(card) : goldenCalls(card)
  const { tensors } = await runChecked(session, feeds, { [output]: shape })
  const pair = { actual: tensors[output], expected, scale: scaleOf(rootMeanSquare(expected)) }
  const { pass, maxAbs } = comparePairs([pair], card.sampler ? bounds.process : bounds.call)
  return { pass, worst: maxAbs }
}

interface Golden {
  readonly feeds: Record<string, Tensor>
  readonly output: string
  readonly shape: readonly number[]
  readonly expected: Float32Array
}

function goldenCalls({ golden, predictionType }: ModelCard): Golden {
  const x_t = pointsFromRows(golden.map((call) => call.x_t))
  const t = Float32Array.from(golden, (call) => call.t)
  return {
    feeds: { x_t: tensorOf(x_t), t: { data: t, dims: [t.length, 1] } },
    output: predictionType,
    shape: [x_t.count, x_t.dim],
    expected: Float32Array.from(golden.flatMap(({ output }) => output)),
  }
}

function goldenProcess({ goldenSample }: ModelCard): Golden {
  const { x_T, noise, x_0 } = goldenSample!
  const points = pointsFromRows(x_T)
  const shape = [points.count, points.dim]
  const rows = { data: Float32Array.from(noise.flat(2)), dims: [noise.length, ...shape] }
  return {
    feeds: { x_T: tensorOf(points), ...(noise.length > 0 && { noise: rows }) },
    output: 'x_0',
    shape,
    expected: Float32Array.from(x_0.flat()),
  }
}
