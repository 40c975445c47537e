import { createSchedule, type Schedule } from '../../src/diffusion/schedule.ts'
import type { ModelCard } from '../../src/model/card.ts'
import {
  columnRanges,
  type FloatArray,
  gatherRows,
  type Points,
  toFloat32,
} from '../../src/numerics/points.ts'
import { type DatasetConfig, isDatasetName } from '../../src/table/datasets/index.ts'
import { type Encoding, encode, encodingOf } from '../../src/table/encodings/encoding.ts'
import type { NamedTable } from '../../src/table/table.ts'
import type { CommittedModel } from './models.ts'
import { rangesOf } from './ranges.ts'
import { datasetPoints, type RealPoints } from './real-points.ts'
import { maxCount } from './view.ts'
import type { LossCurve } from './worker/loss-curve.ts'

/** The lesson's current subject: a model, or a committed run whose model is still loading. */
export interface Subject {
  readonly label: string
  readonly schedule: Schedule
  readonly encoding: Encoding
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
  return {
    ...builtInData(config.dataset, config.seed, encodingOf(config)),
    label,
    schedule: createSchedule(config.schedule, config.T),
    encoding: encodingOf(config),
    history: name,
  }
}

/** The reader's own model, with the points of its CSV file in data units, if given. */
export function ownSubject(label: string, card: ModelCard, csv: NamedTable | undefined): Subject {
  const { dataset, seed } = card
  const encoding = encodingOf(card)
  const known = dataset && 'name' in dataset && isDatasetName(dataset.name)
  const csvPoints = csv && toFloat32(encode(encoding, csv))
  const ofCsv = {
    data: csvPoints && thinned(csvPoints),
    source: csv && sourceOf(csv),
    real: csvPoints && { points: csvPoints },
  }
  return {
    ...(known && !csv ? builtInData(dataset, seed ?? 0, encoding) : ofCsv),
    label,
    schedule: createSchedule({ kind: 'betas', betas: card.schedule.betas }, card.T),
    encoding,
    history: undefined,
  }
}

/** A built-in dataset's training points and, as in scripts/make-models.mjs, the next seed's to compare with. */
function builtInData(dataset: DatasetConfig, seed: number, encoding: Encoding) {
  return {
    source: { name: dataset.name, rows: dataset.rows, ranges: rangesOf(encoding) },
    data: datasetPoints({ dataset: { ...dataset, rows: Math.min(dataset.rows, maxCount) }, seed, encoding }),
    real: { dataset, seed: seed + 1, encoding },
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
