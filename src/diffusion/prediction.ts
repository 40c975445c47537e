import type { Points } from '../core/points.ts'
import { velocity } from './forward-process.ts'
import type { Schedule } from './schedule.ts'

export const predictionTypes = ['epsilon', 'v_prediction', 'sample'] as const

/**
 * What the network predicts from x_t and t: the noise epsilon; the velocity
 * v = sqrt(alphaBar) epsilon - sqrt(1 - alphaBar) x_0 (Salimans and Ho, "Progressive distillation for fast
 * sampling of diffusion models", 2022, section 4); or the clean sample x_0.
 */
export type PredictionType = (typeof predictionTypes)[number]

/** A quantity as x_t x_t + output output, from what the network was given and what it said. */
export interface Conversion {
  readonly x_t: number
  readonly output: number
}

/** The predicted x_0. It divides by sqrt(alphaBar) for `epsilon` alone. */
export function toSample(type: PredictionType, alphaBar: number): Conversion {
  switch (type) {
    case 'epsilon':
      return { x_t: 1 / Math.sqrt(alphaBar), output: -Math.sqrt((1 - alphaBar) / alphaBar) }
    case 'v_prediction':
      return { x_t: Math.sqrt(alphaBar), output: -Math.sqrt(1 - alphaBar) }
    case 'sample':
      return { x_t: 0, output: 1 }
  }
}

/** The predicted noise. It divides by sqrt(1 - alphaBar) for `sample` alone. */
export function toEpsilon(type: PredictionType, alphaBar: number): Conversion {
  switch (type) {
    case 'epsilon':
      return { x_t: 0, output: 1 }
    case 'v_prediction':
      return { x_t: Math.sqrt(1 - alphaBar), output: Math.sqrt(alphaBar) }
    case 'sample':
      return { x_t: 1 / Math.sqrt(1 - alphaBar), output: -Math.sqrt(alphaBar / (1 - alphaBar)) }
  }
}

/** What the network should say for each row of x_0 noised with epsilon at timestep t; all [count, dim]. */
export function predictionTarget(
  type: PredictionType,
  schedule: Schedule,
  x_0: Points,
  t: ArrayLike<number>,
  epsilon: Points,
): Points {
  switch (type) {
    case 'epsilon':
      return epsilon
    case 'v_prediction':
      return velocity(schedule, x_0, t, epsilon)
    case 'sample':
      return x_0
  }
}
