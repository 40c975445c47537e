import type { FloatArray, Points } from '../core/points.ts'
import type { NetworkCall, Sampler } from './samplers/sampler.ts'

/** The seam between the mathematics and whatever evaluates the network. */
export interface NoisePredictor<A extends FloatArray = Float32Array> {
  /** The network's output for x_t [count, dim] at timestep t: one for all rows, or one a row. */
  predict(x_t: Points<A>, t: number | ArrayLike<number>): Promise<Points<A>>
}

export interface ReverseProcess<A extends FloatArray> {
  readonly predictor: NoisePredictor<A>
  readonly sampler: Sampler
  /** Falling; the last step goes to 0. */
  readonly timesteps: readonly number[]
  readonly x_T: Points<A>
  /** The noise of the j-th step taken, [count, dim]; asked only where the step needs it. */
  readonly noise: (j: number) => Points<A>
  readonly signal?: AbortSignal | undefined
}

export interface ReverseState<A extends FloatArray> {
  /** Steps taken so far. */
  readonly step: number
  /** The timestep of `x`. */
  readonly t: number
  readonly x: Points<A>
}

/**
 * Walks from x_T to x_0 and yields every state on the way, x_T first (timesteps + 1 of them).
 * The precision is that of x_T. Errors: the signal's reason once it is aborted.
 */
export async function* reverseProcess<A extends FloatArray>({
  predictor,
  sampler,
  timesteps,
  x_T,
  noise,
  signal,
}: ReverseProcess<A>): AsyncGenerator<ReverseState<A>, void> {
  let x = x_T
  let previous: NetworkCall<A> | undefined
  yield { step: 0, t: timesteps[0]!, x }
  for (const [j, t] of timesteps.entries()) {
    signal?.throwIfAborted()
    const s = timesteps[j + 1] ?? 0
    const output = await predictor.predict(x, t)
    const needsNoise = sampler.coefficients(t, s, previous?.t).noise !== 0
    const call = { t, x_t: x, output }
    x = sampler.step({ ...call, s, noise: needsNoise ? noise(j) : undefined, previous })
    previous = call
    yield { step: j + 1, t: s, x }
  }
}
