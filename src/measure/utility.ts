import type { Work } from '../core/work.ts'
import { columnNamed } from '../table/columns.ts'
import { type NamedTable, rowsAt } from '../table/table.ts'
import { featuresOf, firstRows, type ReportTables } from './prepare.ts'
import { maxClasses } from './question.ts'
import { aucOf, countsOf, indicesWhere, macroAuc, r2Of } from './statistics.ts'
import { applyBins, fitBins } from './trees/bins.ts'
import { learnTrees, type Task } from './trees/trees.ts'

/** Metric of a target: the area under the ROC curve, its mean over classes, or the variance explained. */
export type UtilityMetric = 'auc' | 'macro-auc' | 'r2'

/** How well trees predict real rows after learning from samples, and after learning from real rows. */
export interface Utility {
  readonly target: string
  readonly metric: UtilityMetric
  /** Score of trees that learned from samples. */
  readonly synthetic: number
  /** Score of trees that learned from equally many training rows. */
  readonly real: number
  /** Numbers of rows learned from and predicted. */
  readonly rows: { readonly learned: number; readonly predicted: number }
}

const maxRows = 10_000

/** Train on synthetic, test on real (Esteban et al. 2017), compared with trees that learn from equally many training rows. */
export async function utilityOf(tables: ReportTables, target: string, { signal, onProgress }: Work) {
  const [samples, train, against] = [tables.samples, tables.train, tables.against].map((table) =>
    rowsWithTarget(table, target),
  ) as [NamedTable, NamedTable, NamedTable]
  const learned = Math.min(maxRows, samples.count, train.count)
  const predicted = firstRows(against, maxRows)
  const { task, targetOf } = taskOf(target, [train, against])
  const wanted = targetOf(predicted)
  const stage = { stage: 'trees that learn the target', unit: 'tables', count: 2 }
  const scores: number[] = []
  for (const table of [samples, train]) {
    const part = firstRows(table, learned)
    const rows = fitBins(featuresOf(part, target), learned)
    const { scoresOf } = await learnTrees(rows, targetOf(part), task, signal)
    const result = scoresOf(applyBins(rows, featuresOf(predicted, target), predicted.count))
    scores.push(scoreOf(task, result, wanted))
    onProgress?.({ ...stage, done: scores.length })
  }
  const [synthetic, real] = scores as [number, number]
  const metric: UtilityMetric = task.kind === 'binary' ? 'auc' : task.kind === 'classes' ? 'macro-auc' : 'r2'
  return { target, metric, synthetic, real, rows: { learned, predicted: predicted.count } }
}

function rowsWithTarget(table: NamedTable, target: string): NamedTable {
  const { cells } = columnNamed(table.columns, target)
  return rowsAt(
    table,
    indicesWhere(table.count, (i) => !Number.isNaN(cells[i])),
  )
}

/** A target's task and labels: classes by their number of real rows, so that the names don't matter. */
function taskOf(target: string, real: readonly [NamedTable, NamedTable]) {
  const cellsOf = (table: NamedTable) => columnNamed(table.columns, target).cells
  const counts = countsOf(Float64Array.from(real.flatMap((table) => [...cellsOf(table)])))
  const values = [...counts].sort(([a, x], [b, y]) => y - x || a - b).map(([cell]) => cell)
  if (!columnNamed(real[0].columns, target).categories && values.length > 2) {
    const task: Task = { kind: 'number' }
    return { task, targetOf: cellsOf }
  }
  const count = Math.min(values.length, maxClasses)
  const classes = new Map(values.map((cell, k) => [cell, Math.min(k, count - 1)]))
  const task: Task = count === 2 ? { kind: 'binary' } : { kind: 'classes', count }
  // a name without real rows counts as the rarest
  const targetOf = (table: NamedTable) => cellsOf(table).map((cell) => classes.get(cell) ?? count - 1)
  return { task, targetOf }
}

function scoreOf(task: Task, scores: Float64Array[], wanted: Float64Array): number {
  if (task.kind === 'number') return r2Of(scores[0]!, wanted) ?? 0
  if (task.kind === 'binary') return aucOf(scores[0]!, wanted) ?? 0.5
  return macroAuc(scores, wanted) ?? 0.5
}
