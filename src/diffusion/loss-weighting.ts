import type { PredictionType } from './prediction.ts'

export const lossWeightings = ['none', 'min_snr'] as const

/** How the squared error of a row counts by its timestep. */
export type LossWeighting = (typeof lossWeightings)[number]

/** The paper's choice. */
const gamma = 5

/**
 * A row's weight in the loss on what the network predicts. `min_snr` makes the loss on x_0 count by
 * min(SNR, 5), SNR = alphaBar / (1 - alphaBar); the error of epsilon is SNR times that of x_0, the error of
 * v SNR + 1 times. Hang et al., "Efficient diffusion training via min-SNR weighting strategy" (2023), section 3.4.
 */
export function lossWeight(weighting: LossWeighting, type: PredictionType, alphaBar: number): number {
  if (weighting === 'none') return 1
  const snr = alphaBar / (1 - alphaBar)
  const clipped = Math.min(snr, gamma)
  switch (type) {
    case 'epsilon':
      return clipped / snr
    case 'v_prediction':
      return clipped / (snr + 1)
    case 'sample':
      return clipped
  }
}
