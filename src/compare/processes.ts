import { exact } from '../core/format.ts'
import { pause } from '../core/work.ts'
import { type NoisePredictor, walk } from '../diffusion/process.ts'
import { reasonOf, type Session, type Tensor, tensorOf } from '../infer/session.ts'
import type { ModelFile } from '../onnx/read.ts'
import { type CardEncoding, dataUnitsOf, encodingOf } from '../table/encoding.ts'
import { type ProcessCase, processOfCase } from './cases.ts'
import type { ExpectedProcess } from './expected.ts'
import { comparePairs, type TensorPair } from './parity.ts'
import type { Form, ProcessReport } from './report.ts'
import { runChecked } from './run.ts'
import type { Bounds } from './tolerance.ts'

/** A report, and x_0 [count, dim] where there is one. */
export interface ProcessRun {
  readonly report: ProcessReport
  readonly x_0: Float32Array | undefined
}

/** Runs a process step by step on a session of model.onnx. */
export async function runSteps(
  session: Session,
  { card }: ModelFile,
  process: ExpectedProcess,
  bounds: Bounds,
  signal?: AbortSignal | undefined,
): Promise<ProcessRun> {
  const states: Float32Array[] = []
  const problems: string[] = []
  try {
    const steps = walk(processOfCase(card, process), checkedPredictor(session, card.predictionType), {
      x_T: process.x_T,
      noise: (j) => process.noise[j]!,
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
    report: reportProcess(process, 'model.onnx', states, bounds, problems),
    x_0: states[process.timesteps.length],
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
  { card }: ModelFile,
  process: ExpectedProcess,
  bounds: Bounds,
): Promise<ProcessRun> {
  const { count, dim } = process.x_T
  const steps = process.timesteps.length
  const shapes: Record<string, readonly number[]> = { x_0: [count, dim], samples: [count, dim] }
  if (process.hasTrajectory) shapes.trajectory = [steps + 1, count, dim]
  const { tensors, problems: found } = await runChecked(session, graphFeeds(process), shapes)
  const problems = [...found]
  const { x_0, samples, trajectory } = tensors
  const size = count * dim
  const states = shapes.trajectory
    ? process.states.map((_, k) => trajectory?.subarray(k * size, (k + 1) * size))
    : process.states.map((_, k) => (k === steps ? x_0 : null))
  // x_0 is an output of its own beside the trajectory's last state
  if (shapes.trajectory && trajectory && x_0 && !sameNumbers(x_0, states[steps]!))
    problems.push("its output x_0 is not the trajectory's last state")
  if (samples) problems.push(...samplesProblems(samples, process, card, bounds))
  return { report: reportProcess(process, 'sampler.onnx', states, bounds, problems), x_0 }
}

/** States beside the reference's; one that is null wasn't asked for, one that is undefined is missing. */
function reportProcess(
  process: ExpectedProcess,
  form: Form,
  states: readonly (ArrayLike<number> | undefined | null)[],
  { process: tolerance }: Bounds,
  problems: readonly string[] = [],
): ProcessReport {
  const { dim, count } = process.x_T
  const asked = process.states.flatMap((expected, k): (TensorPair & { state: number })[] => {
    const actual = states[k]
    return actual === null ? [] : [{ state: k, actual, expected, scale: process.scales[k]! }]
  })
  const parity = comparePairs(asked, tolerance)
  const each = asked.map((pair) => ({ state: pair.state, ...comparePairs([pair], tolerance) }))
  const curve = process.states.map((_, k) => each.find(({ state }) => state === k)?.maxAbs ?? null)
  const { worst } = parity
  return {
    ...parity,
    pass: parity.pass && problems.length === 0,
    sampler: process.name,
    timesteps: process.timesteps,
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
  { states, scales, x_T: { dim } }: ExpectedProcess,
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

/** Inputs of a sampler.onnx. */
export function graphFeeds({ x_T, noise }: ProcessCase): Record<string, Tensor> {
  if (noise.length === 0) return { x_T: tensorOf(x_T) }
  const data = new Float32Array(noise.length * x_T.data.length)
  for (const [j, points] of noise.entries()) data.set(points.data, j * x_T.data.length)
  return { x_T: tensorOf(x_T), noise: { data, dims: [noise.length, x_T.count, x_T.dim] } }
}

function sameNumbers(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((x, i) => Object.is(x, b[i]) || x === b[i])
}
