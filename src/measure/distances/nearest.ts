import { InputError } from '../../core/errors.ts'
import { forEach, type Work } from '../../core/work.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { median } from '../statistics.ts'
import { type Columns, squaredDistances } from './subsets.ts'

/** Distances of points from the training set. */
export interface NearestTraining {
  /** Median distance to the nearest training point, in scaled space. */
  readonly median: number
  /** Share of points nearer to a training point than 99 in 100 points of the data; null if that distance is 0. */
  readonly closer: number | null
}

/** Returns the distance of each point to the nearest training point. Throws the signal's reason. */
export async function nearestDistances(
  points: Columns,
  training: Columns,
  work: Work = {},
): Promise<Float64Array> {
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
  if (teacher.count !== count || teacher.dim !== dim)
    throw new InputError(
      `the student's samples are [${count}, ${dim}], the teacher's [${teacher.count}, ${teacher.dim}]: give as many of both`,
      'bad-data',
    )
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
