import { defineSampler } from './sampler.ts'

/**
 * Heun's method of second order on the probability flow in sigma = sqrt((1 - alphaBar) / alphaBar), deterministic. With
 * y = x / sqrt(alphaBar), the flow is dy / dsigma = (y - x_0) / sigma, and a step from t to s takes two network calls:
 *
 *     d = (y_t - x_0) / sigma_t                    where x_0 is predicted from x_t at t
 *     y' = y_t + (sigma_s - sigma_t) d             Euler's step, which is DDIM's
 *     d' = (y' - x_0') / sigma_s                   where x_0' is predicted from x' at s
 *     y_s = y_t + (sigma_s - sigma_t) (d + d') / 2
 *
 * The step to the data, where sigma_s is 0, is Euler's alone. n steps take 2n - 1 calls.
 * Karras et al., "Elucidating the design space of diffusion-based generative models" (2022), algorithm 1, which is
 * algorithm 2 without churn. https://arxiv.org/abs/2206.00364
 */
export const heun = defineSampler({
  name: 'heun',
  parameters: {},
  isStochastic: () => false,
  formula({ alphaBars }) {
    const signal = (t: number) => Math.sqrt(alphaBars[t]!)
    const sigma = (t: number) => Math.sqrt((1 - alphaBars[t]!) / alphaBars[t]!)
    return (t, s) => {
      const ratio = sigma(s) / sigma(t)
      const scale = signal(s) / signal(t)
      const euler = { t, calls: [{ x_t: scale * ratio, x_0: signal(s) * (1 - ratio) }], noise: 0 }
      if (s === 0) return [euler]
      const half = (sigma(s) - sigma(t)) / 2
      const first = { x_t: scale * (1 + half / sigma(t)), x_0: (-signal(s) * half) / sigma(t) }
      const second = { x_t: half / sigma(s), x_0: (-signal(s) * half) / sigma(s) }
      return [euler, { t: s, calls: [second, first], noise: 0 }]
    }
  },
})
