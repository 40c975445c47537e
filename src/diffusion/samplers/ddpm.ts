import type { Schedule } from '../schedule.ts'
import { linearSampler, type Sampler, type SamplerConfig } from './sampler.ts'

/**
 * Ancestral sampling. With alpha = alphaBar_t / alphaBar_s,
 *
 *     x_s = (x_t - (1 - alpha) / sqrt(1 - alphaBar_t) epsilon) / sqrt(alpha) + sigma noise
 *
 * sigma^2 is (1 - alpha)(1 - alphaBar_s) / (1 - alphaBar_t) for `fixed_small` (the posterior's, given x_0)
 * and 1 - alpha for `fixed_large`; the step to the data, s = 0, takes no noise.
 * Ho et al., "Denoising diffusion probabilistic models" (2020), algorithm 2, on any t > s.
 */
export function ddpm(schedule: Schedule, variance: SamplerConfig['variance'] = 'fixed_small'): Sampler {
  return linearSampler({ name: 'ddpm', variance }, true, schedule, (t, s) => {
    const alphaBar_t = schedule.alphaBars[t]!
    const alphaBar_s = schedule.alphaBars[s]!
    const alpha = alphaBar_t / alphaBar_s
    const fixedLarge = 1 - alpha
    const fixedSmall = (fixedLarge * (1 - alphaBar_s)) / (1 - alphaBar_t)
    return {
      x_t: 1 / Math.sqrt(alpha),
      output: -fixedLarge / Math.sqrt((1 - alphaBar_t) * alpha),
      noise: s === 0 ? 0 : Math.sqrt(variance === 'fixed_small' ? fixedSmall : fixedLarge),
    }
  })
}
