import { type Columns, squaredDistances } from './columns.ts'
import { median } from './figures.ts'
import { forEach, type Work } from './work.ts'

/** How near points lie to the training set. */
export interface NearestTraining {
  /** The median of the distances to the nearest training point, in scaled space. */
  readonly median: number
  /** The share of points nearer to a training point than 99 in 100 points of DATA are; null where that is 0. */
  readonly closer: number | null
}

/** The distance of each point to the nearest training point. Errors: the signal's reason. */
export async function nearestDistances(
  points: Columns,
  training: Columns,
  work: Work = {},
): Promise<Float64Array> {
  const nearest = new Float64Array(points.count)
  const squares = new Float64Array(training.count)
  const row = (i: number) => {
    squaredDistances(points, i, training, squares)
    let least = Number.POSITIVE_INFINITY
    for (let j = 0; j < squares.length; j++) if (squares[j]! < least) least = squares[j]!
    nearest[i] = Math.sqrt(least)
  }
  await forEach({ stage: 'nearest training points', unit: 'rows' }, points.count, row, work)
  return nearest
}

/** The distance that 1 in 100 of them doesn't exceed: the smallest with at least that share at or below it. */
export function nearThreshold(distances: Float64Array): number {
  return distances.slice().sort()[Math.ceil(distances.length / 100) - 1]!
}

export function nearestTraining(distances: Float64Array, threshold: number): NearestTraining {
  const closer = distances.reduce((count, distance) => count + (distance < threshold ? 1 : 0), 0)
  return { median: median(distances), closer: threshold > 0 ? closer / distances.length : null }
}
