import { InputError } from '../../core/errors.ts'
import { forEach, type Work } from '../../core/work.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { streams, uniforms } from '../../numerics/random.ts'
import { median } from '../statistics.ts'

/** Points column by column in float64, so that distances of one point to all others are plain loops. */
export interface Columns {
  /** `dim` columns of `count` numbers, padded with a column of zeros to an even number. */
  readonly columns: readonly Float64Array[]
  readonly count: number
  readonly dim: number
}

/** Squares of differences up to here, and sums of them, stay finite. */
const largest = 1e100

/** Converts points [count, dim] to columns. Throws on a number that is not finite or too large to square. */
export function toColumns({ data, count, dim }: Points<FloatArray>, subject: string): Columns {
  const columns = Array.from({ length: dim + (dim % 2) }, () => new Float64Array(count))
  for (let i = 0, k = 0; i < count; i++)
    for (let d = 0; d < dim; d++, k++) {
      const value = data[k]!
      if (!(Math.abs(value) <= largest)) {
        const problem = `${subject}, row ${i + 1}, column ${d + 1} is ${value} when scaled: distances need finite numbers below ${largest}`
        throw new InputError(problem, 'bad-data')
      }
      columns[d]![i] = value
    }
  return { columns, count, dim }
}

export function gatherColumns({ columns, dim }: Columns, indices: Int32Array): Columns {
  const gathered = columns.map((column) => Float64Array.from(indices, (i) => column[i]!))
  return { columns: gathered, count: indices.length, dim }
}

/** Writes the squared Euclidean distances of row `i` of `from` to all rows of `to` into `out`. */
export function squaredDistances(from: Columns, i: number, to: Columns, out: Float64Array): void {
  for (let d = 0; d < to.columns.length; d += 2) {
    const xs = to.columns[d]!
    const ys = to.columns[d + 1]!
    const x = from.columns[d]![i]!
    const y = from.columns[d + 1]![i]!
    for (let j = 0; j < to.count; j++) {
      const dx = x - xs[j]!
      const dy = y - ys[j]!
      const square = dx * dx + dy * dy
      out[j] = d === 0 ? square : out[j]! + square
    }
  }
}

/** The same draws on every call. */
export const evaluationSeed = 0

/** Steps of the stream `evaluation`; the halvings use 0 to halvingCount - 1. */
export const draws = { data: 100, samples: 101, directions: 102 } as const

export const halvingCount = 20

/** The part that a halving assigns to a row. */
export const parts = { unused: 0, real: 1, samples: 2 } as const
export type Halving = Uint8Array

/** `size` distinct rows out of `count` in random order: the start of a Fisher-Yates shuffle. */
export function randomRows(count: number, size: number, draw: number): Int32Array {
  const request = { seed: evaluationSeed, stream: streams.evaluation, step: draw, start: 0 }
  const u = uniforms({ ...request, count: Math.ceil(size / 4), dim: 4 })
  const rows = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(u[i]! * (count - i))
    const row = rows[j]!
    rows[j] = rows[i]!
    rows[i] = row
  }
  return rows.slice(0, size)
}

/** All rows, or `limit` random ones; `pool` has up to twice as many of the data, so that its half is as large. */
export function chooseRows(data: Columns, samples: Columns, limit: number) {
  const pick = (set: Columns, size: number, draw: number) =>
    set.count <= size ? set : gatherColumns(set, randomRows(set.count, size, draw))
  return {
    data: pick(data, limit, draws.data),
    samples: pick(samples, limit, draws.samples),
    pool: pick(data, 2 * limit, draws.data),
  }
}

/** Sizes of a halving's parts: half of all rows, and up to as many of the rest as there are samples. */
export function halfSizes(count: number, samples: number): [real: number, samples: number] {
  const half = Math.floor(count / 2)
  return [half, Math.min(half, samples)]
}

/** `halvingCount` random halvings of `count` rows, as each row's part. */
export function halvings(count: number, samples: number): Halving[] {
  const [real, others] = halfSizes(count, samples)
  return Array.from({ length: halvingCount }, (_, draw) => {
    const halving = new Uint8Array(count)
    randomRows(count, real + others, draw).forEach((row, i) => {
      halving[row] = i < real ? parts.real : parts.samples
    })
    return halving
  })
}

/** Distances of points from the training set. */
export interface NearestTraining {
  /** Median distance to the nearest training point, in scaled space. */
  readonly median: number
  /** Share of points nearer to a training point than 99 in 100 points of the data; null if that distance is 0. */
  readonly closer: number | null
}

/** Returns the distance of each point to the nearest training point. Throws the signal's reason. */
export async function nearestDistances(points: Columns, training: Columns, work: Work = {}) {
  const nearest = new Float64Array(points.count)
  const squares = new Float64Array(training.count)
  const row = (i: number) => {
    squaredDistances(points, i, training, squares)
    let min = Number.POSITIVE_INFINITY
    for (let j = 0; j < squares.length; j++) if (squares[j]! < min) min = squares[j]!
    nearest[i] = Math.sqrt(min)
  }
  await forEach({ stage: 'nearest training points', unit: 'rows' }, points.count, row, work)
  return nearest
}

/** The 1 % quantile: the smallest distance with at least 1 in 100 at or below it. */
export function nearThreshold(distances: Float64Array): number {
  return distances.slice().sort()[Math.ceil(distances.length / 100) - 1]!
}

export function nearestTraining(distances: Float64Array, threshold: number): NearestTraining {
  const closer = distances.reduce((count, distance) => count + (distance < threshold ? 1 : 0), 0)
  return { median: median(distances), closer: threshold > 0 ? closer / distances.length : null }
}

/** Samples of a student and of its teacher, row by row from the same noise; both in scaled space. */
export interface SampledPairs {
  readonly student: Points<FloatArray>
  readonly teacher: Points<FloatArray>
}

/** Euclidean distances between a student's samples and its teacher's, in scaled space. */
export interface TeacherDistance {
  readonly mean: number
  readonly worst: number
  readonly count: number
}

/** NaN if a coordinate is. Throws if the sets differ in size. */
export function teacherDistance({ student, teacher }: SampledPairs): TeacherDistance {
  const { count, dim } = student
  if (teacher.count !== count || teacher.dim !== dim) {
    const problem = `the student's samples are [${count}, ${dim}], the teacher's [${teacher.count}, ${teacher.dim}]: give as many of both`
    throw new InputError(problem, 'bad-data')
  }
  let [sum, worst] = [0, 0]
  for (let i = 0; i < count; i++) {
    let squares = 0
    for (let k = i * dim; k < (i + 1) * dim; k++) squares += (student.data[k]! - teacher.data[k]!) ** 2
    const distance = Math.sqrt(squares)
    sum += distance
    worst = Math.max(worst, distance)
  }
  return { mean: sum / count, worst, count }
}
