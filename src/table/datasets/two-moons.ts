import type { Points } from '../../core/points.ts'
import { standardNormals, streams } from '../../core/random.ts'
import type { DatasetDefinition } from './dataset.ts'

/**
 * Two interleaved half circles, as scikit-learn's make_moons(shuffle=False): the outer moon's
 * floor(rows / 2) points, then the inner moon's. [rows, 2], float64, without noise.
 */
export function cleanMoons(rows: number): Points<Float64Array> {
  const outer = Math.floor(rows / 2)
  const inner = rows - outer
  const data = new Float64Array(2 * rows)
  const angle = (i: number, of: number) => (of > 1 ? (i * Math.PI) / (of - 1) : 0)
  for (let i = 0; i < outer; i++) data.set([Math.cos(angle(i, outer)), Math.sin(angle(i, outer))], 2 * i)
  for (let i = 0; i < inner; i++)
    data.set([1 - Math.cos(angle(i, inner)), 1 - Math.sin(angle(i, inner)) - 0.5], 2 * (outer + i))
  return { data, count: rows, dim: 2 }
}

/** The moons with normal noise of standard deviation `noiseLevel` (Philox stream 5). */
export const twoMoons = {
  name: 'two-moons',
  columns: ['x', 'y'],
  defaultNoiseLevel: 0.05,
  make(rows, noiseLevel, seed) {
    const clean = cleanMoons(rows).data
    const noise = standardNormals({ seed, stream: streams.datasets, step: 0, start: 0, count: rows, dim: 2 })
    const data = Float32Array.from(clean, (value, k) => value + noiseLevel * noise[k]!)
    return { data, count: rows, dim: 2 }
  },
} as const satisfies DatasetDefinition
