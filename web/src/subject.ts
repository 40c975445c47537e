import { type FloatArray, gatherRows, type Points, toFloat32 } from '../../src/core/points.ts'
import { createSchedule, type Schedule } from '../../src/diffusion/schedule.ts'
import type { ModelCard } from '../../src/model/card.ts'
import { type DatasetConfig, isDatasetName } from '../../src/table/datasets/index.ts'
import { type Scaler, scale } from '../../src/table/encoding.ts'
import type { CommittedModel } from './models.ts'
import { datasetPoints, type RealPoints } from './real-points.ts'
import { maxCount } from './view.ts'

/** What the lesson is about at the moment: a model, or the committed run whose model is on its way. */
export interface Subject {
  readonly label: string
  readonly schedule: Schedule
  readonly scaler: Scaler
  readonly columns: readonly string[]
  /** The training points, scaled, where they are known; of very many some. */
  readonly data: Points | undefined
  /** Where the points come from that distances are measured to. Undefined where no data is known. */
  readonly real: RealPoints | undefined
  readonly history: string | undefined
}

/** A committed run, known before its model is read. */
export function committedSubject({ label, config, history }: CommittedModel): Subject {
  return {
    ...builtInData(config.dataset, config.seed, config.scaler),
    label,
    schedule: createSchedule(config.schedule, config.T),
    scaler: config.scaler,
    columns: config.columns,
    history,
  }
}

/** The reader's own model, with the CSV file's points, in data units, that came with it or after it. */
export function ownSubject(label: string, card: ModelCard, csv: Points<FloatArray> | undefined): Subject {
  const { dataset, seed, scaler, columns, T, schedule } = card
  const known = dataset && 'name' in dataset && isDatasetName(dataset.name)
  const csvPoints = csv && toFloat32(scale(csv, scaler))
  const ofCsv = { data: csvPoints && thinned(csvPoints), real: csvPoints && { points: csvPoints } }
  return {
    ...(known && !csv ? builtInData(dataset, seed ?? 0, scaler) : ofCsv),
    label,
    schedule: createSchedule({ kind: 'betas', betas: schedule.betas }, T),
    scaler,
    columns,
    history: undefined,
  }
}

/** A built-in dataset's training points, and as scripts/make-models.mjs measures, the next seed's to compare with. */
function builtInData(dataset: DatasetConfig, seed: number, scaler: Scaler) {
  return {
    data: datasetPoints({ dataset: { ...dataset, rows: Math.min(dataset.rows, maxCount) }, seed, scaler }),
    real: { dataset, seed: seed + 1, scaler },
  }
}

/** Points spread over a file that is too long to be drawn: its rows may be in an order. */
function thinned(points: Points): Points {
  if (points.count <= maxCount) return points
  const row = (i: number) => Math.floor((i * points.count) / maxCount)
  return gatherRows(
    points,
    Int32Array.from({ length: maxCount }, (_, i) => row(i)),
  )
}
