import { InputError } from '../core/errors.ts'
import { allFinite, type Points, sliceRows } from '../core/points.ts'
import type { Process } from '../diffusion/process.ts'
import { numberCount } from '../onnx/graph.ts'
import { decode, encodingOf } from '../table/encoding.ts'
import { type Chunk, sampleChunk } from './chunk.ts'
import {
  internalsOf,
  type Model,
  type ModelInternals,
  type SampledChunk,
  type SampleOptions,
  type SampleResult,
  type SampleStream,
} from './model.ts'
import { prepare } from './sample-options.ts'
import { infoOf } from './session.ts'

/**
 * Samples a model: model.onnx step by step, sampler.onnx in one run a chunk. Without options, as the card
 * recommends. Throws: options out of range, or other than a sampler.onnx holds; the signal's reason.
 */
export async function sample(model: Model, options: SampleOptions): Promise<SampleResult> {
  const own = internalsOf(model)
  const process = prepare('sample', own, options)
  const { sampler, timesteps } = process
  const facts = { sampler, timesteps, ...infoOf(own.session) }
  const { count } = options
  if (count <= chunkSizeFor(own, options, process) && !options.onStep)
    return { ...(await onlyChunk(own, options, process)), ...facts }
  const { dim } = own.file.card
  const empty = (): Points => ({ data: new Float32Array(count * dim), count, dim })
  const [points, x_0] = [empty(), empty()]
  const trajectory = options.trajectory ? Array.from({ length: timesteps.length + 1 }, empty) : undefined
  let seconds = 0
  for await (const chunk of chunksOf(own, options, process)) {
    const at = chunk.from * dim
    points.data.set(chunk.points.data, at)
    x_0.data.set(chunk.x_0.data, at)
    trajectory?.forEach(({ data }, k) => {
      data.set(chunk.trajectory![k]!.data, at)
    })
    seconds = chunk.seconds
  }
  return { points, x_0, trajectory, seconds, ...facts }
}

/**
 * Samples a model chunk by chunk, for more samples than memory holds: `for await (const { points } of stream)`.
 * The samples are those of `sample`. The model's other calls wait until the stream has ended or its loop was left.
 * Throws: those of `sample`.
 */
export function sampleStream(model: Model, options: SampleOptions): SampleStream {
  const own = internalsOf(model)
  const process = prepare('sampleStream', own, options)
  return {
    ...infoOf(own.session),
    sampler: process.sampler,
    timesteps: process.timesteps,
    [Symbol.asyncIterator]: () => chunksOf(own, options, process),
  }
}

type Sampled = Omit<SampledChunk, 'from'>

/** Without the stream's generator: a single sample takes the network less time than that. */
function onlyChunk(model: ModelInternals, options: SampleOptions, process: Process): Promise<Sampled> {
  const { count, signal, onProgress } = options
  return model.queue.run(async () => {
    const start = performance.now()
    signal?.throwIfAborted()
    const states = await sampleChunk(model, chunkOf(model, options, process, 0), { signal })
    const sampled = inDataUnits(model, options, states)
    const seconds = (performance.now() - start) / 1000
    onProgress?.({ done: count, count })
    return { ...sampled, seconds }
  })
}

/** All samples, chunk by chunk and in order: several at once where the model has workers. */
async function* chunksOf(
  model: ModelInternals,
  options: SampleOptions,
  process: Process,
): AsyncGenerator<SampledChunk, void> {
  const { count, signal, onProgress, onStep } = options
  const chunkSize = chunkSizeFor(model, options, process)
  let [seconds, resumed] = [0, 0]
  /** Tells the caller of a chunk's states; the time that it takes over them isn't sampling's. */
  const watching = (from: number) =>
    onStep &&
    (async (step: number, x: Points) => {
      const before = performance.now()
      await onStep({ step, t: process.timesteps[step] ?? 0, from, x })
      resumed += performance.now() - before
    })
  const begun: Promise<Points[]>[] = []
  const leave = await model.queue.enter()
  try {
    resumed = performance.now()
    // a worker can't call back
    const workers = count > chunkSize && !onStep ? workersFor(model, process, count) : undefined
    for (let [next, from] = [0, 0]; from < count; from += chunkSize) {
      signal?.throwIfAborted()
      for (; next < count && begun.length < (workers?.inFlight ?? 1); next += chunkSize) {
        const chunk = chunkOf(model, options, process, next, chunkSize)
        const states = workers
          ? workers.run(chunk)
          : sampleChunk(model, chunk, { signal, onState: watching(next) })
        // looked at in its turn; until then a failure is not unhandled
        states.catch(() => {})
        begun.push(states)
      }
      const sampled = inDataUnits(model, options, await begun.shift()!)
      seconds += (performance.now() - resumed) / 1000
      onProgress?.({ done: from + sampled.x_0.count, count })
      yield { from, ...sampled, seconds }
      resumed = performance.now()
    }
  } finally {
    await Promise.allSettled(begun)
    leave()
  }
}

/** Rows at a time: their activations stay in the processor's cache. */
const usualChunkSize = 2000

/** What a chunk's noise and states come to at most: 16 MB of numbers, whatever the steps and columns. */
const mostNumbers = 2 ** 22

/** Rows at a time: the caller's, or as many as suit the provider and memory. */
function chunkSizeFor(
  { chunkSize = usualChunkSize, file }: ModelInternals,
  options: SampleOptions,
  { timesteps }: Process,
): number {
  if (options.chunkSize !== undefined) return options.chunkSize
  // a graph of the whole process takes the noise of all steps at once
  const states = file.isSampler || options.trajectory ? timesteps.length + 1 : 1
  return Math.max(1, Math.min(chunkSize, Math.floor(mostNumbers / (states * file.card.dim))))
}

/** Drawing a number of the noise takes as long as so many multiplications and additions. */
const operationsOfNormal = 1000

/** The model's workers, where they should take a draw on. */
function workersFor(
  { workers, file }: ModelInternals,
  { stages, timesteps, isStochastic }: Process,
  count: number,
): ModelInternals['workers'] {
  const evaluations = count * stages.length
  const normals = count * (isStochastic ? timesteps.length : 1) * file.card.dim
  const operations = 2 * evaluations * numberCount(file.graph) + operationsOfNormal * normals
  return workers?.takeOn(operations) ? workers : undefined
}

/** The samples from `from` on, `size` of them at most. */
function chunkOf(
  { file }: ModelInternals,
  options: SampleOptions,
  process: Process,
  from: number,
  size = options.count,
): Chunk {
  const { seed = 0, x_T, noise, trajectory } = options
  const to = Math.min(from + size, options.count)
  return {
    process,
    seed,
    from,
    count: to - from,
    dim: file.card.dim,
    x_T: x_T && sliceRows(x_T, from, to),
    noise: noise?.map((points) => sliceRows(points, from, to)),
    trajectory,
  }
}

function inDataUnits(
  { file }: ModelInternals,
  { clip = false, trajectory }: SampleOptions,
  states: readonly Points[],
): Omit<Sampled, 'seconds'> {
  const x_0 = states.at(-1)!
  if (!allFinite(x_0.data))
    throw new InputError(
      'the samples overflow float32: the network undoes too little of the noise; train it longer, or take fewer steps',
      'out-of-range',
    )
  const { points } = decode(encodingOf(file.card), x_0, { clip })
  return { points, x_0, trajectory: trajectory ? states : undefined }
}
