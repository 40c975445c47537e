/** Sampling: `sample`, `sampleStream` and `impute` on a loaded model, with the providers and shards that it takes. */
import { type Points, sliceRows, toFloat32 } from '../numerics/points.ts'
import { numberCount } from '../onnx/graph.ts'
import { isScaled } from '../table/encodings/encoding.ts'
import type { TableRow } from '../table/inference/rows.ts'
import { emptyLike, pointsOf, type Table, writeRows } from '../table/table.ts'
import type { RunChunk } from './candidates.ts'
import { type ChunkStates, sampleChunk } from './chunk.ts'
import { type Draw, drawOf, partOf } from './draw.ts'
import {
  internalsOf,
  type Model,
  type ModelInternals,
  type SampledChunk,
  type SampleOptions,
  type SampleResult,
  type SampleStream,
} from './model.ts'
import { rowsOf } from './rows.ts'
import { infoOf } from './session.ts'
import { chunkOf } from './shared-chunk.ts'
import { withTablePoints } from './table-points.ts'

/**
 * Draws samples from a model: model.onnx step by step, sampler.onnx in one run for each chunk. `sample<Person>` says what
 * `toRows` gives of its table, which is not checked; `moonstep info --typescript` prints that type.
 *
 * @param model - The model.
 * @param options - How many samples, the seed, and the process; the card's recommendation fills in the rest.
 * @returns The samples as a table in data units, those of a model of points as points, too, the same for the same seed, and how they
 * were drawn.
 * @throws InputError if an option is out of range or differs from the process of a sampler.onnx; the signal's reason
 * once it is aborted.
 * @example
 * const { table } = await sample(model, { count: 1000, seed: 7 })
 */
export async function sample<R extends object = TableRow>(
  model: Model,
  options: SampleOptions,
): Promise<SampleResult<R>> {
  const internals = internalsOf(model)
  const draw = drawOf('sample', internals, options)
  return samplesOf<R>(internals, draw)
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
export function sampleStream<R extends object = TableRow>(
  model: Model,
  options: SampleOptions,
): SampleStream<R> {
  const internals = internalsOf(model)
  const draw = drawOf('sampleStream', internals, options)
  return {
    ...infoOf(internals.session),
    sampler: draw.process.sampler,
    timesteps: draw.process.timesteps,
    [Symbol.asyncIterator]: () => chunksOf(internals, draw),
  }
}

export async function samplesOf<R extends object = TableRow>(
  model: ModelInternals,
  draw: Draw,
): Promise<SampleResult<R>> {
  const end = model.uses.begin()
  try {
    const { count, chunkSize, onStep } = draw
    const chunks = () => chunksOf(model, draw, () => () => {})
    const { table, x_0, trajectory, seconds } = await (count <= chunkSize && !onStep
      ? onlyChunk(model, draw)
      : joined(count, chunks()))
    const { sampler, timesteps } = draw.process
    // spreading first would take V8 a seventh of a single sample's time
    const drawn = { table, x_0, trajectory, sampler, timesteps, seconds, ...infoOf(model.session) }
    return withPoints(model, drawn)
  } finally {
    end()
  }
}

type Samples = Omit<SampledChunk, 'from' | 'table' | 'points'> & { readonly table: Table }

/** Samples with their points, which a table's make only when they are asked for. */
function withPoints<S extends { readonly table: Table }>({ file }: ModelInternals, samples: S) {
  return isScaled(file.description.encoding)
    ? Object.assign(samples, { points: toFloat32(pointsOf(samples.table)) })
    : withTablePoints(samples)
}

/** Avoids the stream's generator, which would take longer than the network takes for a single sample. */
async function onlyChunk(model: ModelInternals, draw: Draw): Promise<Samples> {
  const start = performance.now()
  const { count, signal, onProgress } = draw
  signal?.throwIfAborted()
  const run: RunChunk = (chunk) => sampleChunk(model, chunk, { signal })
  const { table, x_0, trajectory } = await inDataUnits(model, draw, await run(chunkOf(model, [draw])), run)
  const seconds = (performance.now() - start) / 1000
  onProgress?.({ done: count, count })
  return { table, x_0, trajectory, seconds }
}

async function joined(count: number, chunks: AsyncIterable<SampledChunk>): Promise<Samples> {
  const roomFor = ({ dim }: Points): Points => ({ data: new Float32Array(count * dim), count, dim })
  let collected: Pick<Samples, 'table' | 'x_0' | 'trajectory'> | undefined
  let [seconds, row] = [0, 0]
  for await (const chunk of chunks) {
    const { table, x_0, trajectory = [] } = chunk
    collected ??= {
      table: emptyLike(table, count),
      x_0: roomFor(x_0),
      trajectory: chunk.trajectory?.map(roomFor),
    }
    writeRows(collected.table, table, row)
    collected.x_0.data.set(x_0.data, row * x_0.dim)
    for (const [k, state] of trajectory.entries())
      collected.trajectory![k]!.data.set(state.data, row * x_0.dim)
    row += x_0.count
    seconds = chunk.seconds
  }
  return { ...collected!, seconds }
}

/** All samples in order, several chunks at once if the model has workers. Each chunk is a use of the model. */
export async function* chunksOf(model: ModelInternals, draw: Draw, beginUse = () => model.uses.begin()) {
  const { count, chunkSize, process, signal, onProgress, onStep } = draw
  let [seconds, resumed] = [0, 0]
  /** Reports a chunk's states to the caller; the caller's time does not count as sampling. */
  const watching = ({ ranges, count }: Draw) =>
    onStep &&
    (async (step: number, x: Points) => {
      const before = performance.now()
      const { from } = ranges[0]!
      // of several candidates, the first
      await onStep({ step, t: process.timesteps[step] ?? 0, from, x: sliceRows(x, 0, count) })
      resumed += performance.now() - before
    })
  const workers = workersFor(model, draw)
  const run: RunChunk = (chunk) => workers?.run(chunk) ?? sampleChunk(model, chunk, { signal })
  const begin = (at: number) => {
    const part = partOf(draw, at, Math.min(chunkSize, count - at))
    const chunk = chunkOf(model, [part])
    const { from } = part.ranges[0]!
    const end = beginUse()
    const states = workers
      ? workers.run(chunk)
      : sampleChunk(model, chunk, { signal, onState: watching(part) })
    const samples = states.then((all) => inDataUnits(model, part, all, run)).finally(end)
    // awaited in its turn; until then a failure must not count as unhandled
    samples.catch(() => {})
    return { from, part, samples }
  }
  const begun: ReturnType<typeof begin>[] = []
  try {
    resumed = performance.now()
    for (let [next, done] = [0, 0]; done < count; ) {
      signal?.throwIfAborted()
      for (; next < count && begun.length < (workers?.inFlight ?? 1); next += chunkSize)
        begun.push(begin(next))
      const { from, part, samples: drawn } = begun.shift()!
      const samples = await drawn
      done += part.count
      seconds += (performance.now() - resumed) / 1000
      onProgress?.({ done, count })
      yield withPoints(model, { from, ...samples, seconds })
      resumed = performance.now()
    }
  } finally {
    await Promise.allSettled(begun.map(({ samples }) => samples))
  }
}

/** Drawing one normal takes as long as this many multiplications and additions. */
const operationsOfNormal = 1000

/** The model's workers, if they should take on a draw; a worker can't call back. */
function workersFor(
  { workers, file }: ModelInternals,
  { process: { stages, timesteps, isStochastic }, count, chunkSize, onStep }: Draw,
): ModelInternals['workers'] {
  if (count <= chunkSize || onStep) return undefined
  const rows = count * (file.description.candidates?.count ?? 1)
  const evaluations = rows * stages.length
  const normals = rows * (isStochastic ? timesteps.length : 1) * file.card.dim
  const operations = 2 * evaluations * numberCount(file.graph) + operationsOfNormal * normals
  return workers?.takeOn(operations) ? workers : undefined
}

async function inDataUnits(
  model: ModelInternals,
  draw: Draw,
  drawn: ChunkStates,
  run: RunChunk,
): Promise<Omit<Samples, 'seconds'>> {
  const [rows] = await rowsOf(model, [draw], drawn, run)
  const { table, x_0 } = await rows!
  return { table, x_0, trajectory: draw.trajectory ? drawn.states : undefined }
}
