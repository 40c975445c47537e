import { type Points, sliceRows } from '../core/points.ts'
import { type Chunk, type Plan, sampleChunk } from './chunk.ts'
import type { Model } from './model.ts'
import type { SampleOptions } from './sample-options.ts'

/** Rows at a time: their activations stay in the processor's cache. */
const usualChunkSize = 2000

/** A chunk's way to a browser and back takes longer than what the cache saves (docs/decisions/0010). */
const browserChunkSize = 10_000

/** Rows at a time where the caller doesn't say. */
export function defaultChunkSize({ session }: Model): number {
  return session.provider === 'wasm-browser' ? browserChunkSize : usualChunkSize
}

/** Below this many multiplications and additions, workers that have yet to start cost more than they gain. */
const operationsForWorkers = 2e10

/** The states of samples `from`, `from + 1`, … in scaled space: every one, x_T first, or x_0 alone. */
export interface SampledStates {
  readonly from: number
  readonly states: readonly Points[]
}

/** All samples, chunk by chunk and in order: several at once where the model has workers. */
export async function* statesOf(
  model: Model,
  options: SampleOptions,
  plan: Plan,
): AsyncGenerator<SampledStates, void> {
  const { count, chunkSize = defaultChunkSize(model), signal, onStep } = options
  // a worker can't call back
  const workers = count > chunkSize && !onStep ? workersFor(model, count * plan.timesteps.length) : undefined
  const begin = (from: number) => {
    const chunk = chunkOf(options, plan, from, Math.min(from + chunkSize, count))
    const onState =
      onStep && ((step: number, x: Points) => onStep({ step, t: plan.timesteps[step] ?? 0, from, x }))
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

function workersFor(model: Model, evaluations: number): Model['workers'] {
  const { workers, file } = model
  const parameters = [...file.initializers.values()].reduce((sum, { data }) => sum + data.length, 0)
  const worthIt = workers?.started() || 2 * evaluations * parameters >= operationsForWorkers
  return worthIt ? workers : undefined
}

/** Samples `from` (included) to `to` (excluded). */
export function chunkOf(
  options: SampleOptions,
  { config, timesteps }: Plan,
  from: number,
  to: number,
): Chunk {
  const { seed = 0, x_T, noise, trajectory = false } = options
  return {
    config,
    timesteps,
    seed,
    from,
    to,
    x_T: x_T && sliceRows(x_T, from, to),
    noise: noise?.map((points) => sliceRows(points, from, to)),
    trajectory,
  }
}
