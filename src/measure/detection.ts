import type { Work } from '../core/work.ts'
import { shuffled } from '../numerics/random.ts'
import { type NamedTable, rowsBetween } from '../table/table.ts'
import { draws, featuresOf, firstRows, type ReportTables, realHalves } from './prepare.ts'
import { aucOf, indicesWhere, mean, placementsOf, varianceOfMean } from './statistics.ts'
import { fitBins, mostBinsOf, pickRows } from './trees/bins.ts'
import { maxLeaves } from './trees/tree.ts'
import { defaultRounds, learnTrees, minRowsOf } from './trees/trees.ts'

/** How well trees distinguish samples from real rows. */
export interface Detection {
  /** Area under the ROC curve, from 0 to 1: 0.5 is chance, 1 is always right. */
  readonly auc: number
  /** Its 90 % interval, over the rows that are drawn. */
  readonly low: number
  readonly high: number
  /** The same for real rows against other real rows. */
  readonly null: number
  /** Number of rows on either side. */
  readonly rows: number
  /** Number of repeats with different folds; `auc` and `null` are the means. */
  readonly repeats: number
}

const maxRows = 5000

const folds = 5

/** In a table of copies, more rows than this share have one. */
const mostByChance = 0.5

/** The half-width of a 90 % interval, in standard deviations. */
const reach90 = 1.6448536269514722

/** Few rows are measured repeatedly, until about this many are classified: two to ten times. */
const classifiedRows = 10_000
const repeatsOf = (rows: number) => Math.max(2, Math.min(10, Math.round(classifiedRows / (2 * rows))))

/** How much a detection may take. */
export interface DetectionLimits {
  readonly maxRows: number
  readonly maxRepeats: number
  /** Rounds of trees in each fold. */
  readonly rounds: number
}

/** The classifier two-sample test (Lopez-Paz and Oquab 2017), cross-validated; and that of two sets of real rows. */
export async function detectionOf(
  tables: ReportTables,
  { signal, onProgress }: Work,
  limits: DetectionLimits = { maxRows, maxRepeats: 10, rounds: defaultRounds },
): Promise<Detection> {
  const { samples, against, seed } = tables
  const rows = Math.min(limits.maxRows, samples.count, against.count)
  const repeats = Math.min(limits.maxRepeats, repeatsOf(rows))
  const stage = { stage: 'trees that distinguish samples from real rows', unit: 'folds' }
  let done = 0
  const onFold = () => onProgress?.({ ...stage, done: ++done, count: 2 * repeats * folds })
  const real = firstRows(against, rows)
  // as many sets of samples as there are, each as large as the real rows
  const sets = Math.min(repeats, Math.floor(samples.count / rows))
  const placements = { real: new Float64Array(rows), samples: new Float64Array(sets * rows) }
  const areas = new Float64Array(repeats)
  let chance = 0
  for (let repeat = 0; repeat < repeats; repeat++) {
    const set = repeat % sets
    const drawn = rowsBetween(samples, set * rows, (set + 1) * rows)
    const how = { seed, draw: draws.folds + repeat, rounds: limits.rounds, signal, onFold }
    const found = await crossValidated(real, drawn, how)
    areas[repeat] = found.auc
    const timesOfSet = Math.ceil((repeats - set) / sets)
    for (let i = 0; i < rows; i++) {
      placements.real[i]! += found.placements[i]! / repeats
      placements.samples[set * rows + i]! += found.placements[rows + i]! / timesOfSet
    }
    chance += (await crossValidated(...realHalves(tables, rows, repeat), how)).auc
  }
  const auc = mean(areas)
  const error = reach90 * Math.sqrt(varianceOf(placements, areas, sets))
  return {
    auc,
    low: Math.max(0, auc - error),
    high: Math.min(1, auc + error),
    null: chance / repeats,
    rows,
    repeats,
  }
}

/**
 * The variance of a mean area over other rows and samples: by their placements (DeLong et al. 1988), which take the trees as given. Trees
 * that are learned anew from few rows differ more, as the areas of several sets of samples show; the real rows, which all sets have in common,
 * account for about half of that (ten tables of 60 to 400 rows against other judging rows).
 */
function varianceOf(
  { real, samples }: Readonly<Record<'real' | 'samples', Float64Array>>,
  areas: Float64Array,
  sets: number,
): number {
  // the variance of the mean of `sets` areas is a part of that of one
  const ofOne = sets > 1 ? sets * varianceOfMean(areas.subarray(0, sets)) : 0
  return Math.max(varianceOfMean(real), ofOne / 2) + Math.max(varianceOfMean(samples), ofOne / sets)
}

/**
 * About how many cells of histograms the trees of one repeat count or look through, for `rows` on either side: what a
 * detection takes, by counts. It is within a half of what they do, for numbers with many values; names take less.
 */
export function detectionWork({
  rows,
  columns,
  rounds,
}: Readonly<Record<'rows' | 'columns' | 'rounds', number>>) {
  const fitted = (2 * rows * (folds - 1)) / folds
  // a leaf has about half more rows than it must have
  const leaves = Math.min(maxLeaves, fitted / (1.5 * minRowsOf(fitted)))
  const ofTree = columns * (2 * leaves * mostBinsOf(2 * rows) + countedTimes * fitted)
  return 2 * folds * rounds * ofTree
}

/** How often a row is counted as a tree grows: at its root, and then wherever it is on the smaller side. */
const countedTimes = 3

interface CrossValidation {
  readonly seed: number
  readonly draw: number
  readonly rounds: number
  readonly signal: AbortSignal | undefined
  readonly onFold: () => void
}

/** Trees that are fitted to all folds but one score its rows, first those of the first table: their AUC, and the rows' placements. */
async function crossValidated(
  first: NamedTable,
  second: NamedTable,
  { rounds, signal, onFold, ...order }: CrossValidation,
): Promise<{ readonly auc: number; readonly placements: Float64Array }> {
  const n = first.count
  const count = n + second.count
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
    const fit = indicesWhere(count, (i) => fold[i] !== k)
    const test = indicesWhere(count, (i) => fold[i] === k)
    const targets = Float64Array.from(fit, (i) => labels[i]!)
    const { scoresOf } = await learnTrees(pickRows(rows, fit), targets, { kind: 'binary' }, signal, rounds)
    const [tested] = scoresOf(pickRows(rows, test))
    for (const [i, row] of test.entries()) scores[row] = tested![i]!
    onFold()
  }
  return { auc: aucOf(scores, labels) ?? 0.5, placements: placementsOf(scores, labels) }
}

/**
 * Each row's fold, dealt in turn. In a table of copies, a row and its only equal, in the other table, share a fold: otherwise trees would
 * memorise one with the label of the other, and do worse than chance. Elsewhere rows are equal by chance, and are dealt alone: pairs would
 * leave what one table happens to have more of, which trees find again in other folds (.12 above .5 for two sets of real rows of few kinds).
 */
function dealFolds(
  first: NamedTable,
  second: NamedTable,
  { seed, draw }: Pick<CrossValidation, 'seed' | 'draw'>,
): Uint8Array {
  const n = first.count
  const ofFirst = Array.from({ length: n }, (_, row) => row)
  const ofSecond = Array.from({ length: second.count }, (_, i) => n + i)
  const equals = new Map<string, number[]>()
  for (const row of [...ofFirst, ...ofSecond]) {
    const key = row < n ? rowText(first, row) : rowText(second, row - n)
    equals.set(key, [...(equals.get(key) ?? []), row])
  }
  const isPair = ([a, b, ...more]: readonly number[]) => more.length === 0 && a! < n && (b ?? 0) >= n
  const found = [...equals.values()].filter(isPair)
  const pairs = found.length > mostByChance * n ? found : []
  const paired = new Set(pairs.flat())
  const fold = new Uint8Array(n + second.count)
  const alone = (rows: readonly number[]) => rows.filter((row) => !paired.has(row)).map((row) => [row])
  // each kind separately, so that every fold has as many of either table
  for (const units of [pairs, alone(ofFirst), alone(ofSecond)]) {
    const places = shuffled(units.length, seed, draw)
    for (const [u, rows] of units.entries()) for (const row of rows) fold[row] = places[u]! % folds
  }
  return fold
}

function rowText({ columns }: NamedTable, i: number): string {
  return columns.map(({ cells }) => cells[i]).join()
}
