import { defineSampler } from './sampler.ts'

/**
 * Ancestral sampling: a draw from the posterior of x_s given x_t and the predicted x_0. With
 * alpha = alphaBar_t / alphaBar_s,
 *
 *     x_s = sqrt(alpha) (1 - alphaBar_s) / (1 - alphaBar_t) x_t
 *           + sqrt(alphaBar_s) (1 - alpha) / (1 - alphaBar_t) x_0 + sigma noise
 *
 * which by epsilon is (x_t - (1 - alpha) / sqrt(1 - alphaBar_t) epsilon) / sqrt(alpha) + sigma noise.
 * sigma^2 is (1 - alpha) (1 - alphaBar_s) / (1 - alphaBar_t) for `fixed_small`, the posterior's own, and
 * 1 - alpha for `fixed_large`; the step to the data, s = 0, takes no noise.
 * Ho et al., "Denoising diffusion probabilistic models" (2020), equations 6 and 7 and algorithm 2, on any t > s.
 * https://arxiv.org/abs/2006.11239
 */
export const ddpm = defineSampler({
  name: 'ddpm',
  parameters: {
    variance: {
      choices: ['fixed_small', 'fixed_large'],
      default: 'fixed_small',
      describe: "ddpm's variance",
    },
  },
  isStochastic: () => true,
  formula({ alphaBars }, { variance }) {
    return (t, s) => {
      const alphaBar_t = alphaBars[t]!
      const alphaBar_s = alphaBars[s]!
      const alpha = alphaBar_t / alphaBar_s
      const fixedLarge = 1 - alpha
      const fixedSmall = (fixedLarge * (1 - alphaBar_s)) / (1 - alphaBar_t)
      const x_t = (Math.sqrt(alpha) * (1 - alphaBar_s)) / (1 - alphaBar_t)
      const x_0 = (Math.sqrt(alphaBar_s) * fixedLarge) / (1 - alphaBar_t)
      const noise = s === 0 ? 0 : Math.sqrt(variance === 'fixed_small' ? fixedSmall : fixedLarge)
      return [{ t, calls: [{ x_t, x_0 }], noise }]
    }
  },
})
