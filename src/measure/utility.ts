import { InputError, unknownName } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import type { Work } from '../core/work.ts'
import { gatherRows } from '../numerics/points.ts'
import { type Column, type NamedTable, namesOf } from '../table/table.ts'
import { cellsOf, featuresOf, firstRows, minRows, type ReportTables } from './prepare.ts'
import { aucOf, macroAuc, r2Of } from './trees/auc.ts'
import { applyBins, fitBins } from './trees/bins.ts'
import type { Task } from './trees/loss.ts'
import { learnTrees } from './trees/trees.ts'

/** Metric of a target: the area under the ROC curve, its mean over classes, or the variance explained. */
export type UtilityMetric = 'auc' | 'macro-auc' | 'r2'

/** The metrics' names for people. */
export const metricNames: Readonly<Record<UtilityMetric, string>> = {
  auc: 'AUC',
  'macro-auc': 'mean AUC',
  r2: 'R²',
}

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

/** Maximum number of rows learned from, and of rows predicted. */
const maxRows = 10_000

/** Maximum number of classes; rarer names are merged. */
const maxClasses = 20

/**
 * Train on synthetic, test on real (Esteban et al. 2017): trees learn the target from samples and predict it for
 * held-out rows, beside trees that learned from equally many training rows. Rows without a target are left out.
 *
 * @param tables - The tables; `against` has the rows to predict.
 * @param target - The column: the area under the ROC curve for names, R² for numbers and dates.
 * @param work - Receives progress and can abort.
 * @returns Both scores and their metric.
 * @throws InputError if the target is missing, constant, a key, or too rare; the signal's reason once it is aborted.
 * @example
 * const { metric, synthetic, real } = await utilityOf(tables, 'income', {})
 */
export async function utilityOf(
  tables: ReportTables,
  target: string,
  { signal, onProgress }: Work,
): Promise<Utility> {
  for (const table of [tables.against, tables.train]) requireTarget(table, target)
  const d = tables.against.columns.findIndex(({ name }) => name === target)
  const column = tables.against.columns[d]!
  const [samples, train, against] = [tables.samples, tables.train, tables.against].map((table) =>
    rowsWithTarget(table, d),
  ) as [NamedTable, NamedTable, NamedTable]
  if (samples.points.count < minRows)
    throw new InputError(
      `${samples.name} has a value of the target ${target} in ${counted(samples.points.count, 'row')}: give ${minRows} or more`,
      'bad-data',
      { option: 'samples' },
    )
  const learned = Math.min(maxRows, samples.points.count, train.points.count)
  const predicted = firstRows(against, maxRows)
  const { task, targetOf } = taskOf(column, d, [cellsOf(train, d), cellsOf(against, d)])
  const wanted = targetOf(predicted)
  const isOther = ({ name }: Column) => name !== target
  const stage = { stage: 'trees that learn the target', unit: 'tables', count: 2 }
  const scores: number[] = []
  for (const table of [samples, train]) {
    const own = firstRows(table, learned)
    const rows = fitBins(featuresOf(own, isOther), learned)
    const { scoresOf } = await learnTrees(rows, targetOf(own), task, signal)
    const result = scoresOf(applyBins(rows, featuresOf(predicted, isOther), predicted.points.count))
    scores.push(judge(task, result, wanted))
    onProgress?.({ ...stage, done: scores.length })
  }
  const [synthetic, real] = scores as [number, number]
  const metric = task.kind === 'binary' ? 'auc' : task.kind === 'classes' ? 'macro-auc' : 'r2'
  return { target, metric, synthetic, real, rows: { learned, predicted: predicted.points.count } }
}

/** Throws InputError unless the table has a column `target` that can be learned. */
export function requireTarget(table: NamedTable, target: string): void {
  const d = table.columns.findIndex(({ name }) => name === target)
  if (d < 0) throw unknownName('target', target, namesOf(table), { what: 'target' })
  const problem = targetProblem(table, target)
  if (problem) throw new InputError(problem, 'bad-data', { option: 'target', value: target })
}

/** Why a column can't be a target, in one line; undefined if it can. */
export function targetProblem(table: NamedTable, target: string): string | undefined {
  const d = table.columns.findIndex(({ name }) => name === target)
  const { categories } = table.columns[d]!
  const cells = cellsOf(table, d).filter((cell) => !Number.isNaN(cell))
  const values = new Set(cells).size
  if (categories && values === cells.length && values > 2)
    return `the target ${target} is a key: no two rows of ${table.name} share a value: give another column`
  if (cells.length < minRows)
    return `${table.name} has a value of the target ${target} in ${counted(cells.length, 'row')}: give ${minRows} or more`
  if (values < 2)
    return `the target ${target} is the same in all rows of ${table.name}: give a column with two values or more`
  return undefined
}

/**
 * The default target: the last categorical column that can be learned without merging rare classes, otherwise the last
 * numeric one; undefined if there is none, or no other column to learn it from.
 */
export function usualTarget({ against, train }: ReportTables): string | undefined {
  const canBeLearned = ({ name }: Column) => [against, train].every((table) => !targetProblem(table, name))
  const { columns } = against
  if (columns.length < 2) return undefined
  const isFew = ({ categories }: Column) => categories !== undefined && categories.length <= maxClasses
  const last = columns.findLast((column) => isFew(column) && canBeLearned(column))
  return (last ?? columns.findLast((column) => !column.categories && canBeLearned(column)))?.name
}

/** The rows with a target. */
function rowsWithTarget(table: NamedTable, d: number): NamedTable {
  const cells = cellsOf(table, d)
  const rows = Int32Array.from(cells, (_, i) => i).filter((i) => !Number.isNaN(cells[i]))
  return rows.length === cells.length ? table : { ...table, points: gatherRows(table.points, rows) }
}

/**
 * The task of a target, and how its cells become labels. Two names or numbers make a binary task; classes are ordered
 * by their number of real rows, so that the names don't matter.
 */
function taskOf({ categories }: Column, d: number, real: readonly Float64Array[]) {
  const counts = new Map<number, number>()
  for (const cells of real) for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  const values = [...counts].sort(([a, x], [b, y]) => y - x || a - b).map(([cell]) => cell)
  if (!categories && values.length > 2) {
    const task: Task = { kind: 'number' }
    return { task, targetOf: (table: NamedTable) => cellsOf(table, d) }
  }
  const count = Math.min(values.length, maxClasses)
  const classes = new Map(values.map((cell, k) => [cell, Math.min(k, count - 1)]))
  const task: Task = count === 2 ? { kind: 'binary' } : { kind: 'classes', count }
  // a name without real rows counts as the rarest
  const targetOf = (table: NamedTable) => cellsOf(table, d).map((cell) => classes.get(cell) ?? count - 1)
  return { task, targetOf }
}

/** Scores predictions; chance level if there is only one class. */
function judge(task: Task, scores: Float64Array[], wanted: Float64Array): number {
  if (task.kind === 'number') return r2Of(scores[0]!, wanted) ?? 0
  if (task.kind === 'binary') return aucOf(scores[0]!, wanted) ?? 0.5
  return macroAuc(scores, wanted) ?? 0.5
}
