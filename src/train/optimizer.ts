import type { LrDecay } from '../model/run-config.ts'

/** AdamW's constants: PyTorch's defaults, but for the decoupled weight decay, which a run chooses. */
export const adamW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/** The learning rate of step `step` (from 0) of `steps`. */
export function learningRateAt(step: number, steps: number, initial: number, decay: LrDecay): number {
  const progress = step / steps
  switch (decay) {
    case 'none':
      return initial
    case 'linear':
      return initial * (1 - progress)
    case 'cosine':
      // Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017), equation 5
      return (initial * (1 + Math.cos(Math.PI * progress))) / 2
  }
}

/**
 * The decay of the weights' moving average after `step` steps: it grows to `decay`, so that the average
 * forgets the initial weights (as TensorFlow's ExponentialMovingAverage with num_updates).
 */
export function averageDecayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step))
}
