import { combineRows, type Points } from '../core/points.ts'
import type { Schedule } from './schedule.ts'

/**
 * x_t = sqrt(alphaBar_t) x_0 + sqrt(1 - alphaBar_t) epsilon, with a timestep for each row.
 * Ho et al., "Denoising diffusion probabilistic models" (2020), equation 4.
 */
export function forwardProcess(
  schedule: Schedule,
  x_0: Points,
  t: ArrayLike<number>,
  epsilon: Points,
): Points {
  const { signal, noise } = sharesOf(schedule)
  return combineRows(t, signal, x_0, noise, epsilon)
}

/** v = sqrt(alphaBar_t) epsilon - sqrt(1 - alphaBar_t) x_0, with a timestep for each row. */
export function velocity(schedule: Schedule, x_0: Points, t: ArrayLike<number>, epsilon: Points): Points {
  const { signal, minusNoise } = sharesOf(schedule)
  return combineRows(t, signal, epsilon, minusNoise, x_0)
}

/** sqrt(alphaBar_t) and +-sqrt(1 - alphaBar_t) for t = 0..T. */
interface Shares {
  readonly signal: Float64Array
  readonly noise: Float64Array
  readonly minusNoise: Float64Array
}

/** Made once a schedule: a training step asks for some of each batch. */
const known = new WeakMap<Schedule, Shares>()

function sharesOf(schedule: Schedule): Shares {
  const before = known.get(schedule)
  if (before) return before
  const of = (f: (alphaBar: number) => number) => Float64Array.from(schedule.alphaBars, f)
  const shares = {
    signal: of(Math.sqrt),
    noise: of((alphaBar) => Math.sqrt(1 - alphaBar)),
    minusNoise: of((alphaBar) => -Math.sqrt(1 - alphaBar)),
  }
  known.set(schedule, shares)
  return shares
}
