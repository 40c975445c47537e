import { InputError } from '../core/errors.ts'
import { exact } from '../core/format.ts'
import { pause } from '../core/work.ts'
import { type NoisePredictor, walk } from '../diffusion/process.ts'
import { comparePairs, type Parity, type TensorPair } from '../evaluate/parity.ts'
import { reasonOf, type Session, type Tensor, tensorOf } from '../infer/session.ts'
import { type CardEncoding, dataUnitsOf, encodingOf } from '../table/encoding.ts'
import { feedsOf, type Judge } from './judge.ts'
import type { Plan } from './plans.ts'
import { runChecked } from './run.ts'
import type { Subject } from './subject.ts'
import { type Bounds, rootMeanSquare, scaleOf } from './tolerance.ts'

/** A process and the judge's states, each rounded to float32 once. */
export interface JudgedPlan extends Plan {
  /** x_T first; of a sampler.onnx without trajectory too. */
  readonly states: readonly Float32Array[]
  /** How many times atol counts for each state: a step's error stays where a later state is small again. */
  readonly scales: readonly number[]
}

/** How a process was run: step by step on model.onnx, or in one run of sampler.onnx. */
export type Form = 'model.onnx' | 'sampler.onnx'

export interface ProcessReport extends Parity {
  /** 'ddpm, variance fixed_small'. */
  readonly sampler: string
  readonly timesteps: readonly number[]
  readonly samples: number
  readonly form: Form
  /** max |difference| of each state, x_T first; Infinity where one is missing or not finite; null where not asked. */
  readonly curve: readonly (number | null)[]
  /** The first state past tolerance: 0 is x_T, k what the k-th step gave. */
  readonly firstPast: number | null
  /** Where the worst element stands. */
  readonly at: { readonly state: number; readonly row: number; readonly column: number } | null
  readonly problems: readonly string[]
}

/** A report, and x_0 [count, dim] where there is one. */
export interface ProcessRun {
  readonly report: ProcessReport
  readonly x_0: Float32Array | undefined
}

/** Errors: a sampler that the schedule refuses; states that float32 can't hold. */
export async function judgePlan(
  plan: Plan,
  judge: Judge,
  signal?: AbortSignal | undefined,
): Promise<JudgedPlan> {
  const exact = await judge.process(plan, signal)
  const states = exact.map((state) => Float32Array.from(state))
  // NaN comes of weights that are none, and is for the comparison to report
  if (states.some((state, k) => state.some((x, i) => !Number.isFinite(x) && Number.isFinite(exact[k]![i]!))))
    throw new InputError('its states overflow float32')
  let largest = 0
  const scales = exact.map((state) => {
    largest = Math.max(largest, rootMeanSquare(state) || 0)
    return scaleOf(largest)
  })
  return { ...plan, states, scales }
}

/** Runs a process step by step on a session of model.onnx. */
export async function runSteps(
  session: Session,
  { file }: Subject,
  plan: JudgedPlan,
  bounds: Bounds,
  signal?: AbortSignal | undefined,
): Promise<ProcessRun> {
  const { predictionType } = file.card
  const states: Float32Array[] = []
  const problems: string[] = []
  try {
    const steps = walk(plan.process(), checkedPredictor(session, predictionType), {
      x_T: plan.x_T,
      noise: (j) => plan.noise[j]!,
    })
    for await (const { x } of steps) {
      states.push(x.data)
      await pause(signal)
    }
  } catch (error) {
    signal?.throwIfAborted()
    problems.push(`step ${states.length}: ${reasonOf(error)}`)
  }
  return {
    report: reportProcess(plan, 'model.onnx', states, bounds, problems),
    x_0: states[plan.timesteps.length],
  }
}

/** A session of model.onnx as a predictor. Errors: an output that is missing, misshapen or not float32. */
function checkedPredictor(session: Session, output: string): NoisePredictor {
  return {
    async predict(x_t, t) {
      const { count, dim } = x_t
      const timesteps = typeof t === 'number' ? new Float32Array(count).fill(t) : Float32Array.from(t)
      const feeds = { x_t: tensorOf(x_t), t: { data: timesteps, dims: [count, 1] } }
      const { tensors, problems } = await runChecked(session, feeds, { [output]: [count, dim] })
      if (problems.length > 0) throw new Error(problems[0])
      return { data: tensors[output]!, count, dim }
    },
  }
}

/** Runs a process in one run of a sampler.onnx that has these outputs. */
export async function runGraph(
  session: Session,
  { file: { card } }: Subject,
  outputs: readonly string[],
  plan: JudgedPlan,
  bounds: Bounds,
): Promise<ProcessRun> {
  const { count, dim } = plan.x_T
  const steps = plan.timesteps.length
  const shapes: Record<string, readonly number[]> = { x_0: [count, dim], samples: [count, dim] }
  if (outputs.includes('trajectory')) shapes.trajectory = [steps + 1, count, dim]
  const { tensors, problems: found } = await runChecked(session, graphFeeds(plan), shapes)
  const problems = [...found]
  const { x_0, samples, trajectory } = tensors
  const size = count * dim
  const states = shapes.trajectory
    ? plan.states.map((_, k) => trajectory?.subarray(k * size, (k + 1) * size))
    : plan.states.map((_, k) => (k === steps ? x_0 : null))
  // x_0 is an output of its own beside the trajectory's last state
  if (shapes.trajectory && trajectory && x_0 && !sameNumbers(x_0, states[steps]!))
    problems.push("its output x_0 is not the trajectory's last state")
  if (samples) problems.push(...samplesProblems(samples, plan, card, bounds))
  return { report: reportProcess(plan, 'sampler.onnx', states, bounds, problems), x_0 }
}

/** States against the judge's; one that is null wasn't asked for, one that is undefined is missing. */
export function reportProcess(
  plan: JudgedPlan,
  form: Form,
  states: readonly (ArrayLike<number> | undefined | null)[],
  { process: tolerance }: Bounds,
  problems: readonly string[] = [],
): ProcessReport {
  const { dim, count } = plan.x_T
  const asked = plan.states.flatMap((expected, k): (TensorPair & { state: number })[] => {
    const actual = states[k]
    return actual === null ? [] : [{ state: k, actual, expected, scale: plan.scales[k]! }]
  })
  const parity = comparePairs(asked, tolerance)
  const each = asked.map((pair) => ({ state: pair.state, ...comparePairs([pair], tolerance) }))
  const curve = plan.states.map((_, k) => each.find(({ state }) => state === k)?.maxAbs ?? null)
  const { worst } = parity
  return {
    ...parity,
    pass: parity.pass && problems.length === 0,
    sampler: plan.name,
    timesteps: plan.timesteps,
    samples: count,
    form,
    curve,
    firstPast: each.find(({ pass }) => !pass)?.state ?? null,
    at: worst && {
      state: asked[worst.pair]!.state,
      row: Math.floor(worst.index / dim),
      column: worst.index % dim,
    },
    problems,
  }
}

/** What is wrong with the output `samples`: x_0 in data units, so the tolerance is in units of a column's range. */
function samplesProblems(
  samples: Float32Array,
  { states, scales, x_T: { dim } }: JudgedPlan,
  card: CardEncoding,
  { process: tolerance }: Bounds,
): string[] {
  const { factors, shifts } = dataUnitsOf(encodingOf(card))
  const column = (data: Float32Array, d: number) => data.filter((_, k) => k % dim === d)
  const pairs = factors.map((factor, d): TensorPair => {
    const expected = column(states.at(-1)!, d).map((x) => x * factor + shifts[d]!)
    return { actual: column(samples, d), expected, scale: factor * scales.at(-1)! }
  })
  const { pass, worst } = comparePairs(pairs, tolerance)
  if (pass || !worst) return []
  return [
    `its output samples has ${exact(worst.actual)} in row ${worst.index}, column ${worst.pair}: ${exact(worst.expected)} is right`,
  ]
}

/** Inputs of a sampler.onnx in float32. */
export function graphFeeds({ x_T, noise }: Plan): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(feedsOf(x_T, noise)).map(([name, { shape, data }]) => [
      name,
      { data: Float32Array.from(data), dims: shape },
    ]),
  )
}

function sameNumbers(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((x, i) => Object.is(x, b[i]) || x === b[i])
}
