import type { Points } from '../../src/numerics/points.ts'
import { standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import { makeDataset } from '../../src/table/datasets/index.ts'
import { pointsToCsv } from '../../src/table/formats/csv.ts'
import { namesOf } from '../../src/table/table.ts'

const noiseLevel = 0.05
export const trainingRows = 1000

/** The 1000 training points of a draw, half of them on each moon, as CSV. */
export function trainingCsv(draw: number): string {
  const table = makeDataset({ name: 'two-moons', rows: trainingRows, noiseLevel }, draw)
  return pointsToCsv(table.points, namesOf(table))
}

/**
 * Fresh points from the distribution itself: a coin picks each point's moon, and its angle is uniform on half a turn.
 * The equal halves and angles of make_moons would hide how a finite set's randomness adds to a distance.
 */
export function freshPoints(count: number, seed: number): Points {
  const request = { seed, stream: streams.datasets, start: 0, count, dim: 2 }
  const places = uniforms({ ...request, step: 1 })
  const noise = standardNormals({ ...request, step: 0 })
  const data = new Float32Array(2 * count)
  for (let i = 0; i < count; i++) {
    const angle = Math.PI * places[2 * i + 1]!
    const [x, y] =
      places[2 * i]! < 0.5 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)]
    data[2 * i] = x + noiseLevel * noise[2 * i]!
    data[2 * i + 1] = y + noiseLevel * noise[2 * i + 1]!
  }
  return { data, count, dim: 2 }
}
