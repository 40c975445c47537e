import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { slicedWasserstein2 } from '../../src/measure/distances/sliced-wasserstein.ts'
import { toColumns } from '../../src/measure/distances/subsets.ts'
import { readRunConfig } from '../../src/node/run-folder.ts'
import type { Points } from '../../src/numerics/points.ts'
import { type Encoding, encode, encodingOf } from '../../src/table/encodings/encoding.ts'
import { parseCsv } from '../../src/table/formats/csv.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { moonstep } from '../command.ts'
import { freshPoints, trainingCsv } from './moons.ts'

/** The number of samples, and of fresh points to compare them with. */
export const count = 100_000

/** The seeds of fresh points are far from those of the training points. */
const freshSeed = (draw: number) => 1_000_000 + draw

/** What to compare a draw's models with. */
export interface Baseline {
  readonly draw: number
  /** The distance between two sets of fresh points. */
  readonly real: number
  /** The distance of the training points: a generator that repeats them. */
  readonly training: number
}

/** Trains and samples through the command line, in a temporary folder. */
export class Workbench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'moonstep-quality-'))
  readonly #fresh = new Map<number, Points>()

  /** Trains on a draw's 1000 points and exports; returns the run's name, for `distance`. */
  train(name: string, draw: number, ...options: string[]): string {
    const csv = join(this.#folder, `moons-${draw}.csv`)
    writeFileSync(csv, trainingCsv(draw))
    const run = join(this.#folder, name)
    moonstep('train', '--dataset', csv, '--out', run, ...options)
    moonstep('export', run, '--out', `${run}.onnx`)
    return name
  }

  /** Distils a trained run and exports; returns the student's name, for `distance`. */
  distill(name: string, teacher: string, ...options: string[]): string {
    const student = join(this.#folder, name)
    moonstep('distill', join(this.#folder, teacher), '--out', student, ...options)
    moonstep('export', student, '--out', `${student}.onnx`)
    return name
  }

  /** Sliced Wasserstein-2 between 100,000 samples and 100,000 fresh points, both scaled like the training data. */
  async distance(name: string, draw: number, ...options: string[]): Promise<number> {
    const run = join(this.#folder, name)
    const out = join(this.#folder, 'samples.npy')
    moonstep('sample', `${run}.onnx`, '-n', String(count), '--out', out, ...options)
    const { points } = await readTable('out', out)
    return this.#distance(points, this.#freshOf(draw), await this.encoding(name))
  }

  /** The same for other fresh points, and for the training points: the baseline for models. */
  async baseline(name: string, draw: number): Promise<Baseline> {
    const encoding = await this.encoding(name)
    const fresh = this.#freshOf(draw)
    const { points } = parseCsv(trainingCsv(draw), 'moons.csv')
    return {
      draw,
      real: await this.#distance(freshPoints(count, freshSeed(draw) + 500_000), fresh, encoding),
      training: await this.#distance(points, fresh, encoding),
    }
  }

  /** The same for points in scaled space. */
  async scaledDistance(
    points: Parameters<typeof toColumns>[0],
    draw: number,
    encoding: Encoding,
  ): Promise<number> {
    const fresh = encode(encoding, exact(this.#freshOf(draw)))
    return slicedWasserstein2(toColumns(fresh, 'fresh points'), toColumns(points, 'samples'))
  }

  async encoding(name: string): Promise<Encoding> {
    return encodingOf(await readRunConfig(join(this.#folder, name)))
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true })
  }

  #freshOf(draw: number): Points {
    const points = this.#fresh.get(draw) ?? freshPoints(count, freshSeed(draw))
    this.#fresh.set(draw, points)
    return points
  }

  #distance(samples: Parameters<typeof toColumns>[0], fresh: Points, encoding: Encoding): Promise<number> {
    return slicedWasserstein2(
      toColumns(encode(encoding, exact(fresh)), 'fresh points'),
      toColumns(encode(encoding, exact(samples)), 'samples'),
    )
  }
}

/** In float64, so that scaling doesn't round. */
function exact({ data, count: rows, dim }: Parameters<typeof toColumns>[0]) {
  return { points: { data: Float64Array.from(data), count: rows, dim } }
}
