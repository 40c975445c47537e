import { cosine, sine } from '../../numerics/elementary.ts'
import { planar } from './dataset.ts'

/** scikit-learn's two circles, with radius 1 (the first half of the rows) and 0.5, and equally spaced points. */
export const circles = planar('circles', 0.05, (_, __, i, rows) => {
  const outer = Math.floor(rows / 2)
  const [radius, angle] =
    i < outer ? [1, (2 * Math.PI * i) / outer] : [0.5, (2 * Math.PI * (i - outer)) / (rows - outer)]
  return [radius * cosine(angle), radius * sine(angle)]
})
