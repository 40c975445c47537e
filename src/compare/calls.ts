import { type Points, pointsFromRows, sliceRows } from '../core/points.ts'
import { standardNormals, streams } from '../core/random.ts'
import { pause } from '../core/work.ts'
import { comparePairs, type Parity, type TensorPair } from '../evaluate/parity.ts'
import { type Session, type Tensor, tensorOf } from '../infer/session.ts'
import { parameterCount } from '../model/network.ts'
import type { Judge } from './judge.ts'
import { seeds } from './plans.ts'
import { runChecked } from './run.ts'
import type { Subject } from './subject.ts'
import { type Bounds, rootMeanSquare, scaleOf } from './tolerance.ts'

/** A network call: x_t [batch, dim] with a timestep a row. */
export interface Call {
  /** 'golden', or 'batch 7, t = 3'. */
  readonly name: string
  readonly x_t: Points
  readonly t: readonly number[]
}

/** A call and the judge's answer, rounded to float32 once. */
export interface JudgedCall extends Call {
  readonly expected: Float32Array
}

export interface CallsReport extends Parity {
  /** Network calls made. */
  readonly calls: number
  /** Where the worst element stands. */
  readonly at: { readonly call: string; readonly row: number; readonly column: number } | null
  readonly problems: readonly string[]
}

export const batchSizes = [1, 2, 7, 1000] as const

/** Multiply-adds that the judge spends on a batch of 1000 at each timestep: beyond, one such batch has them all. */
const largeBatchBudget = 1e9

/**
 * Calls at every timestep of batches of 1, 2, 7 and 1000 standard normals, the smaller ones the first rows of the
 * largest, and one of the card's golden inputs. Where the judge would take long (large T, wide networks), one
 * batch of 1000 holds every timestep in turn.
 */
export function callsOf({ file: { card }, network }: Subject): Call[] {
  const { dim, T } = card
  const rows = batchSizes.at(-1)!
  const draw = (step: number): Points => ({
    data: standardNormals({ seed: seeds.calls, stream: streams.x_T, step, start: 0, count: rows, dim }),
    count: rows,
    dim,
  })
  const timesteps = Array.from({ length: T }, (_, i) => T - i)
  const golden: Call = {
    name: 'golden',
    x_t: pointsFromRows(card.golden.map(({ x_t }) => x_t)),
    t: card.golden.map(({ t }) => t),
  }
  const affordable = T * rows * parameterCount(network) <= largeBatchBudget
  const sizes = affordable ? batchSizes : batchSizes.slice(0, -1)
  const each = timesteps.flatMap((t) => {
    const x = draw(t)
    return sizes.map((size) => ({
      name: `batch ${size}, t = ${t}`,
      x_t: sliceRows(x, 0, size),
      t: new Array<number>(size).fill(t),
    }))
  })
  if (affordable) return [golden, ...each]
  const mixed = { name: `batch ${rows}, t = ${T}..1 in turn`, x_t: draw(0), t: inTurn(timesteps, rows) }
  return [golden, ...each, mixed]
}

function inTurn(timesteps: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => timesteps[i % timesteps.length]!)
}

/** The judge's answers. A batch that begins like the larger one after it at the same t is evaluated with it. */
export async function judgeCalls(
  calls: readonly Call[],
  judge: Judge,
  signal?: AbortSignal | undefined,
): Promise<JudgedCall[]> {
  const judged: JudgedCall[] = []
  let larger: JudgedCall | undefined
  for (const call of calls.toReversed()) {
    const within = larger && isBeginningOf(call, larger)
    const expected = within
      ? larger!.expected.subarray(0, call.x_t.data.length)
      : Float32Array.from(await judge.predict!(call.x_t, call.t))
    const one = { ...call, expected }
    if (!within) larger = one
    judged.push(one)
    await pause(signal)
  }
  return judged.reverse()
}

/** Whether a call's rows are the first of another's. */
export function isBeginningOf(call: Call, larger: Call): boolean {
  const { data } = call.x_t
  return (
    data.buffer === larger.x_t.data.buffer &&
    data.byteOffset === larger.x_t.data.byteOffset &&
    call.t.every((t, i) => t === larger.t[i])
  )
}

/** Inputs of a network call. */
export function callFeeds({ x_t, t }: Call): Record<string, Tensor> {
  return { x_t: tensorOf(x_t), t: { data: Float32Array.from(t), dims: [t.length, 1] } }
}

/** Makes the calls on a session and holds its answers against the judge's. */
export async function compareCalls(
  session: Session,
  { file: { card } }: Subject,
  calls: readonly JudgedCall[],
  bounds: Bounds,
  signal?: AbortSignal | undefined,
): Promise<CallsReport> {
  const answers: (Float32Array | undefined)[] = []
  const problems = new Map<string, string[]>()
  for (const call of calls) {
    const shape = [call.x_t.count, card.dim]
    const run = await runChecked(session, callFeeds(call), { [card.predictionType]: shape })
    for (const problem of run.problems) problems.set(problem, [...(problems.get(problem) ?? []), call.name])
    answers.push(run.tensors[card.predictionType])
    await pause(signal)
  }
  const lines = [...problems].map(
    ([problem, [first, ...more]]) =>
      `${first}${more.length > 0 ? ` and ${more.length} more` : ''}: ${problem}`,
  )
  return reportCalls(calls, answers, card.dim, bounds, lines)
}

/** Answers against the judge's. */
export function reportCalls(
  calls: readonly JudgedCall[],
  answers: readonly (ArrayLike<number> | undefined)[],
  dim: number,
  { call: tolerance }: Bounds,
  problems: readonly string[] = [],
): CallsReport {
  const pairs = calls.map(
    ({ expected }, i): TensorPair => ({
      actual: answers[i],
      expected,
      scale: scaleOf(rootMeanSquare(expected)),
    }),
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
