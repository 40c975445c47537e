import type { PredictionType } from '../../src/diffusion/prediction.ts'
import { createSchedule, type Schedule } from '../../src/diffusion/schedule.ts'
import type { Points } from '../../src/numerics/points.ts'
import type { DatasetConfig } from '../../src/table/datasets/index.ts'
import type { LinearColumn } from '../../src/table/encodings/scaled.ts'
import { linearColumns } from '../../src/table/encodings/scaled.ts'
import type { CommittedModel } from './committed-model.ts'
import { datasetPoints, type RealPoints } from './real-points.ts'
import { maxCount } from './view.ts'
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

/** A built-in dataset's training points and, as in scripts/make-models.mjs, the next seed's to compare with. */
export function builtInData(dataset: DatasetConfig, seed: number, columns: readonly LinearColumn[]) {
  return {
    source: { name: dataset.name, rows: dataset.rows, ranges: columns },
    data: datasetPoints({ dataset: { ...dataset, rows: Math.min(dataset.rows, maxCount) }, seed, columns }),
    real: { dataset, seed: seed + 1, columns },
  }
}
