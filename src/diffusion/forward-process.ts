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
  return combineRows(
    eachRow(schedule, t, Math.sqrt),
    x_0,
    eachRow(schedule, t, (alphaBar) => Math.sqrt(1 - alphaBar)),
    epsilon,
  )
}

/** f(alphaBar_t) for the timestep of each row. A loop, for a training step waits: `from` and `map` take ten times as long. */
export function eachRow(
  { alphaBars }: Schedule,
  t: ArrayLike<number>,
  f: (alphaBar: number) => number,
): Float64Array {
  const result = new Float64Array(t.length)
  for (let i = 0; i < result.length; i++) result[i] = f(alphaBars[t[i]!]!)
  return result
}
