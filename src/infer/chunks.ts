import { type Points, sliceRows } from '../core/points.ts'
import type { Process } from '../diffusion/process.ts'
import { numberCount } from '../onnx/graph.ts'
import { type Chunk, sampleChunk } from './chunk.ts'
import type { ModelInternals, SampleOptions } from './model.ts'

/** Rows at a time: their activations stay in the processor's cache. */
const usualChunkSize = 2000

/** What a chunk's noise and states come to at most: 16 MB of numbers, whatever the steps and columns. */
const mostNumbers = 2 ** 22

/** Rows at a time: the caller's, or as many as suit the provider and memory. */
export function chunkSizeFor(
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

/** The states of samples `from`, `from + 1`, … in scaled space: every one, x_T first, or x_0 alone. */
export interface SampledStates {
  readonly from: number
  readonly states: readonly Points[]
}

/** All samples, chunk by chunk and in order: several at once where the model has workers. */
export async function* statesOf(
  model: ModelInternals,
  options: SampleOptions,
  process: Process,
): AsyncGenerator<SampledStates, void> {
  const { count, signal, onStep } = options
  const chunkSize = chunkSizeFor(model, options, process)
  // a worker can't call back
  const workers = count > chunkSize && !onStep ? workersFor(model, process, count) : undefined
  const begin = (from: number) => {
    const chunk = chunkOf(options, process, from, Math.min(from + chunkSize, count))
    const onState =
      onStep && ((step: number, x: Points) => onStep({ step, t: process.timesteps[step] ?? 0, from, x }))
    const states = workers ? workers.run(chunk) : sampleChunk(model, chunk, { signal, onState })
    // looked at in its turn; until then a failure is not unhandled
    states.catch(() => {})
    return { from, states }
  }
  const begun: ReturnType<typeof begin>[] = []
  try {
    for (let next = 0; next < count || begun.length > 0; ) {
      signal?.throwIfAborted()
      for (; next < count && begun.length < (workers?.inFlight ?? 1); next += chunkSize)
        begun.push(begin(next))
      const { from, states } = begun.shift()!
      yield { from, states: await states }
    }
  } finally {
    await Promise.allSettled(begun.map(({ states }) => states))
  }
}

function workersFor(
  { workers, file }: ModelInternals,
  process: Process,
  count: number,
): ModelInternals['workers'] {
  const parameters = numberCount(file.graph)
  const evaluations = count * process.stages.length
  const normals = (process.isStochastic ? count * process.timesteps.length : count) * file.card.dim
  const operations = 2 * evaluations * parameters + operationsOfNormal * normals
  return workers?.takeOn(operations) ? workers : undefined
}

/** Samples `from` (included) to `to` (excluded). */
export function chunkOf(options: SampleOptions, process: Process, from: number, to: number): Chunk {
  const { seed = 0, x_T, noise, trajectory = false } = options
  return {
    process,
    seed,
    from,
    to,
    x_T: x_T && sliceRows(x_T, from, to),
    noise: noise?.map((points) => sliceRows(points, from, to)),
    trajectory,
  }
}
