import { targetShares } from '../../diffusion/prediction.ts'
import type { Head } from './head.ts'

/**
 * The post's head: the outputs are epsilon, v or x_0 as they are, trained by the mean squared error (Ho et al. 2020,
 * equation 14). The sampler's coefficients convert them, so that exported steps are one product each.
 */
export const raw: Head = {
  name: 'raw',
  hasLogits: false,
  beginsAtZero: false,
  numberWeight: 1,
  isMean: true,
  target: (alphaBar, type) => targetShares(type, alphaBar),
}
