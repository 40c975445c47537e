import { InputError, outOfRange, wrongType } from '../core/errors.ts'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  integer,
  list,
  number,
  type OptionChecks,
} from '../core/options.ts'
import { limited } from '../diffusion/limit.ts'
import {
  type ProcessChoice,
  processChoiceOf,
  reverseProcess,
  type SamplingPlan,
} from '../diffusion/process.ts'
import { type SamplerChoice, samplerChecks } from '../diffusion/samplers/index.ts'
import { infoOf, type Session, type SessionInfo } from '../infer/session.ts'
import { type Points, sliceRows } from '../numerics/points.ts'
import { maxIndex, maxSeed, type Stream, standardNormals, streams } from '../numerics/random.ts'
import { type GivenInputs, requireAll, rowsOf, type Signature } from './inputs.ts'
import { type Guided, predictorOf } from './predictor.ts'
import { samplingPlanOf } from './process.ts'

/** A scheduler_config.json of diffusers. */
export type SchedulerConfig = Readonly<Record<string, unknown>>

/**
 * Options of a network's `sample`. `numSteps` is 50 by default, as in diffusers; `timesteps` are the network's own times. A
 * `sampler` of ours, or one that you registered, takes the place of the scheduler's formula on its noise levels.
 */
export interface NetworkSampleOptions extends ProcessChoice {
  readonly count: number
  /** Seed, 0 by default. Sample i of a seed has the same noise for any count. */
  readonly seed?: number | undefined
  /** Index of the first sample among those of the seed. Default: 0. */
  readonly from?: number | undefined
  /** The network's further inputs: a number, an array with one for each sample, or a tensor, samples first. */
  readonly given?: GivenInputs | undefined
  /** What `given` is where nothing is asked for, such as { class_labels: 10 }: guidance needs it. */
  readonly without?: GivenInputs | undefined
  /** How far to go from the prediction without what is given to the one with it. Default: 1, which is the latter. */
  readonly guidance?: number | undefined
  /** The axes of a sample, such as [4, 64, 64], if the network leaves some free. */
  readonly shape?: readonly number[] | undefined
  /** Start points of deviation 1, [count, dim], instead of the seed's. */
  readonly x_T?: Points | undefined
  /** Standard normal noise of each step, [steps][count, dim], instead of the seed's. */
  readonly noise?: readonly Points[] | undefined
  /** Another scheduler_config.json, instead of the model's. */
  readonly scheduler?: SchedulerConfig | undefined
  readonly signal?: AbortSignal | undefined
  /** Receives every state, x_T first. The process waits for a returned promise. */
  readonly onStep?: ((state: NetworkStep) => void | Promise<void>) | undefined
}

/** The state of some samples after a step. */
export interface NetworkStep {
  /** Steps taken so far. */
  readonly step: number
  /** The time that the network is given next; 0 after the last step. */
  readonly t: number
  /** Index of the first sample among those of the seed. */
  readonly from: number
  /** [n, dim]. Signal and noise have variances of sum 1; after the last step, x is the result. */
  readonly x: Points
}

/** Samples of a network. */
export interface NetworkSamples extends SessionInfo {
  /** The last state, sample by sample. */
  readonly data: Float32Array
  /** [count, ...]: the axes of `data`. */
  readonly shape: readonly number[]
  /** The same as [count, dim]. */
  readonly points: Points
  /** The times that the network was given at the start of each step. */
  readonly timesteps: readonly number[]
  readonly seconds: number
}

const sampleChecks: OptionChecks<Omit<NetworkSampleOptions, keyof SamplerChoice>> = {
  count: integer(1, 10_000_000),
  numSteps: anything,
  timesteps: list('times'),
  seed: integer(0, maxSeed),
  from: integer(0, maxIndex),
  given: requireObject,
  without: requireObject,
  guidance: number(0),
  shape: list('sizes'),
  x_T: requireObject,
  noise: list('points, one for each step'),
  scheduler: requireObject,
  signal: abortSignal,
  onStep: callback,
}

/** A network that is open, as `sample` takes it. */
export interface OpenNetwork {
  readonly session: Session
  readonly signature: Signature
  readonly scheduler: SchedulerConfig
  readonly name: string
  /** The axes of a sample, if the folder says so. */
  readonly shape?: readonly number[] | undefined
}

/** Draws samples: see `NetworkModel.sample`. */
export async function sampleNetwork(
  network: OpenNetwork,
  options: NetworkSampleOptions,
): Promise<NetworkSamples> {
  const checks: OptionChecks<NetworkSampleOptions> = { ...samplerChecks(), ...sampleChecks }
  const wanted = checkOptions('sample', options, checks, ['count'])
  const { count, seed = 0, from = 0, signal, onStep, x_T, noise, scheduler = network.scheduler } = wanted
  const { session, signature, name } = network
  const start = performance.now()
  const shape = shapeOf(signature, wanted.shape ?? network.shape)
  const dim = shape.reduce((product, size) => product * size, 1)
  const plan = samplingPlanOf(scheduler, processChoiceOf(wanted))
  requireTimes(signature, plan, name)
  const guided: Guided = { session, signature, name, shape, ...givenOf(signature, wanted) }
  if (x_T) requireSize('x_T', x_T, count, dim)
  if (noise && !plan.isStochastic)
    throw new InputError('noise is given, but no step takes any: leave it out', 'conflict', {
      option: 'noise',
    })
  if (noise && noise.length !== plan.timesteps.length)
    throw outOfRange('noise', noise, `give points for each of ${plan.timesteps.length} steps`)
  for (const [j, points] of noise?.entries() ?? []) requireSize(`noise[${j}]`, points, count, dim)
  const data = new Float32Array(count * dim)
  const rows = rowsAtOnce(guided, dim)
  for (let at = 0; at < count; at += rows) {
    const n = Math.min(rows, count - at)
    const draw = (points: Points | undefined, stream: Stream, step: number): Points =>
      points
        ? sliceRows({ ...points, data: Float32Array.from(points.data) }, at, at + n)
        : { data: standardNormals({ seed, stream, step, start: from + at, count: n, dim }), count: n, dim }
    const states = reverseProcess(plan, predictorOf(guided, at, n), {
      x_T: draw(x_T, streams.x_T, 0),
      noise: (j) => draw(noise?.[j], streams.reverseNoise, j),
      signal,
      limited,
    })
    for await (const { step, t, x } of states) {
      await onStep?.({ step, t, from: from + at, x })
      if (step === plan.timesteps.length) data.set(x.data, at * dim)
    }
  }
  const seconds = (performance.now() - start) / 1000
  const points = { data, count, dim }
  return { data, shape: [count, ...shape], points, timesteps: plan.timesteps, seconds, ...infoOf(session) }
}

/** A call of the network on random states at the scheduler's first time, for `bench`. */
export function networkCall(
  network: OpenNetwork,
  { count, given, shape: axes }: Pick<NetworkSampleOptions, 'count' | 'given' | 'shape'>,
): () => Promise<unknown> {
  const { session, signature, name } = network
  const shape = shapeOf(signature, axes ?? network.shape)
  const dim = shape.reduce((product, size) => product * size, 1)
  const { stages } = samplingPlanOf(network.scheduler)
  if (signature.batch !== undefined && count > signature.batch)
    throw outOfRange('batches', count, `give at most ${signature.batch}, which ${name} fixes`)
  const guided = { session, signature, name, shape, ...givenOf(signature, { count, given }) }
  const { predict } = predictorOf(guided, 0, count)
  const data = standardNormals({ seed: 0, stream: streams.x_T, step: 0, start: 0, count, dim })
  return () => predict({ data, count, dim }, stages[0]!.time)
}

/** What the network is given, and for guidance what it is given without the condition. */
export function givenOf(
  signature: Signature,
  {
    count,
    given = {},
    without,
    guidance = 1,
  }: Pick<NetworkSampleOptions, 'count' | 'given' | 'without' | 'guidance'>,
): Pick<Guided, 'given' | 'without' | 'guidance'> {
  const rows = rowsOf(signature, 'given', given, count)
  requireAll(signature, rows)
  const others = without && rowsOf(signature, 'without', { ...given, ...without }, count)
  if (guidance === 1) return { given: rows, guidance }
  if (others && Object.keys(without).length > 0) return { given: rows, without: others, guidance }
  const names = signature.others.map(({ name }) => name)
  const remedy =
    names.length === 0
      ? 'it has no further inputs'
      : `say in \`without\` which ${names.join(' or ')} means none`
  throw new InputError(
    `guidance ${guidance} needs what the network is given without a condition: ${remedy}`,
    'missing',
    {
      option: 'without',
    },
  )
}

/** Most numbers of a state that go through a network together, so that its activations fit the memory. */
const mostNumbers = 2 ** 16
const mostRows = 64

function rowsAtOnce({ signature: { batch }, without }: Guided, dim: number): number {
  if (batch === undefined) return Math.max(1, Math.min(mostRows, Math.floor(mostNumbers / dim)))
  if (!without) return batch
  if (batch % 2 === 0) return batch / 2
  throw new InputError(
    `guidance doubles the batch, which the network fixes at ${batch}: export it with a free one, or of 2`,
    'bad-model',
  )
}

/** The axes of a sample. Throws InputError if one is free and not given, or given otherwise. */
export function shapeOf({ shape, state }: Signature, given: readonly number[] | undefined): number[] {
  const has = `${state.name} is [${state.shape.join(', ')}]`
  if (!given && shape.every((size) => typeof size === 'number')) return [...(shape as readonly number[])]
  if (!given)
    throw new InputError(`${has}: give the \`shape\` of a sample, such as [4, 64, 64]`, 'missing', {
      option: 'shape',
    })
  const fits = given.every(
    (size, i) => Number.isInteger(size) && size > 0 && (typeof shape[i] !== 'number' || shape[i] === size),
  )
  if (given.length === shape.length && fits) return [...given]
  throw new InputError(
    `shape is [${given.join(', ')}], and ${has}: give the axes after the first`,
    'out-of-range',
    { option: 'shape' },
  )
}

/** Throws InputError if a network of whole timesteps would be given a fraction. */
export function requireTimes({ time }: Signature, { stages }: SamplingPlan, name: string): void {
  const fraction = stages.find((stage) => !Number.isInteger(stage.time))?.time
  if (fraction === undefined || time.type.startsWith('float')) return
  throw new InputError(
    `${name} takes ${time.name} as ${time.type}, and the scheduler gives ${fraction}: export it as float32, or take a ` +
      'scheduler of whole timesteps, such as DDIMScheduler',
    'conflict',
  )
}

function requireSize(option: string, points: Points, count: number, dim: number): void {
  if (points.data?.length === count * dim && points.count === count && points.dim === dim) return
  throw new InputError(
    `${option} is [${points.count}, ${points.dim}]: give [${count}, ${dim}]`,
    'out-of-range',
    { option },
  )
}

function requireObject(option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongType(option, value, 'give an object')
}
