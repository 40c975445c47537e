import { InputError, unknownName } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { gatherRows } from '../core/points.ts'
import type { Work } from '../core/work.ts'
import { type Column, type NamedTable, namesOf } from '../table/table.ts'
import { aucOf, macroAuc, r2Of } from './auc.ts'
import { applyBins, fitBins } from './bins.ts'
import type { Task } from './loss.ts'
import { cellsOf, featuresOf, firstRows, minRows, type ReportTables } from './prepare.ts'
import { learnTrees } from './trees.ts'

/** What a target is judged by: the area under the ROC curve, its mean over several names, or the variance explained. */
export type UtilityMetric = 'auc' | 'macro-auc' | 'r2'

/** What people call it. */
export const metricNames: Readonly<Record<UtilityMetric, string>> = {
  auc: 'AUC',
  'macro-auc': 'mean AUC',
  r2: 'R²',
}

/** How well real rows are predicted by what was learned from samples, and by what was learned from real rows. */
export interface Utility {
  readonly target: string
  readonly metric: UtilityMetric
  /** Of trees that learned from samples. */
  readonly synthetic: number
  /** Of trees that learned from as many training rows. */
  readonly real: number
  /** Rows learned from, and rows predicted. */
  readonly rows: { readonly learned: number; readonly predicted: number }
}

/** Rows that are learned from, and that are predicted, at most. */
const maxRows = 10_000

/** Classes of their own at most: rarer names count as one. */
const maxClasses = 20

/**
 * Train on synthetic, test on real (Esteban et al. 2017): trees learn the target from samples and predict it of held-out
 * real rows, beside trees that learned from as many training rows. Rows without a target are left out.
 *
 * @param tables - The tables; `against` has the rows that are predicted.
 * @param target - The column: names are judged by the area under the ROC curve, numbers and dates by R².
 * @param work - Watches and stops it.
 * @returns Both scores, and which they are.
 * @throws InputError on a target that there is not, that is constant or a key, or that too few rows have; the signal's
 * reason.
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

/** Throws InputError, before anything is computed, unless the table has a column `target` that can be learned. */
export function requireTarget(table: NamedTable, target: string): void {
  const d = table.columns.findIndex(({ name }) => name === target)
  if (d < 0) throw unknownName('target', target, namesOf(table), { what: 'target' })
  const problem = targetProblem(table, target)
  if (problem) throw new InputError(problem, 'bad-data', { option: 'target', value: target })
}

/** Why a column of a table can be no target, in a line; undefined where it can. */
export function targetProblem(table: NamedTable, target: string): string | undefined {
  const d = table.columns.findIndex(({ name }) => name === target)
  const { categories } = table.columns[d]!
  const cells = cellsOf(table, d).filter((cell) => !Number.isNaN(cell))
  const values = new Set(cells).size
  if (categories && values === cells.length && values > 2)
    return `the target ${target} is a key: no two rows of ${table.name} share a value: give a column of values`
  if (cells.length < minRows)
    return `${table.name} has a value of the target ${target} in ${counted(cells.length, 'row')}: give ${minRows} or more`
  if (values < 2)
    return `the target ${target} is the same in all rows of ${table.name}: give a column of two values or more`
  return undefined
}

/**
 * The column that is learned unless another is chosen: the last one of names that can be learned, without rare classes being
 * put together, or else the last of numbers; undefined where there is none, or no other column to learn it from.
 */
export function usualTarget({ against, train }: ReportTables): string | undefined {
  const canBeLearned = ({ name }: Column) => [against, train].every((table) => !targetProblem(table, name))
  const { columns } = against
  if (columns.length < 2) return undefined
  const isFew = ({ categories }: Column) => categories !== undefined && categories.length <= maxClasses
  const last = columns.findLast((column) => isFew(column) && canBeLearned(column))
  return (last ?? columns.findLast((column) => !column.categories && canBeLearned(column)))?.name
}

/** The rows that have a target. */
function rowsWithTarget(table: NamedTable, d: number): NamedTable {
  const cells = cellsOf(table, d)
  const rows = Int32Array.from(cells, (_, i) => i).filter((i) => !Number.isNaN(cells[i]))
  return rows.length === cells.length ? table : { ...table, points: gatherRows(table.points, rows) }
}

/**
 * What is learned of a target, and how its cells are told to trees. Two names, or two numbers, are one against the other;
 * classes go by how many real rows have them, so that the names themselves decide nothing.
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
  // a name that no real row has is like the rarest
  const targetOf = (table: NamedTable) => cellsOf(table, d).map((cell) => classes.get(cell) ?? count - 1)
  return { task, targetOf }
}

/** A score of predictions; what cannot be told from chance, since there is nothing to tell, is chance. */
function judge(task: Task, scores: Float64Array[], wanted: Float64Array): number {
  if (task.kind === 'number') return r2Of(scores[0]!, wanted) ?? 0
  if (task.kind === 'binary') return aucOf(scores[0]!, wanted) ?? 0.5
  return macroAuc(scores, wanted) ?? 0.5
}
