import { InputError } from '../../../src/core/errors.ts'
import {
  halvingSlicedWasserstein2,
  slicedWasserstein2,
} from '../../../src/measure/distances/sliced-wasserstein.ts'
import { type Columns, halvings, toColumns } from '../../../src/measure/distances/subsets.ts'
import { median } from '../../../src/measure/statistics.ts'
import type { Points } from '../../../src/numerics/points.ts'
import { datasetPoints, type RealPoints } from '../real-points.ts'

let data: Columns | undefined

/** Sets the real points to measure distances to: `count` if they are generated, none if unknown. */
export function setData(real: RealPoints | undefined, count: number): void {
  if (!real) data = undefined
  else {
    const points =
      'points' in real ? real.points : datasetPoints({ ...real, dataset: { ...real.dataset, rows: count } })
    data = toColumns(points, 'the data')
  }
}

/** Sliced Wasserstein-2 distance between points and the data. */
export async function distanceToData(points: Points): Promise<number> {
  return slicedWasserstein2(currentData(), toColumns(points, 'the points'))
}

/** What chance alone gives: the median distance between random halves of the data, each with at most `count` points. */
export async function nullDistance(count: number): Promise<number> {
  const real = currentData()
  return median(await halvingSlicedWasserstein2(real, halvings(real.count, count)))
}

function currentData(): Columns {
  if (!data) throw new InputError('the data is not known: drop its CSV file', 'bad-data')
  return data
}
