import { exact } from '../core/format.ts'
import { pause } from '../core/work.ts'
import { reverseProcess } from '../diffusion/process.ts'
import { reasonOf, type Session, sessionPredictor, type Tensor } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import { elementCount } from '../model/weights.ts'
import { dataUnitsOf } from '../table/encodings/decode.ts'
import { type Encoding, isScaled } from '../table/encodings/encoding.ts'
import { callFeeds, goldenCall, goldenFeeds, graphFeeds } from './cases.ts'
import type { ExpectedCall, ExpectedProcess } from './expected.ts'
import { comparePairs, type Parity, pairOf, type TensorPair, type ToleranceReport } from './parity.ts'

export interface GoldenReport {
  readonly pass: boolean
  /** The largest absolute difference; Infinity if an output is missing or not finite. */
  readonly worst: number
}

/** All network calls, as if they were one tensor. */
export interface CallsReport extends Parity {
  /** Number of network calls. */
  readonly calls: number
  /** Position of the worst element. */
  readonly at: { readonly call: string; readonly row: number; readonly column: number } | null
  readonly problems: readonly string[]
}

/** How a process was run: step by step on model.onnx, or in one run of sampler.onnx. */
export type Form = 'model.onnx' | 'sampler.onnx'

export interface ProcessReport extends Parity {
  /** 'ddpm, variance fixed_small'. */
  readonly sampler: string
  readonly timesteps: readonly number[]
  readonly samples: number
  readonly form: Form
  /** max |difference| of each state, x_T first; Infinity if missing or not finite; null if not requested. */
  readonly curve: readonly (number | null)[]
  /** The first state past tolerance: 0 is x_T, k follows the k-th step. */
  readonly firstPast: number | null
  /** Position of the worst element. */
  readonly at: { readonly state: number; readonly row: number; readonly column: number } | null
  readonly problems: readonly string[]
}

/**
 * Runs the card's golden vectors on a session, as loading does, but with the comparison's tolerances, so that a
 * provider set to TF32 doesn't fail for its precision.
 */
export async function runGolden(
  session: Session,
  card: ModelCard,
  { call, process }: ToleranceReport,
): Promise<GoldenReport> {
  const { golden, goldenSample: sample, predictionType, dim } = card
  const [feeds, output, right] =
    card.sampler && sample
      ? [goldenFeeds(sample), 'x_0', sample.x_0]
      : [callFeeds(goldenCall(card)), predictionType, golden.map((entry) => entry.output)]
  const { tensors } = await runChecked(session, feeds, { [output]: [right.length, dim] })
  const pair = pairOf(tensors[output], Float32Array.from(right.flat()))
  const { pass, maxAbs } = comparePairs([pair], card.sampler ? process : call)
  return { pass, worst: maxAbs }
}

/** Makes the calls on a session and compares its outputs with the reference's. */
export async function compareCalls(
  session: Session,
  { dim, predictionType }: ModelCard,
  calls: readonly ExpectedCall[],
  { call: tolerance }: ToleranceReport,
  signal?: AbortSignal | undefined,
): Promise<CallsReport> {
  const pairs: TensorPair[] = []
  const callsWith = new Map<string, string[]>()
  for (const call of calls) {
    const { name, expected, scale, x_t } = call
    const run = await runChecked(session, callFeeds(call), { [predictionType]: [x_t.count, dim] })
    for (const problem of run.problems) callsWith.set(problem, [...(callsWith.get(problem) ?? []), name])
    pairs.push({ actual: run.tensors[predictionType], expected, scale })
    await pause(signal)
  }
  const problems = [...callsWith].map(
    ([problem, [first, ...more]]) =>
      `${first}${more.length > 0 ? ` and ${more.length} more` : ''}: ${problem}`,
  )
  const parity = comparePairs(pairs, tolerance)
  const { worst } = parity
  const at = worst && { call: calls[worst.pair]!.name, ...placeOf(worst.index, dim) }
  return { ...parity, pass: parity.pass && problems.length === 0, calls: calls.length, at, problems }
}

/** A report, and x_0 [count, dim], if any. */
export interface ProcessRun {
  readonly report: ProcessReport
  readonly x_0: Float32Array | undefined
}

/** Runs a process step by step on a session of model.onnx. */
export async function runSteps(
  session: Session,
  { predictionType }: ModelCard,
  expected: ExpectedProcess,
  bounds: ToleranceReport,
  signal?: AbortSignal | undefined,
): Promise<ProcessRun> {
  const { process, x_T, noise, condition } = expected
  const shapes = { [predictionType]: [x_T.count, x_T.dim] }
  const checked: Session = {
    ...session,
    async run(feeds) {
      const { tensors, problems } = await runChecked(session, feeds, shapes)
      if (problems.length > 0) throw new Error(problems[0])
      return tensors
    },
  }
  const states: Float32Array[] = []
  const problems: string[] = []
  try {
    const input = { x_T, noise: (j: number) => noise[j]!, condition }
    for await (const { x } of reverseProcess(process, sessionPredictor(checked, predictionType), input)) {
      states.push(x.data)
      await pause(signal)
    }
  } catch (error) {
    signal?.throwIfAborted()
    problems.push(`step ${states.length}: ${reasonOf(error)}`)
  }
  return {
    report: reportProcess(expected, 'model.onnx', states, bounds, problems),
    x_0: states[process.timesteps.length],
  }
}

/** Runs a process in one run of a sampler.onnx that has these outputs. */
export async function runGraph(
  session: Session,
  encoding: Encoding,
  expected: ExpectedProcess,
  bounds: ToleranceReport,
): Promise<ProcessRun> {
  const { count, dim } = expected.x_T
  const steps = expected.timesteps.length
  const shapes = {
    x_0: [count, dim],
    ...(isScaled(encoding) && { samples: [count, encoding.columns.length] }),
    ...(expected.hasTrajectory && { trajectory: [steps + 1, count, dim] }),
  }
  const { tensors, problems: runProblems } = await runChecked(session, graphFeeds(expected), shapes)
  const problems = [...runProblems]
  const { x_0, samples, trajectory } = tensors
  const size = count * dim
  const states = expected.states.map((_, k) => {
    if (expected.hasTrajectory) return trajectory?.subarray(k * size, (k + 1) * size)
    return k === steps ? x_0 : null
  })
  // x_0 is a separate output beside the trajectory's last state
  const last = trajectory && states[steps]
  const isSame = (x: number, i: number) => x === last?.[i] || Object.is(x, last?.[i])
  if (last && x_0 && !(x_0.length === last.length && x_0.every(isSame)))
    problems.push("its output x_0 is not the trajectory's last state")
  if (samples) problems.push(...samplesProblems(samples, expected, encoding, bounds))
  return { report: reportProcess(expected, 'sampler.onnx', states, bounds, problems), x_0 }
}

/** Compares states with the reference's; null was not requested, undefined is missing. */
function reportProcess(
  expected: ExpectedProcess,
  form: Form,
  states: readonly (Float32Array | undefined | null)[],
  { process: tolerance }: ToleranceReport,
  problems: readonly string[],
): ProcessReport {
  const { name, timesteps, x_T, scales } = expected
  const pairs = expected.states.flatMap((right, state): (TensorPair & { state: number })[] => {
    const actual = states[state]
    return actual === null ? [] : [{ state, actual, expected: right, scale: scales[state]! }]
  })
  const parity = comparePairs(pairs, tolerance)
  const each = new Map(pairs.map((pair) => [pair.state, comparePairs([pair], tolerance)]))
  const { worst } = parity
  return {
    ...parity,
    pass: parity.pass && problems.length === 0,
    sampler: name,
    timesteps,
    samples: x_T.count,
    form,
    curve: expected.states.map((_, state) => each.get(state)?.maxAbs ?? null),
    firstPast: pairs.find(({ state }) => !each.get(state)!.pass)?.state ?? null,
    at: worst && { state: pairs[worst.pair]!.state, ...placeOf(worst.index, x_T.dim) },
    problems,
  }
}

/** Checks the output `samples`, x_0 in data units, so the tolerance is relative to a column's range. */
function samplesProblems(
  samples: Float32Array,
  { states, scales, x_T: { dim } }: ExpectedProcess,
  encoding: Encoding,
  { process: tolerance }: ToleranceReport,
): string[] {
  const { factors, shifts } = dataUnitsOf(encoding)
  const column = (data: Float32Array, d: number) => data.filter((_, k) => k % dim === d)
  const pairs = factors.map((factor, d): TensorPair => {
    const expected = column(states.at(-1)!, d).map((x) => x * factor + shifts[d]!)
    return { actual: column(samples, d), expected, scale: factor * scales.at(-1)! }
  })
  const { pass, worst } = comparePairs(pairs, tolerance)
  if (pass || !worst) return []
  const place = `row ${worst.index}, column ${worst.pair}`
  return [`its output samples has ${exact(worst.actual)} in ${place}: ${exact(worst.expected)} is right`]
}

function placeOf(index: number, dim: number): { row: number; column: number } {
  return { row: Math.floor(index / dim), column: index % dim }
}

interface Outputs {
  readonly tensors: Readonly<Record<string, Float32Array>>
  /** Problems of the outputs or of the run, a line each. */
  readonly problems: readonly string[]
  readonly failed: boolean
}

/** Runs a session; a failure is a result, not an error. `shapes` are of the requested outputs. */
export async function runChecked(
  session: Session,
  feeds: Readonly<Record<string, Tensor>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): Promise<Outputs> {
  let results: Readonly<Record<string, unknown>>
  try {
    results = await session.run(feeds, Object.keys(shapes))
  } catch (error) {
    return { tensors: {}, problems: [`it fails to run: ${reasonOf(error)}`], failed: true }
  }
  const tensors: Record<string, Float32Array> = {}
  const problems: string[] = []
  for (const [name, shape] of Object.entries(shapes)) {
    const value = results[name]
    if (value instanceof Float32Array) tensors[name] = value
    const problem = problemOf(value, shape)
    if (problem) problems.push(`its output ${name} ${problem}`)
  }
  return { tensors, problems, failed: false }
}

function problemOf(value: unknown, shape: readonly number[]): string | undefined {
  if (value === undefined) return 'is missing'
  if (!(value instanceof Float32Array)) return `is ${typeOf(value)}, not float32`
  if (value.length === elementCount(shape)) return undefined
  return `has ${value.length} numbers for the shape [${shape}]`
}

/** 'float64' of a Float64Array. */
function typeOf(value: unknown): string {
  const name = (value as object | null)?.constructor?.name ?? typeof value
  return name.replace(
    /^(Float|Int|Uint)(\d+)Array$/,
    (_, kind: string, bits) => `${kind.toLowerCase()}${bits}`,
  )
}
