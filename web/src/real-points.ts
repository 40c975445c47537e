import { InputError } from '../../src/core/errors.ts'
import type { Points } from '../../src/numerics/points.ts'
import { type DatasetConfig, makeDataset } from '../../src/table/datasets/index.ts'
import { type Encoding, encode } from '../../src/table/encodings/encoding.ts'

/** What it takes to make a built-in dataset's points, scaled. */
export interface DatasetPoints {
  readonly dataset: DatasetConfig
  readonly seed: number
  readonly encoding: Encoding
}

/** Any number of points from a built-in dataset, or those of a file, scaled. */
export type RealPoints = DatasetPoints | { readonly points: Points }

/** Throws InputError if the encoding doesn't belong to the dataset. */
export function datasetPoints({ dataset, seed, encoding }: DatasetPoints): Points {
  const table = makeDataset(dataset, seed)
  const { dim } = table.points
  if (dim !== encoding.columns.length)
    throw new InputError(
      `the model says ${dataset.name}, which has ${dim} columns, not ${encoding.columns.length}: export it again`,
      'bad-data',
    )
  return encode(encoding, table)
}
