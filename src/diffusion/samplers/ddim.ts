import { defineSampler } from './sampler.ts'

/**
 * Denoising diffusion implicit models: from the predicted x_0 and epsilon,
 *
 *     x_s = sqrt(alphaBar_s) x_0 + sqrt(1 - alphaBar_s - sigma^2) epsilon + sigma noise
 *     sigma^2 = eta^2 (1 - alphaBar_t / alphaBar_s) (1 - alphaBar_s) / (1 - alphaBar_t)
 *
 * eta = 0 is deterministic, eta = 1 is DDPM with `fixed_small`.
 * Song et al., "Denoising diffusion implicit models" (2021), equations 12 and 16.
 * https://arxiv.org/abs/2010.02502
 */
export const ddim = defineSampler({
  name: 'ddim',
  parameters: {
    eta: { min: 0, max: 1, default: 0, describe: "ddim's noise, 0 (none) to 1 (as ddpm)" },
  },
  isStochastic: ({ eta }) => eta > 0,
  formula({ alphaBars }, { eta }) {
    return (t, s) => {
      const alphaBar_t = alphaBars[t]!
      const alphaBar_s = alphaBars[s]!
      const variance = (eta * eta * (1 - alphaBar_t / alphaBar_s) * (1 - alphaBar_s)) / (1 - alphaBar_t)
      // epsilon = (x_t - sqrt(alphaBar_t) x_0) / sqrt(1 - alphaBar_t)
      const x_t = Math.sqrt(Math.max(0, 1 - alphaBar_s - variance) / (1 - alphaBar_t))
      const x_0 = Math.sqrt(alphaBar_s) - x_t * Math.sqrt(alphaBar_t)
      return [{ t, calls: [{ x_t, x_0 }], noise: Math.sqrt(variance) }]
    }
  },
})
