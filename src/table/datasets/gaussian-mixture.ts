import { planar } from './dataset.ts'

/** Eight normal distributions around a circle of radius 2, each of the noise level's deviation. */
export const gaussianMixture = planar('gaussian-mixture', 0.1, (u) => {
  const angle = (2 * Math.PI * Math.floor(8 * u)) / 8
  return [2 * Math.cos(angle), 2 * Math.sin(angle)]
})
