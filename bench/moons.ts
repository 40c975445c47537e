import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Points, toFloat32 } from '../src/numerics/points.ts'
import { standardNormals, streams, uniforms } from '../src/numerics/random.ts'
import { makeDataset } from '../src/table/datasets/index.ts'
import { pointsToCsv } from '../src/table/formats/csv.ts'
import { namesOf, pointsOf } from '../src/table/table.ts'

const noiseLevel = 0.05

/** Draw 0 is the one on which the default recipe was chosen. */
export const firstDraw = 1

/** The 1000 training points of a draw, half of them on each moon. */
export const trainingMoons = (draw: number) =>
  makeDataset({ name: 'two-moons', rows: 1000, noiseLevel }, draw)

/** Writes them to a CSV file; returns its path. */
export function writeMoons(folder: string, draw: number): string {
  const path = join(folder, `moons-${draw}.csv`)
  const table = trainingMoons(draw)
  writeFileSync(path, pointsToCsv(toFloat32(pointsOf(table)), namesOf(table)))
  return path
}

/**
 * Fresh points from the distribution itself: a coin picks each point's moon, and its angle is uniform on half a turn.
 * The equal halves and angles of make_moons would hide how a finite set's randomness adds to a distance.
 */
export function freshMoons(count: number, seed: number): Points {
  const request = { seed, stream: streams.datasets, start: 0, count, dim: 2 }
  const places = uniforms({ ...request, step: 1 })
  const noise = standardNormals({ ...request, step: 0 })
  const data = new Float32Array(2 * count)
  for (let i = 0; i < count; i++) {
    const angle = Math.PI * places[2 * i + 1]!
    const isOuter = places[2 * i]! < 0.5
    data[2 * i] = (isOuter ? Math.cos(angle) : 1 - Math.cos(angle)) + noiseLevel * noise[2 * i]!
    data[2 * i + 1] = (isOuter ? Math.sin(angle) : 0.5 - Math.sin(angle)) + noiseLevel * noise[2 * i + 1]!
  }
  return { data, count, dim: 2 }
}
