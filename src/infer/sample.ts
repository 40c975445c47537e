import { InputError } from '../core/errors.ts'
import type { Process } from '../diffusion/process.ts'
import { conditionBlocks } from '../model/network.ts'
import { allFinite, type FloatArray, type Points, sliceRows, toFloat32 } from '../numerics/points.ts'
import { numberCount } from '../onnx/graph.ts'
import { conditionOf, type Known, keepKnown, knownOf, knownWarnings } from '../table/condition.ts'
import { decode, isScaled } from '../table/encodings/encoding.ts'
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
 * Draws samples from a model: model.onnx step by step, sampler.onnx in one run for each chunk.
 *
 * @param model - The model.
 * @param options - How many samples, the seed, and the process; the card's recommendation fills in the rest.
 * @returns The samples as a table in data units and as points, the same for the same seed, and how they were drawn.
 * @throws InputError if an option is out of range or differs from the process of a sampler.onnx; the signal's reason
 * once it is aborted.
 * @example
 * const { table } = await sample(model, { count: 1000, seed: 7 })
 */
export async function sample(model: Model, options: SampleOptions): Promise<SampleResult> {
  const own = internalsOf(model)
  const process = prepare('sample', own, options)
  const { count } = options
  if (count <= chunkSizeFor(own, options, process) && !options.onStep) return onlyChunk(own, options, process)
  const { sampler, timesteps } = process
  const { dim, columns } = own.file.card
  const empty = (): Points => ({ data: new Float32Array(count * dim), count, dim })
  const { encoding } = own.file.description
  const length = count * columns.length
  const cells: Points<FloatArray> = {
    data: isScaled(encoding) ? new Float32Array(length) : new Float64Array(length),
    count,
    dim: columns.length,
  }
  const x_0 = empty()
  const trajectory = options.trajectory ? Array.from({ length: timesteps.length + 1 }, empty) : undefined
  let [seconds, at, row] = [0, 0, 0]
  const end = own.uses.begin()
  try {
    // all its chunks count as one use
    for await (const chunk of chunksOf(own, options, process, () => () => {})) {
      cells.data.set(chunk.table.points.data, row * cells.dim)
      row += chunk.x_0.count
      x_0.data.set(chunk.x_0.data, at)
      for (const [k, { data }] of (trajectory ?? []).entries()) data.set(chunk.trajectory![k]!.data, at)
      at += chunk.x_0.data.length
      seconds = chunk.seconds
    }
  } finally {
    end()
  }
  const table = { columns: encoding.columns, points: cells }
  return {
    table,
    points: toFloat32(cells),
    x_0,
    trajectory,
    sampler,
    timesteps,
    seconds,
    ...infoOf(own.session),
  }
}

/**
 * Draws samples chunk by chunk, for more than fit in memory. The samples are those of `sample`. Other streams and calls
 * on the model run at the same time; a slow reader keeps as many chunks in memory as there are workers.
 *
 * @param model - The model.
 * @param options - The options of `sample`.
 * @returns An async iterable of chunks, in order.
 * @throws InputError as `sample` does; the signal's reason once it is aborted.
 * @example
 * for await (const { table } of sampleStream(model, { count: 1e7 })) await write(toRows(table))
 */
export function sampleStream(model: Model, options: SampleOptions): SampleStream {
  const own = internalsOf(model)
  const process = prepare('sampleStream', own, options)
  return {
    ...infoOf(own.session),
    sampler: process.sampler,
    timesteps: process.timesteps,
    [Symbol.asyncIterator]: () => chunksOf(own, options, process, () => own.uses.begin()),
  }
}

/** Avoids the stream's generator, which would take longer than the network takes for a single sample. */
async function onlyChunk(
  model: ModelInternals,
  options: SampleOptions,
  process: Process,
): Promise<SampleResult> {
  const { count, signal, onProgress } = options
  const end = model.uses.begin()
  try {
    const start = performance.now()
    signal?.throwIfAborted()
    const known = knownIn(model, options)
    const states = await sampleChunk(model, chunkOf(model, options, process, 0, known), { signal })
    const { table, points, x_0, trajectory } = inDataUnits(model, options, states, 0, known)
    const seconds = (performance.now() - start) / 1000
    onProgress?.({ done: count, count })
    const { sampler, timesteps } = process
    // spreading first would take V8 a seventh of a single sample's time
    return { table, points, x_0, trajectory, sampler, timesteps, seconds, ...infoOf(model.session) }
  } finally {
    end()
  }
}

/**
 * All samples, chunk by chunk and in order, several at once if the model has workers. Each chunk is a use of the model.
 */
export async function* chunksOf(
  model: ModelInternals,
  options: SampleOptions,
  process: Process,
  beginUse: () => () => void,
  known = knownIn(model, options),
): AsyncGenerator<SampledChunk, void> {
  const { count, from: first = 0, signal, onProgress, onStep } = options
  const chunkSize = chunkSizeFor(model, options, process)
  let [seconds, resumed] = [0, 0]
  /** Reports a chunk's states to the caller; the caller's time does not count as sampling. */
  const watching = (from: number) =>
    onStep &&
    (async (step: number, x: Points) => {
      const before = performance.now()
      await onStep({ step, t: process.timesteps[step] ?? 0, from, x })
      resumed += performance.now() - before
    })
  // a worker can't call back
  const workers = count > chunkSize && !onStep ? workersFor(model, process, count) : undefined
  const begin = (at: number): Promise<Points[]> => {
    const chunk = chunkOf(model, options, process, at, known, chunkSize)
    const end = beginUse()
    const states = (
      workers ? workers.run(chunk) : sampleChunk(model, chunk, { signal, onState: watching(first + at) })
    ).finally(end)
    // awaited in its turn; until then a failure must not count as unhandled
    states.catch(() => {})
    return states
  }
  const begun: Promise<Points[]>[] = []
  try {
    resumed = performance.now()
    for (let [next, at] = [0, 0]; at < count; at += chunkSize) {
      signal?.throwIfAborted()
      for (; next < count && begun.length < (workers?.inFlight ?? 1); next += chunkSize)
        begun.push(begin(next))
      const sampled = inDataUnits(model, options, await begun.shift()!, at, known)
      seconds += (performance.now() - resumed) / 1000
      onProgress?.({ done: at + sampled.x_0.count, count })
      yield { from: first + at, ...sampled, seconds }
      resumed = performance.now()
    }
  } finally {
    await Promise.allSettled(begun)
  }
}

/** Rows at a time, so that their activations stay in the processor's cache. */
const usualChunkSize = 2000

/** Maximum size of a chunk's noise and states: 16 MB of numbers. */
const mostNumbers = 2 ** 22

/** Rows at a time: the caller's choice, or what suits the provider and memory. */
export function chunkSizeFor(
  { chunkSize = usualChunkSize, file }: Pick<ModelInternals, 'chunkSize' | 'file'>,
  options: Pick<SampleOptions, 'chunkSize' | 'trajectory'>,
  { timesteps }: Process,
): number {
  if (options.chunkSize !== undefined) return options.chunkSize
  // a graph of the whole process takes the noise of all steps at once
  const states = file.isSampler || options.trajectory ? timesteps.length + 1 : 1
  return Math.max(1, Math.min(chunkSize, Math.floor(mostNumbers / (states * file.card.dim))))
}

/** Drawing one normal takes as long as this many multiplications and additions. */
const operationsOfNormal = 1000

/** The model's workers, if they should take on a draw. */
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

/** Up to `size` samples, starting `at` samples after the first. */
function chunkOf(
  { file }: ModelInternals,
  options: SampleOptions,
  process: Process,
  at: number,
  known: Known | undefined,
  size = options.count,
): Chunk {
  const { seed = 0, from = 0, x_T, noise, trajectory } = options
  const to = Math.min(at + size, options.count)
  const { encoding, network } = file.description
  return {
    process,
    ranges: [{ seed, from: from + at, count: to - at }],
    count: to - at,
    dim: network.dim,
    blocks: conditionBlocks(network),
    condition: known && conditionOf(encoding, known, at, to - at),
    x_T: x_T && sliceRows(x_T, at, to),
    noise: noise?.map((points) => sliceRows(points, at, to)),
    trajectory,
  }
}

/** The samples' known cells by the options: none without `given` and `complete`. */
function knownIn(
  { file }: ModelInternals,
  { given, complete, onWarning = console.warn }: SampleOptions,
): Known | undefined {
  if (given === undefined && !complete) return undefined
  const { encoding } = file.description
  const known = { ...knownOf(encoding, given ?? {}), mayLack: !complete }
  for (const warning of knownWarnings(encoding, known)) onWarning(warning)
  return known
}

/** Throws InputError if a sample is not finite. */
export function requireFinite({ data }: Points): void {
  if (!allFinite(data))
    throw new InputError(
      'the samples overflow float32: the network removes too little noise; train it longer, or take fewer steps',
      'out-of-range',
    )
}

function inDataUnits(
  { file }: ModelInternals,
  { clip = false, trajectory, from = 0 }: SampleOptions,
  states: readonly Points[],
  at: number,
  known: Known | undefined,
): Pick<SampledChunk, 'table' | 'points' | 'x_0' | 'trajectory'> {
  const x_0 = states.at(-1)!
  requireFinite(x_0)
  const table = decode(file.description.encoding, x_0, { clip, indexOf: (i) => from + at + i })
  if (known) keepKnown(table.points as Points<Float64Array>, known, at)
  return { table, points: toFloat32(table.points), x_0, trajectory: trajectory ? states : undefined }
}
