import { pause } from '../core/work.ts'
import { type Session, type Tensor, tensorOf } from '../infer/session.ts'
import type { ModelFile } from '../onnx/read.ts'
import type { Call } from './cases.ts'
import type { ExpectedCall } from './expected.ts'
import { comparePairs, type TensorPair } from './parity.ts'
import type { CallsReport } from './report.ts'
import { runChecked } from './run.ts'
import { type Bounds, rootMeanSquare, scaleOf } from './tolerance.ts'

/** Inputs of a network call. */
export function callFeeds({ x_t, t }: Call): Record<string, Tensor> {
  return { x_t: tensorOf(x_t), t: { data: Float32Array.from(t), dims: [t.length, 1] } }
}

/** Makes the calls on a session and compares its answers with the reference's. */
export async function compareCalls(
  session: Session,
  { card: { dim, predictionType } }: ModelFile,
  calls: readonly ExpectedCall[],
  { call: tolerance }: Bounds,
  signal?: AbortSignal | undefined,
): Promise<CallsReport> {
  const pairs: TensorPair[] = []
  const callsWith = new Map<string, string[]>()
  for (const call of calls) {
    const { expected } = call
    const run = await runChecked(session, callFeeds(call), { [predictionType]: [call.x_t.count, dim] })
    for (const problem of run.problems) callsWith.set(problem, [...(callsWith.get(problem) ?? []), call.name])
    pairs.push({ actual: run.tensors[predictionType], expected, scale: scaleOf(rootMeanSquare(expected)) })
    await pause(signal)
  }
  const problems = [...callsWith].map(
    ([problem, [first, ...more]]) =>
      `${first}${more.length > 0 ? ` and ${more.length} more` : ''}: ${problem}`,
  )
  const parity = comparePairs(pairs, tolerance)
  const { worst } = parity
  const at = worst && {
    call: calls[worst.pair]!.name,
    row: Math.floor(worst.index / dim),
    column: worst.index % dim,
  }
  return { ...parity, pass: parity.pass && problems.length === 0, calls: calls.length, at, problems }
}
