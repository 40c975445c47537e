import { combineRows, type Points } from '../numerics/points.ts'
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
  const signal = schedule.alphaBars.map(Math.sqrt)
  const noise = schedule.alphaBars.map((alphaBar) => Math.sqrt(1 - alphaBar))
  return combineRows(t, signal, x_0, noise, epsilon)
}

export const predictionTypes = ['epsilon', 'v_prediction', 'sample'] as const

/**
 * What the network predicts from x_t and t: the noise epsilon; the velocity
 * v = sqrt(alphaBar) epsilon - sqrt(1 - alphaBar) x_0 (Salimans and Ho, "Progressive distillation for fast
 * sampling of diffusion models", 2022, section 4); or the clean sample x_0.
 */
export type PredictionType = (typeof predictionTypes)[number]

/** A quantity as `x_t` x_t + `output` output, a linear combination of the network's input and output. */
export interface Conversion {
  readonly x_t: number
  readonly output: number
}

/** The predicted x_0. Only `epsilon` needs a division by sqrt(alphaBar). */
export function toSample(type: PredictionType, alphaBar: number): Conversion {
  if (type === 'sample') return { x_t: 0, output: 1 }
  if (type === 'v_prediction') return { x_t: Math.sqrt(alphaBar), output: -Math.sqrt(1 - alphaBar) }
  return { x_t: 1 / Math.sqrt(alphaBar), output: -Math.sqrt((1 - alphaBar) / alphaBar) }
}

/** The predicted noise. Only `sample` needs a division by sqrt(1 - alphaBar). */
export function toEpsilon(type: PredictionType, alphaBar: number): Conversion {
  if (type === 'epsilon') return { x_t: 0, output: 1 }
  if (type === 'v_prediction') return { x_t: Math.sqrt(1 - alphaBar), output: Math.sqrt(alphaBar) }
  return { x_t: 1 / Math.sqrt(1 - alphaBar), output: -Math.sqrt(alphaBar / (1 - alphaBar)) }
}

/** What the network is trained to predict, as shares of x_0 and of the noise epsilon. */
export function targetShares(
  type: PredictionType,
  alphaBar: number,
): { readonly clean: number; readonly noise: number } {
  if (type === 'epsilon') return { clean: 0, noise: 1 }
  if (type === 'sample') return { clean: 1, noise: 0 }
  return { clean: -Math.sqrt(1 - alphaBar), noise: Math.sqrt(alphaBar) }
}

export const lossWeightings = ['none', 'min_snr'] as const

/** How the squared error of a row is weighted by its timestep. */
export type LossWeighting = (typeof lossWeightings)[number]

/**
 * A row's weight in the loss on the network's prediction. `min_snr` weights the loss on x_0 by min(SNR, 5), SNR =
 * alphaBar / (1 - alphaBar); the error of epsilon is SNR times that of x_0, the error of v SNR + 1 times. Hang et al.,
 * "Efficient diffusion training via min-SNR weighting strategy" (2023), section 3.4.
 */
export function lossWeight(weighting: LossWeighting, type: PredictionType, alphaBar: number): number {
  if (weighting === 'none') return 1
  const snr = alphaBar / (1 - alphaBar)
  // 5 is the paper's choice
  const clipped = Math.min(snr, 5)
  const errors = { epsilon: snr, v_prediction: snr + 1, sample: 1 }
  return clipped / errors[type]
}
