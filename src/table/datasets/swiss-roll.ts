import { cosine, sine } from '../../numerics/elementary.ts'
import { planar } from './dataset.ts'

/** scikit-learn's swiss roll seen from its end: radius and angle from 1.5 pi to 4.5 pi. */
export const swissRoll = planar('swiss-roll', 0.3, (u) => {
  const angle = 1.5 * Math.PI * (1 + 2 * u)
  return [angle * cosine(angle), angle * sine(angle)]
})
