import type { PredictionType } from '../../src/diffusion/prediction.ts'
import { createSchedule, type Schedule } from '../../src/diffusion/schedule.ts'
import {
  columnRanges,
  type FloatArray,
  gatherRows,
  type Points,
  toFloat32,
} from '../../src/numerics/points.ts'
import { type DatasetConfig, isDatasetName } from '../../src/table/datasets/index.ts'
import type { LinearColumn } from '../../src/table/encodings/scaled.ts'
import { linearColumns, scalePoints } from '../../src/table/encodings/scaled.ts'
import type { NamedTable } from '../../src/table/table.ts'
import type { CommittedModel } from './committed-model.ts'
import { datasetPoints, type RealPoints } from './real-points.ts'
import { maxCount } from './view.ts'
import type { OpenModel } from './worker/lesson.ts'
import type { LossCurve } from './worker/loss-curve.ts'

/** The lesson's current subject: a model, or a committed run whose model is still loading. */
export interface Subject {
  readonly label: string
  readonly schedule: Schedule
  /** What its network learns to guess. */
  readonly learns: PredictionType
  /** The columns with their ranges, which the model scales to [-1, 1]. */
  readonly columns: readonly LinearColumn[]
  /** The training points, scaled, if known; a subset if there are very many. */
  readonly data: Points | undefined
  /** The origin of the data; a reader's own file has its own name, number of rows and ranges. */
  readonly source: DataSource | undefined
  /** The points to measure distances to; undefined if no data is known. */
  readonly real: RealPoints | undefined
  /** The training losses: by name for a committed run, the curve itself for a model trained in the page. */
  readonly history: string | LossCurve | undefined
}

export interface DataSource {
  readonly name: string
  /** The number of rows, drawn or not. */
  readonly rows: number
  readonly ranges: readonly { readonly name: string; readonly min: number; readonly max: number }[]
}

/** A committed run, before its model has loaded. */
export function committedSubject({ name, label, config }: CommittedModel): Subject {
  const columns = linearColumns(config)
  return {
    ...builtInData(config.dataset, config.seed, columns),
    label,
    schedule: createSchedule(config.schedule, config.T),
    learns: config.predictionType,
    columns,
    history: name,
  }
}

/** The reader's own model, with the points of its CSV file in data units, if given. */
export function ownSubject(
  label: string,
  { columns, schedule, predictionType, origin }: OpenModel,
  csv: NamedTable | undefined,
): Subject {
  const { dataset, seed } = origin
  const isBuiltIn = dataset && 'name' in dataset && isDatasetName(dataset.name)
  const csvPoints = csv && toFloat32(scalePoints(columns, csv.points))
  const ofCsv = {
    data: csvPoints && thinned(csvPoints),
    source: csv && sourceOf(csv),
    real: csvPoints && { points: csvPoints },
  }
  return {
    ...(isBuiltIn && !csv ? builtInData(dataset, seed ?? 0, columns) : ofCsv),
    label,
    schedule,
    learns: predictionType,
    columns,
    history: undefined,
  }
}

/** A built-in dataset's training points and, as in scripts/make-models.mjs, the next seed's to compare with. */
function builtInData(dataset: DatasetConfig, seed: number, columns: readonly LinearColumn[]) {
  return {
    source: { name: dataset.name, rows: dataset.rows, ranges: columns },
    data: datasetPoints({ dataset: { ...dataset, rows: Math.min(dataset.rows, maxCount) }, seed, columns }),
    real: { dataset, seed: seed + 1, columns },
  }
}

function sourceOf({ name, columns, points }: NamedTable): DataSource {
  const { min, max } = columnRanges(points)
  const ranges = columns.map((column, d) => ({ name: column.name, min: min[d]!, max: max[d]! }))
  return { name, rows: points.count, ranges }
}

/** An evenly spaced subset of a long file: its rows may be sorted. */
export function thinned<A extends FloatArray>(points: Points<A>, length = maxCount): Points<A> {
  if (points.count <= length) return points
  const row = (i: number) => Math.floor((i * points.count) / length)
  return gatherRows(
    points,
    Int32Array.from({ length }, (_, i) => row(i)),
  )
}
