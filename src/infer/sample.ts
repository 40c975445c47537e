import { InputError } from '../core/errors.ts'
import { allFinite, type Points } from '../core/points.ts'
import { type Process, processWarning } from '../diffusion/process.ts'
import type { SamplerConfig } from '../diffusion/samplers/index.ts'
import { decode, encodingOf } from '../table/encoding.ts'
import { sampleChunk } from './chunk.ts'
import { chunkOf, chunkSizeFor, statesOf } from './chunks.ts'
import type { Model } from './model.ts'
import {
  type ChunkState,
  checkGivenNoise,
  checkSampleCall,
  processFor,
  type SampleOptions,
} from './sample-options.ts'
import { infoOf, type SessionInfo } from './session.ts'

export type { ChunkState, SampleOptions } from './sample-options.ts'

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

/** Some samples of a stream, in order. */
export interface SampledChunk {
  /** The index of the first. */
  readonly from: number
  /** [n, dim] in data units; columns of whole numbers are rounded. */
  readonly points: Points
  /** [n, dim] in scaled space. */
  readonly x_0: Points
  /** Every state in scaled space, x_T first, if asked for. */
  readonly trajectory: readonly Points[] | undefined
  /** Of sampling this far, noise included; what the loop over the stream does in between is left out. */
  readonly seconds: number
}

/** A stream of samples, and what makes it. */
export interface SampleStream extends SessionInfo, AsyncIterable<SampledChunk> {
  readonly sampler: SamplerConfig
  readonly timesteps: readonly number[]
}

/**
 * Samples a model: model.onnx step by step, sampler.onnx in one run a chunk. Without options, as the card
 * recommends. Errors: options out of range, or other than a sampler.onnx holds; the signal's reason.
 */
export async function sample(model: Model, options: SampleOptions): Promise<SampleResult> {
  const process = prepare('sample', model, options)
  const { count } = options
  if (count <= chunkSizeFor(model, options, process) && !options.onStep)
    return inOneChunk(model, options, process)
  const stream = streamOf(model, options, process)
  const { dim } = model.file.card
  const empty = (): Points => ({ data: new Float32Array(count * dim), count, dim })
  const [points, x_0] = [empty(), empty()]
  const trajectory = options.trajectory
    ? Array.from({ length: stream.timesteps.length + 1 }, empty)
    : undefined
  let seconds = 0
  for await (const chunk of stream) {
    const at = chunk.from * dim
    points.data.set(chunk.points.data, at)
    x_0.data.set(chunk.x_0.data, at)
    trajectory?.forEach(({ data }, k) => {
      data.set(chunk.trajectory![k]!.data, at)
    })
    seconds = chunk.seconds
  }
  const { sampler, timesteps } = stream
  return { points, x_0, trajectory, sampler, timesteps, seconds, ...infoOf(model.session) }
}

/** Without the stream's generators: a single sample takes the network less time than them. */
async function inOneChunk(model: Model, options: SampleOptions, process: Process): Promise<SampleResult> {
  const { count, clip = false, trajectory, signal, onProgress } = options
  const leave = await model.queue.enter()
  try {
    const start = performance.now()
    signal?.throwIfAborted()
    const chunk = chunkOf(options, process, 0, count)
    const states = await sampleChunk(model, chunk, { signal })
    const x_0 = states.at(-1)!
    const points = inDataUnits(model, x_0, clip)
    const seconds = (performance.now() - start) / 1000
    onProgress?.({ done: count, count })
    return {
      points,
      x_0,
      trajectory: trajectory ? states : undefined,
      sampler: process.sampler,
      timesteps: process.timesteps,
      seconds,
      ...infoOf(model.session),
    }
  } finally {
    leave()
  }
}

/**
 * Samples a model chunk by chunk, for more samples than memory holds: `for await (const { points } of stream)`.
 * The samples are those of `sample`. The model's other calls wait until the stream has ended or its loop was left.
 * Errors: those of `sample`.
 */
export function sampleStream(model: Model, options: SampleOptions): SampleStream {
  return streamOf(model, options, prepare('sampleStream', model, options))
}

function streamOf(model: Model, options: SampleOptions, process: Process): SampleStream {
  return {
    ...infoOf(model.session),
    sampler: process.sampler,
    timesteps: process.timesteps,
    [Symbol.asyncIterator]: () => chunksOf(model, options, process),
  }
}

/** The process that options and card agree on, once all is checked. */
function prepare(what: string, model: Model, options: SampleOptions): Process {
  checkSampleCall(what, model, options)
  const process = processFor(model, options)
  checkGivenNoise(model, options, process)
  const warning = processWarning(process)
  if (warning) (options.onWarning ?? console.warn)(warning)
  return process
}

async function* chunksOf(
  model: Model,
  options: SampleOptions,
  process: Process,
): AsyncGenerator<SampledChunk, void> {
  const { count, onProgress, onStep } = options
  let waited = 0
  const timedStep = async (state: ChunkState) => {
    const before = performance.now()
    await onStep!(state)
    waited += performance.now() - before
  }
  const watched = onStep ? { ...options, onStep: timedStep } : options
  const leave = await model.queue.enter()
  try {
    let [seconds, resumed] = [0, performance.now()]
    for await (const { from, states } of statesOf(model, watched, process)) {
      const x_0 = states.at(-1)!
      const points = inDataUnits(model, x_0, options.clip === true)
      seconds += (performance.now() - resumed - waited) / 1000
      waited = 0
      onProgress?.({ done: from + x_0.count, count })
      yield { from, points, x_0, trajectory: options.trajectory ? states : undefined, seconds }
      resumed = performance.now()
    }
  } finally {
    leave()
  }
}

function inDataUnits({ file: { card } }: Model, x_0: Points, clip: boolean): Points {
  if (!allFinite(x_0.data))
    throw new InputError(
      'the samples overflow float32: the network undoes too little of the noise; train it longer, or take fewer steps',
      'out-of-range',
    )
  return decode(encodingOf(card), x_0, { clip }).points
}
