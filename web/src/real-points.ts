import { InputError } from '../../src/core/errors.ts'
import { type Points, toFloat32 } from '../../src/numerics/points.ts'
import { type DatasetConfig, makeDataset } from '../../src/table/datasets/index.ts'
import { type LinearColumn, scalePoints } from '../../src/table/encodings/scaled.ts'
import { pointsOf } from '../../src/table/table.ts'

/** What it takes to make a built-in dataset's points, scaled. */
export interface DatasetPoints {
  readonly dataset: DatasetConfig
  readonly seed: number
  readonly columns: readonly LinearColumn[]
}

/** Any number of points from a built-in dataset, or those of a file, scaled. */
export type RealPoints = DatasetPoints | { readonly points: Points }

/** Throws InputError if the columns don't belong to the dataset. */
export function datasetPoints({ dataset, seed, columns }: DatasetPoints): Points {
  const table = makeDataset(dataset, seed)
  const { length } = table.columns
  if (length !== columns.length)
    throw new InputError(
      `the model says ${dataset.name}, which has ${length} columns, not ${columns.length}: export it again`,
      'bad-data',
    )
  return toFloat32(scalePoints(columns, pointsOf(table)))
}
