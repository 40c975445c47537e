import { InputError } from '../../core/errors.ts'
import type { PredictionType } from '../prediction.ts'
import type { Schedule } from '../schedule.ts'
import { linearSampler, type Sampler } from './sampler.ts'

/**
 * Denoising diffusion implicit models: from the predicted x_0 and epsilon,
 *
 *     x_s = sqrt(alphaBar_s) x_0 + sqrt(1 - alphaBar_s - sigma^2) epsilon + sigma noise
 *     sigma^2 = eta^2 (1 - alphaBar_t / alphaBar_s) (1 - alphaBar_s) / (1 - alphaBar_t)
 *
 * eta = 0 is deterministic, eta = 1 is DDPM with `fixed_small`.
 * Song et al., "Denoising diffusion implicit models" (2021), equations 12 and 16.
 * https://arxiv.org/abs/2010.02502
 * Errors: eta outside 0..1.
 */
export function ddim(schedule: Schedule, eta = 0, predictionType: PredictionType = 'epsilon'): Sampler {
  if (!(eta >= 0 && eta <= 1))
    throw new InputError(`eta is ${eta}: give a number from 0 (deterministic) to 1 (as much noise as ddpm)`)
  return linearSampler({ name: 'ddim', eta }, schedule, predictionType, (t, s) => {
    const alphaBar_t = schedule.alphaBars[t]!
    const alphaBar_s = schedule.alphaBars[s]!
    const variance = (eta ** 2 * (1 - alphaBar_t / alphaBar_s) * (1 - alphaBar_s)) / (1 - alphaBar_t)
    // epsilon = (x_t - sqrt(alphaBar_t) x_0) / sqrt(1 - alphaBar_t)
    const x_t = Math.sqrt(Math.max(0, 1 - alphaBar_s - variance) / (1 - alphaBar_t))
    return {
      x_t,
      x_0: Math.sqrt(alphaBar_s) - x_t * Math.sqrt(alphaBar_t),
      noise: Math.sqrt(variance),
    }
  })
}
