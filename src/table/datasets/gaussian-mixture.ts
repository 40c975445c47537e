import { cosine, sine } from '../../numerics/elementary.ts'
import { planar } from './dataset.ts'

/** Eight normal distributions around a circle of radius 2; the noise level is their standard deviation. */
export const gaussianMixture = planar('gaussian-mixture', 0.1, (u) => {
  const angle = (2 * Math.PI * Math.floor(8 * u)) / 8
  return [2 * cosine(angle), 2 * sine(angle)]
})
