import type { Points } from '../../numerics/points.ts'
import { standardNormals, streams, uniforms } from '../../numerics/random.ts'

/** A built-in dataset. Each has a file, and a line in index.ts. */
export interface DatasetDefinition<N extends string = string> {
  readonly name: N
  readonly columns: readonly string[]
  readonly defaultNoiseLevel: number
  /** Returns `rows` points in data units with one column per name. The same arguments give the same points. */
  readonly make: (rows: number, noiseLevel: number, seed: number) => Points
}

/** Maps two uniform numbers, the row's index and the number of rows to a place in the plane. */
type Place = (u: number, v: number, i: number, rows: number) => readonly [x: number, y: number]

/** Places in the plane with normal noise, drawn from Philox stream 5 (step 0 noise, step 1 places). */
export function planar<N extends string>(
  name: N,
  defaultNoiseLevel: number,
  place: Place,
): DatasetDefinition<N> {
  const make = (rows: number, noiseLevel: number, seed: number): Points => {
    const request = { seed, stream: streams.datasets, start: 0, count: rows, dim: 2 }
    const places = uniforms({ ...request, step: 1 })
    const noise = standardNormals({ ...request, step: 0 })
    const data = new Float32Array(2 * rows)
    for (let i = 0; i < rows; i++) {
      const [x, y] = place(places[2 * i]!, places[2 * i + 1]!, i, rows)
      data[2 * i] = x + noiseLevel * noise[2 * i]!
      data[2 * i + 1] = y + noiseLevel * noise[2 * i + 1]!
    }
    return { data, count: rows, dim: 2 }
  }
  return { name, columns: ['x', 'y'], defaultNoiseLevel, make }
}
