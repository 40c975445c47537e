import type { Stage, Work } from '../core/work.ts'
import { shuffled } from '../numerics/random.ts'
import type { NamedTable } from '../table/table.ts'
import { draws, featuresOf, firstRows, type ReportTables, realHalves } from './prepare.ts'
import { aucOf } from './trees/auc.ts'
import { fitBins, pickRows } from './trees/bins.ts'
import { learnTrees } from './trees/trees.ts'

/** How well trees distinguish samples from real rows. */
export interface Detection {
  /** Area under the ROC curve, from 0 to 1: 0.5 is chance, 1 is always right. */
  readonly auc: number
  /** The same for real rows against other real rows. */
  readonly null: number
  /** Number of rows on either side. */
  readonly rows: number
  /** Number of repeats with different folds; `auc` and `null` are the means. */
  readonly repeats: number
}

/** Maximum number of rows on either side. */
const maxRows = 5000

const folds = 5

/** Few rows are measured repeatedly, until about this many are judged: two to ten times. */
const judgedRows = 10_000
const repeatsOf = (rows: number) => Math.max(2, Math.min(10, Math.round(judgedRows / (2 * rows))))

/**
 * The classifier two-sample test (Lopez-Paz and Oquab 2017): trees learn from four fifths of the rows which are samples
 * and which are real, and classify the last fifth; then the same for two sets of real rows.
 *
 * @param tables - The tables; `samples` and `against` are cut to the size of the smaller, at most 5000 rows.
 * @param seed - Decides the folds and the sets.
 * @param work - Receives progress and can abort.
 * @returns The areas, the same for the same rows and seed.
 * @throws The signal's reason once it is aborted.
 * @example
 * const { auc, null: chance } = await detectionOf(prepareTables({ samples, against, train }, 0), 0, {})
 */
export async function detectionOf(tables: ReportTables, seed: number, work: Work): Promise<Detection> {
  const { samples, against } = tables
  const rows = Math.min(maxRows, samples.points.count, against.points.count)
  const repeats = repeatsOf(rows)
  const [real, own] = [firstRows(against, rows), firstRows(samples, rows)]
  const watch = watcher(
    { stage: 'trees that tell samples from real rows', unit: 'folds' },
    2 * repeats * folds,
    work,
  )
  let [auc, chance] = [0, 0]
  for (let repeat = 0; repeat < repeats; repeat++) {
    const order = { seed, draw: draws.folds + repeat }
    auc += await crossValidatedAuc(real, own, order, watch)
    const halves = realHalves(tables, rows, seed, repeat)
    chance += await crossValidatedAuc(...halves, order, watch)
  }
  return { auc: auc / repeats, null: chance / repeats, rows, repeats }
}

interface Watch {
  readonly signal: AbortSignal | undefined
  readonly step: () => void
}

function watcher(stage: Stage, count: number, { signal, onProgress }: Work): Watch {
  let done = 0
  return { signal, step: () => onProgress?.({ ...stage, done: ++done, count }) }
}

/** Cross-validated AUC of trees that detect rows of the second table. */
async function crossValidatedAuc(
  first: NamedTable,
  second: NamedTable,
  order: { readonly seed: number; readonly draw: number },
  { signal, step }: Watch,
): Promise<number> {
  const n = first.points.count
  const count = n + second.points.count
  const [a, b] = [featuresOf(first), featuresOf(second)]
  const joined = a.map(({ cells, isCategory }, f) => {
    const both = new Float64Array(count)
    both.set(cells)
    both.set(b[f]!.cells, n)
    return { cells: both, isCategory }
  })
  // the bins don't depend on the labels
  const rows = fitBins(joined, count)
  const fold = dealFolds(first, second, order)
  const labels = Float64Array.from({ length: count }, (_, i) => (i < n ? 0 : 1))
  const scores = new Float64Array(count)
  for (let k = 0; k < folds; k++) {
    const fit = rowsWhere(count, (i) => fold[i] !== k)
    const test = rowsWhere(count, (i) => fold[i] === k)
    const own = Float64Array.from(fit, (i) => labels[i]!)
    const { scoresOf } = await learnTrees(pickRows(rows, fit), own, { kind: 'binary' }, signal)
    const [tested] = scoresOf(pickRows(rows, test))
    for (const [i, row] of test.entries()) scores[row] = tested![i]!
    step()
  }
  return aucOf(scores, labels) ?? 0.5
}

const rowsWhere = (count: number, holds: (i: number) => boolean) =>
  Int32Array.from({ length: count }, (_, i) => i).filter(holds)

/**
 * Each row's fold, dealt in turn. A row and its equal in the other table share a fold: otherwise trees would memorise
 * one with the label of the other, and do worse than chance on copies. At most two share one, so that a row that occurs
 * a thousand times is still learned.
 */
function dealFolds(
  first: NamedTable,
  second: NamedTable,
  { seed, draw }: { readonly seed: number; readonly draw: number },
): Uint8Array {
  const n = first.points.count
  const waiting = new Map<string, number[]>()
  for (let i = 0; i < n; i++) {
    const key = rowText(first, i)
    const equal = waiting.get(key)
    if (equal) equal.push(i)
    else waiting.set(key, [i])
  }
  const pairs: number[][] = []
  const alone: number[][] = []
  for (let i = 0; i < second.points.count; i++) {
    const twin = waiting.get(rowText(second, i))?.pop()
    if (twin === undefined) alone.push([n + i])
    else pairs.push([twin, n + i])
  }
  const left = [...waiting.values()].flat().sort((x, y) => x - y)
  const fold = new Uint8Array(n + second.points.count)
  // each kind separately, so that every fold has as many of either table
  for (const units of [pairs, left.map((row) => [row]), alone]) {
    const places = shuffled(units.length, seed, draw)
    for (const [u, rows] of units.entries()) for (const row of rows) fold[row] = places[u]! % folds
  }
  return fold
}

function rowText({ points: { data, dim } }: NamedTable, i: number): string {
  return data.subarray(i * dim, (i + 1) * dim).join()
}
