import { messageOf } from '../../src/core/errors.ts'
import {
  columnRanges,
  type FloatArray,
  gatherRows,
  type Points,
  toFloat32,
} from '../../src/numerics/points.ts'
import { isDatasetName } from '../../src/table/datasets/index.ts'
import { scalePoints } from '../../src/table/encodings/scaled.ts'
import { type NamedTable, pointsOf } from '../../src/table/table.ts'
import type { Lesson } from './lesson.ts'
import { builtInData, type DataSource, type Subject } from './subject.ts'
import { maxCount, type ViewSignals } from './view.ts'
import type { OpenModel } from './worker/lesson.ts'

/** Shows a reader's own files: a model, its CSV, or both. */
export async function openOwnFiles(files: readonly File[], view: ViewSignals, lesson: Lesson): Promise<void> {
  const { worker, subject, model, problem } = lesson
  const csvFile = files.find(({ name }) => /\.csv$/i.test(name))
  const modelFile = files.find((file) => file !== csvFile)
  if (modelFile) {
    await lesson.open(modelFile, modelFile.name, (opened) => {
      view.model.value = undefined
      return ownSubject(modelFile.name, opened, undefined)
    })
    if (csvFile && subject.peek().label === modelFile.name) await openOwnFiles([csvFile], view, lesson)
    return
  }
  const opened = model.peek()
  if (!opened || !csvFile) return
  try {
    const table = await worker.readCsv(csvFile, csvFile.name)
    const { label, history } = subject.peek()
    lesson.showSubject({ ...ownSubject(label, opened, table), history })
    problem.value = ''
  } catch (error) {
    problem.value = messageOf(error)
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
  const csvPoints = csv && toFloat32(scalePoints(columns, pointsOf(csv)))
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

function sourceOf({ name, ...table }: NamedTable): DataSource {
  const { min, max } = columnRanges(pointsOf(table))
  const ranges = table.columns.map((column, d) => ({ name: column.name, min: min[d]!, max: max[d]! }))
  return { name, rows: table.count, ranges }
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
