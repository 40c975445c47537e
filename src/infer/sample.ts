import { InputError, requireInteger } from '../core/errors.ts'
import { allFinite, clampColumns, type Points, roundColumns, sliceRows } from '../core/points.ts'
import { maxSeed, standardNormals, streams } from '../core/random.ts'
import { unscale } from '../data/scaler.ts'
import { reverseProcess } from '../diffusion/reverse-process.ts'
import {
  chooseSampler,
  createSampler,
  describeSampler,
  type SamplerChoice,
  samplerWarning,
} from '../diffusion/samplers/create.ts'
import { isStochastic, type SamplerConfig } from '../diffusion/samplers/sampler.ts'
import { checkTimesteps, spacedTimesteps } from '../diffusion/timesteps.ts'
import type { Model } from './model.ts'
import { sessionPredictor } from './predictor.ts'
import { infoOf, type SessionInfo } from './session.ts'

/** The sampler and its steps; what is left open is as the card recommends. */
export interface SampleOptions extends SamplerChoice {
  readonly count: number
  /** 0 by default. Sample i of a seed is the same whatever the count. */
  readonly seed?: number | undefined
  /** Steps out of T. */
  readonly numSteps?: number | undefined
  /** An explicit falling list of timesteps instead. */
  readonly timesteps?: readonly number[] | undefined
  /** Start points [count, dim] in place of the seed's. */
  readonly x_T?: Points | undefined
  /** Noise of each step, [steps][count, dim], in place of the seed's. */
  readonly noise?: readonly Points[] | undefined
  /** Whether to return every state on the way. */
  readonly trajectory?: boolean | undefined
  /** Whether to move samples into the ranges of the data's columns. */
  readonly clip?: boolean | undefined
  /** Samples that go through the process together; the samples don't depend on it. */
  readonly chunkSize?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of what is odd but legal; console.warn otherwise. */
  readonly onWarning?: ((message: string) => void) | undefined
  readonly onProgress?: ((progress: { done: number; count: number }) => void) | undefined
}

export interface SampleResult extends SessionInfo {
  /** [count, dim] in data units; columns of whole numbers are rounded. */
  readonly points: Points
  /** [count, dim] in scaled space. */
  readonly x_0: Points
  /** Every state in scaled space, x_T first, if asked for. */
  readonly trajectory: readonly Points[] | undefined
  readonly sampler: SamplerConfig
  /** The timesteps that steps were taken from. */
  readonly timesteps: readonly number[]
  /** Of sampling alone, noise included. */
  readonly seconds: number
}

/** Rows at a time: activations of 4000 rows stay in the processor's cache. */
const defaultChunkSize = 4000
const maxCount = 100_000_000

/** The process that options and card agree on. */
interface Plan {
  readonly config: SamplerConfig
  readonly timesteps: readonly number[]
}

/**
 * Samples a model: model.onnx step by step, sampler.onnx in one run a chunk. Without options, as the card
 * recommends. Errors: options out of range, or other than a sampler.onnx holds; the signal's reason.
 */
export function sample(model: Model, options: SampleOptions): Promise<SampleResult> {
  const plan = planOf(model, options)
  checkOptions(model, options, plan)
  const warning = samplerWarning(plan.config, plan.timesteps.length)
  if (warning) (options.onWarning ?? console.warn)(warning)
  return model.queue.run(() => run(model, options, plan))
}

async function run(model: Model, options: SampleOptions, plan: Plan): Promise<SampleResult> {
  const { card, isSampler } = model.file
  const { count, chunkSize = defaultChunkSize, signal, onProgress } = options
  const start = performance.now()
  const empty = (): Points => ({ data: new Float32Array(count * card.dim), count, dim: card.dim })
  const states = options.trajectory ? Array.from({ length: plan.timesteps.length + 1 }, empty) : undefined
  const x_0 = states?.at(-1) ?? empty()
  const sampleChunk = isSampler ? samplerChunk : predictorChunk
  for (let from = 0; from < count; from += chunkSize) {
    signal?.throwIfAborted()
    const to = Math.min(from + chunkSize, count)
    const keep = (state: number, x: Points) => {
      if (states) states[state]!.data.set(x.data, from * card.dim)
      else if (state === plan.timesteps.length) x_0.data.set(x.data, from * card.dim)
    }
    await sampleChunk(model, options, plan, from, to, keep)
    onProgress?.({ done: to, count })
  }
  if (!allFinite(x_0.data))
    throw new InputError(
      'the samples overflow float32: the network undoes too little of the noise; train it longer, or take fewer steps',
    )
  const unscaled = unscale(x_0, card.scaler)
  const { min, max } = card.scaler
  const points = roundColumns(
    options.clip ? clampColumns(unscaled, min, max) : unscaled,
    card.columns.map((name) => card.integerColumns.includes(name)),
  )
  const seconds = (performance.now() - start) / 1000
  return {
    points,
    x_0,
    trajectory: states,
    sampler: plan.config,
    timesteps: plan.timesteps,
    seconds,
    ...infoOf(model.session),
  }
}

type ChunkSampler = (
  model: Model,
  options: SampleOptions,
  plan: Plan,
  from: number,
  to: number,
  keep: (state: number, x: Points) => void,
) => Promise<void>

/** Rows `from` to `to` step by step on model.onnx. */
const predictorChunk: ChunkSampler = async (model, options, { config, timesteps }, from, to, keep) => {
  const { session, schedule, file } = model
  const states = reverseProcess({
    predictor: sessionPredictor(session, file.card.predictionType),
    sampler: createSampler(schedule, config, file.card.predictionType),
    timesteps,
    x_T: startPoints(options, file.card.dim, from, to),
    noise: (j) => noiseOf(options, file.card.dim, j, from, to),
    signal: options.signal,
  })
  for await (const { step, x } of states) keep(step, x)
}

/** Rows `from` to `to` in one run of sampler.onnx. */
const samplerChunk: ChunkSampler = async (model, options, { timesteps }, from, to, keep) => {
  const { session, file } = model
  const { dim } = file.card
  const x_T = startPoints(options, dim, from, to)
  const feeds: Record<string, { data: Float32Array; dims: number[] }> = {
    x_T: { data: x_T.data, dims: [to - from, dim] },
  }
  if (file.inputs.includes('noise')) {
    const rows = new Float32Array(timesteps.length * x_T.data.length)
    timesteps.forEach((_, j) => {
      rows.set(noiseOf(options, dim, j, from, to).data, j * x_T.data.length)
    })
    feeds.noise = { data: rows, dims: [timesteps.length, to - from, dim] }
  }
  const output = options.trajectory ? 'trajectory' : 'x_0'
  const result = (await session.run(feeds, [output]))[output]!
  const states = result.length / x_T.data.length
  for (let k = 0; k < states; k++) {
    const data = result.subarray(k * x_T.data.length, (k + 1) * x_T.data.length)
    keep(options.trajectory ? k : timesteps.length, { data, count: to - from, dim })
  }
}

function startPoints({ x_T, seed = 0 }: SampleOptions, dim: number, from: number, to: number): Points {
  if (x_T) return sliceRows(x_T, from, to)
  const data = standardNormals({ seed, stream: streams.x_T, step: 0, start: from, count: to - from, dim })
  return { data, count: to - from, dim }
}

function noiseOf(
  { noise, seed = 0 }: SampleOptions,
  dim: number,
  step: number,
  from: number,
  to: number,
): Points {
  if (noise) return sliceRows(noise[step]!, from, to)
  const data = standardNormals({
    seed,
    stream: streams.reverseNoise,
    step,
    start: from,
    count: to - from,
    dim,
  })
  return { data, count: to - from, dim }
}

function planOf({ file, schedule }: Model, options: SampleOptions): Plan {
  const { card } = file
  const { numSteps, timesteps } = options
  if (timesteps && numSteps !== undefined)
    throw new InputError('give either the number of steps or the timesteps, not both')
  const held = card.sampler
  if (!held) {
    const config = chooseSampler(options, card.recommended.sampler)
    if (timesteps) return { config, timesteps: checkTimesteps(timesteps, schedule.T) }
    return {
      config,
      timesteps: numSteps === undefined ? card.recommended.timesteps : spacedTimesteps(schedule.T, numSteps),
    }
  }
  const { timesteps: heldTimesteps, ...rest } = held
  const config = rest as SamplerConfig
  const differs =
    describeSampler(chooseSampler(options, config)) !== describeSampler(config) ||
    (numSteps ?? heldTimesteps.length) !== heldTimesteps.length ||
    (timesteps ?? heldTimesteps).join() !== heldTimesteps.join()
  if (differs)
    throw new InputError(
      `this sampler.onnx holds ${describeSampler(config)}, timesteps ${heldTimesteps.join(',')}: ` +
        'leave the options out, or sample model.onnx with others',
    )
  if (options.trajectory && !file.outputs.includes('trajectory'))
    throw new InputError(
      'this sampler.onnx gives no trajectory: export it with --trajectory, or sample model.onnx',
    )
  return { config, timesteps: heldTimesteps }
}

function checkOptions(
  { file }: Model,
  { count, seed = 0, chunkSize = 1, x_T, noise }: SampleOptions,
  plan: Plan,
): void {
  const { dim } = file.card
  requireInteger('count', count, 1, maxCount)
  requireInteger('seed', seed, 0, maxSeed)
  requireInteger('chunkSize', chunkSize, 1, maxCount)
  const check = (what: string, points: Points) => {
    if (points.count !== count || points.dim !== dim || points.data.length !== count * dim)
      throw new InputError(`${what} is [${points.count}, ${points.dim}]: give [${count}, ${dim}]`)
  }
  if (x_T) check('x_T', x_T)
  if (noise && !isStochastic(plan.config))
    throw new InputError(`noise is given, but ${describeSampler(plan.config)} takes none: leave it out`)
  if (noise && noise.length !== plan.timesteps.length)
    throw new InputError(`noise is for ${noise.length} steps: give it for ${plan.timesteps.length}`)
  noise?.forEach((points, j) => {
    check(`noise[${j}]`, points)
  })
}
