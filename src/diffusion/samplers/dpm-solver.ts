import { log } from '../../numerics/elementary.ts'
import { defineSampler } from './sampler.ts'

/**
 * DPM-Solver++, the exponential integrator of the probability flow in lambda = log(alpha / sigma), where
 * alpha = sqrt(alphaBar) and sigma = sqrt(1 - alphaBar). With h = lambda_s - lambda_t,
 *
 *     x_s = sigma_s / sigma_t x_t + alpha_s (1 - e^-h) D
 *
 * Order 1 takes D = x_0, which is DDIM's step. Order 2 (multistep, 2M) extrapolates from the step before,
 * D = (1 + 1 / 2r) x_0 - 1 / 2r x_0', r = h' / h; its first step and the one to the data are of order 1.
 * Lu et al., "DPM-Solver++: fast solver for guided sampling of diffusion probabilistic models" (2022),
 * algorithm 2. https://arxiv.org/abs/2211.01095
 */
export const dpmSolver = defineSampler({
  name: 'dpmsolver++',
  parameters: { order: { choices: [1, 2], default: 2, describe: "dpmsolver++'s order, 1 or 2" } },
  isStochastic: () => false,
  formula({ alphaBars }, { order }) {
    const alphaBar = (t: number) => alphaBars[t]!
    const lambda = (t: number) => log(alphaBar(t) / (1 - alphaBar(t))) / 2
    return (t, s, previous) => {
      const x_t = Math.sqrt((1 - alphaBar(s)) / (1 - alphaBar(t)))
      // alpha_s (1 - e^-h), where e^-h = sigma_s alpha_t / (sigma_t alpha_s)
      const data = Math.sqrt(alphaBar(s)) - x_t * Math.sqrt(alphaBar(t))
      if (order === 1 || previous === undefined || s === 0)
        return [{ t, calls: [{ x_t, x_0: data }], noise: 0 }]
      const extrapolation = (lambda(s) - lambda(t)) / (lambda(t) - lambda(previous)) / 2
      const current = { x_t, x_0: data * (1 + extrapolation) }
      return [{ t, calls: [current, { x_t: 0, x_0: -data * extrapolation }], noise: 0 }]
    }
  },
  warning: ({ order }, numSteps) =>
    order === 2 && numSteps === 1
      ? 'dpmsolver++ of order 2 in one step is of order 1: order 2 needs a previous step'
      : undefined,
})
