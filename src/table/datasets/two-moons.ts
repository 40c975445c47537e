import { cosine, sine } from '../../numerics/elementary.ts'
import { planar } from './dataset.ts'

/**
 * Place i of two interleaved half circles without noise, as in scikit-learn's make_moons(shuffle=False): the outer
 * moon's floor(rows / 2) points, then the inner moon's.
 */
export function moonPlace(i: number, rows: number): [x: number, y: number] {
  const outer = Math.floor(rows / 2)
  const angle = (k: number, count: number) => (count > 1 ? (k * Math.PI) / (count - 1) : 0)
  if (i < outer) return [cosine(angle(i, outer)), sine(angle(i, outer))]
  const inner = angle(i - outer, rows - outer)
  return [1 - cosine(inner), 1 - sine(inner) - 0.5]
}

/** The moons with normal noise. */
export const twoMoons = planar('two-moons', 0.05, (_, __, i, rows) => moonPlace(i, rows))
