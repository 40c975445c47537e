import { InputError } from '../../src/core/errors.ts'
import { type Points, toFloat32 } from '../../src/core/points.ts'
import { type DatasetConfig, makeDataset } from '../../src/table/datasets/index.ts'
import { type Scaler, scale } from '../../src/table/encoding.ts'

/** What makes a built-in dataset's points, scaled. */
export interface DatasetPoints {
  readonly dataset: DatasetConfig
  readonly seed: number
  readonly scaler: Scaler
}

/** As many real points as are wanted of a dataset, or those of a file, scaled. */
export type RealPoints = DatasetPoints | { readonly points: Points }

/** Errors: a scaler that is not the dataset's. */
export function datasetPoints({ dataset, seed, scaler }: DatasetPoints): Points {
  const { points } = makeDataset(dataset, seed)
  if (points.dim !== scaler.min.length)
    throw new InputError(
      `the model says ${dataset.name}, which has ${points.dim} columns, not ${scaler.min.length}: export it again`,
    )
  return toFloat32(scale(points, scaler))
}
