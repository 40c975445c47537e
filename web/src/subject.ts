import { columnRanges, type FloatArray, gatherRows, type Points, toFloat32 } from '../../src/core/points.ts'
import { scheduleOf } from '../../src/diffusion/process.ts'
import { createSchedule, type Schedule } from '../../src/diffusion/schedule.ts'
import type { ModelCard } from '../../src/model/card.ts'
import { type DatasetConfig, isDatasetName } from '../../src/table/datasets/index.ts'
import { type Encoding, encode, encodingOf } from '../../src/table/encoding.ts'
import type { NamedTable } from '../../src/table/table.ts'
import type { CommittedModel } from './models.ts'
import { rangesOf } from './ranges.ts'
import { datasetPoints, type RealPoints } from './real-points.ts'
import { maxCount } from './view.ts'
import type { LossCurve } from './worker/loss-curve.ts'

/** What the lesson is about at the moment: a model, or the committed run whose model is on its way. */
export interface Subject {
  readonly label: string
  readonly schedule: Schedule
  readonly encoding: Encoding
  /** The training points, scaled, where they are known; of very many some. */
  readonly data: Points | undefined
  /** What the data is: a reader's own file has its own name, number of rows and ranges. */
  readonly source: DataSource | undefined
  /** Where the points come from that distances are measured to. Undefined where no data is known. */
  readonly real: RealPoints | undefined
  /** The losses of its training: a committed run's by its name, those of a model that the page trained themselves. */
  readonly history: string | LossCurve | undefined
}

export interface DataSource {
  readonly name: string
  /** How many rows there are, drawn or not. */
  readonly rows: number
  readonly ranges: readonly { readonly name: string; readonly min: number; readonly max: number }[]
}

/** A committed run, known before its model is read. */
export function committedSubject({ name, label, config }: CommittedModel): Subject {
  return {
    ...builtInData(config.dataset, config.seed, encodingOf(config)),
    label,
    schedule: createSchedule(config.schedule, config.T),
    encoding: encodingOf(config),
    history: name,
  }
}

/** The reader's own model, with the CSV file's points, in data units, that came with it or after it. */
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
    schedule: scheduleOf(card),
    encoding,
    history: undefined,
  }
}

/** A built-in dataset's training points, and as scripts/make-models.mjs measures, the next seed's to compare with. */
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

/** Points spread over a file that is too long to be drawn: its rows may be in an order. */
export function thinned<A extends FloatArray>(points: Points<A>, length = maxCount): Points<A> {
  if (points.count <= length) return points
  const row = (i: number) => Math.floor((i * points.count) / length)
  return gatherRows(
    points,
    Int32Array.from({ length }, (_, i) => row(i)),
  )
}
