import { targetShares, toSample } from '../../diffusion/prediction.ts'
import type { Head } from './head.ts'

/**
 * The head of tables on cards of format 2, whose result is x_0: a number's output is v (Salimans and Ho 2022), a category's are logits. A
 * number's squared error counts three times a category's cross-entropy (docs/formulation.md).
 */
export const estimate: Head = {
  name: 'estimate',
  hasLogits: true,
  beginsAtZero: true,
  numberWeight: 3,
  isMean: false,
  target: (alphaBar) => targetShares('v_prediction', alphaBar),
  toSample: (alphaBar) => toSample('v_prediction', alphaBar),
}
