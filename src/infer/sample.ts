import { InputError } from '../core/errors.ts'
import { allFinite, type Points } from '../core/points.ts'
import { type Process, processWarning } from '../diffusion/process.ts'
import { decode, encodingOf } from '../table/encoding.ts'
import { sampleChunk } from './chunk.ts'
import { chunkOf, chunkSizeFor, statesOf } from './chunks.ts'
import {
  internalsOf,
  type Model,
  type ModelInternals,
  type SampledChunk,
  type SampleOptions,
  type SampleResult,
  type SampleStep,
  type SampleStream,
} from './model.ts'
import { checkGivenNoise, checkSampleCall, processFor } from './sample-options.ts'
import { infoOf } from './session.ts'

/**
 * Samples a model: model.onnx step by step, sampler.onnx in one run a chunk. Without options, as the card
 * recommends. Errors: options out of range, or other than a sampler.onnx holds; the signal's reason.
 */
export async function sample(model: Model, options: SampleOptions): Promise<SampleResult> {
  const own = internalsOf(model)
  const process = prepare('sample', own, options)
  const { count } = options
  if (count <= chunkSizeFor(own, options, process) && !options.onStep)
    return inOneChunk(own, options, process)
  const stream = streamOf(own, options, process)
  const { dim } = own.file.card
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
  return { points, x_0, trajectory, sampler, timesteps, seconds, ...infoOf(own.session) }
}

/** Without the stream's generators: a single sample takes the network less time than them. */
async function inOneChunk(
  model: ModelInternals,
  options: SampleOptions,
  process: Process,
): Promise<SampleResult> {
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
  const own = internalsOf(model)
  return streamOf(own, options, prepare('sampleStream', own, options))
}

function streamOf(model: ModelInternals, options: SampleOptions, process: Process): SampleStream {
  return {
    ...infoOf(model.session),
    sampler: process.sampler,
    timesteps: process.timesteps,
    [Symbol.asyncIterator]: () => chunksOf(model, options, process),
  }
}

/** The process that options and card agree on, once all is checked. */
function prepare(what: string, model: ModelInternals, options: SampleOptions): Process {
  checkSampleCall(what, options)
  const process = processFor(model, options)
  checkGivenNoise(model, options, process)
  const warning = processWarning(process)
  if (warning) (options.onWarning ?? console.warn)(warning)
  return process
}

async function* chunksOf(
  model: ModelInternals,
  options: SampleOptions,
  process: Process,
): AsyncGenerator<SampledChunk, void> {
  const { count, onProgress, onStep } = options
  let waited = 0
  const timedStep = async (state: SampleStep) => {
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

function inDataUnits({ file: { card } }: ModelInternals, x_0: Points, clip: boolean): Points {
  if (!allFinite(x_0.data))
    throw new InputError(
      'the samples overflow float32: the network undoes too little of the noise; train it longer, or take fewer steps',
      'out-of-range',
    )
  return decode(encodingOf(card), x_0, { clip }).points
}
