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
  const alphaBar = Float64Array.from(t, (timestep) => schedule.alphaBars[timestep]!)
  return combineRows(
    alphaBar.map(Math.sqrt),
    x_0,
    alphaBar.map((a) => Math.sqrt(1 - a)),
    epsilon,
  )
}
