import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { slicedWasserstein2 } from '../../src/measure/distances/sliced-wasserstein.ts'
import { toColumns } from '../../src/measure/distances/subsets.ts'
import { readRunConfig } from '../../src/node/run-folder.ts'
import type { FloatArray, Points } from '../../src/numerics/points.ts'
import { encode } from '../../src/table/encodings/encode.ts'
import { type Encoding, encodingOf } from '../../src/table/encodings/encoding.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { tableOfPoints } from '../../src/table/table.ts'
import { moonstep } from '../command.ts'
import type { Setting } from '../group.ts'
import { freshMoons, writeMoons } from '../moons.ts'

/** The number of samples, and of fresh points to compare them with. */
export const count = 100_000

/** The seeds of fresh points are far from those of the training points. */
export const freshSeed = (draw: number) => 1_000_000 + draw

const fresh = new Map<number, Points>()

/** Sliced Wasserstein-2 between points in scaled space and fresh points of a draw, scaled like its training data. */
export async function distanceOf(
  points: Points<FloatArray>,
  draw: number,
  encoding: Encoding,
): Promise<number> {
  if (!fresh.has(draw)) fresh.set(draw, freshMoons(count, freshSeed(draw)))
  const real = toColumns(scaled(fresh.get(draw)!, encoding), 'fresh points')
  return slicedWasserstein2(real, toColumns(points, 'samples'))
}

/** Points in scaled space, in float64 so that scaling doesn't round. */
export function scaled(points: Points, encoding: Encoding): Points<Float64Array> {
  return encode(encoding, tableOfPoints(encoding.columns, points))
}

/** Trains on a draw and exports, through the command line; returns the run. A run that is there is taken. */
export function trainedRun(
  { folder }: Setting,
  draw: number,
  seed: number,
  options: readonly string[] = [],
): string {
  const run = join(folder, `moons-${draw}-${seed}${options.join('').replace(/\W+/g, '-')}`)
  if (existsSync(`${run}.onnx`)) return run
  moonstep('train', '--dataset', writeMoons(folder, draw), '--out', run, '--seed', seed, ...options)
  moonstep('export', run, '--out', `${run}.onnx`)
  return run
}

export const encodingOfRun = async (run: string) => encodingOf(await readRunConfig(run))

/** The distance of 100,000 samples of an exported run from fresh points of a draw. */
export async function distanceOfRun(run: string, draw: number, options: readonly string[]): Promise<number> {
  moonstep('sample', `${run}.onnx`, '-n', count, '--out', `${run}.npy`, ...options)
  const samples = await readTable('out', `${run}.npy`)
  const encoding = await encodingOfRun(run)
  return distanceOf(encode(encoding, samples), draw, encoding)
}
