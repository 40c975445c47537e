import { exp, expm1, log } from '../../numerics/elementary.ts'
import { defineSampler } from './sampler.ts'

/**
 * SDE-DPM-Solver++(2M): the exponential integrator of the reverse stochastic process in lambda = log(alpha / sigma), where
 * alpha = sqrt(alphaBar) and sigma = sqrt(1 - alphaBar). With h = lambda_s - lambda_t, r = h' / h of the step before,
 *
 *     x_s = sigma_s / sigma_t e^-h x_t + alpha_s (1 - e^-2h) D + sigma_s sqrt(1 - e^-2h) noise
 *     D = (1 + 1 / 2r) x_0 - 1 / 2r x_0'
 *
 * The first step takes D = x_0, and so does the one to the data, whose x_0 is the sample itself.
 * Lu et al., "DPM-Solver++: fast solver for guided sampling of diffusion probabilistic models" (2022),
 * appendix D.3. https://arxiv.org/abs/2211.01095
 */
export const sdeDpmSolver = defineSampler({
  name: 'sde-dpmsolver++',
  parameters: {},
  isStochastic: () => true,
  formula({ alphaBars }) {
    const alphaBar = (t: number) => alphaBars[t]!
    const lambda = (t: number) => log(alphaBar(t) / (1 - alphaBar(t))) / 2
    return (t, s, previous) => {
      if (s === 0) return [{ t, calls: [{ x_t: 0, x_0: 1 }], noise: 0 }]
      const h = lambda(s) - lambda(t)
      // 1 - e^-2h, the share of fresh noise
      const fresh = -expm1(-2 * h)
      const x_t = Math.sqrt((1 - alphaBar(s)) / (1 - alphaBar(t))) * exp(-h)
      const data = Math.sqrt(alphaBar(s)) * fresh
      const noise = Math.sqrt((1 - alphaBar(s)) * fresh)
      if (previous === undefined) return [{ t, calls: [{ x_t, x_0: data }], noise }]
      const extrapolation = h / (lambda(t) - lambda(previous)) / 2
      const current = { x_t, x_0: data * (1 + extrapolation) }
      return [{ t, calls: [current, { x_t: 0, x_0: -data * extrapolation }], noise }]
    }
  },
})
