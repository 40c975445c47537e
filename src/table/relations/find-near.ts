import type { Found, RowTest, SearchedColumn } from './found.ts'
import { leastSquares } from './least-squares.ts'
import { type Linear, sumOf } from './linear.ts'
import {
  completeRows,
  endsIn,
  isNearMost,
  mayBeAny,
  middleOf,
  type NumericColumn,
  nearRows,
  numbersIn,
  someOf,
  spreadOf,
} from './numbers.ts'

/** A column is nearly a sum if the mean distance from the middle shrinks to this share, and each source takes it so far. */
const [nearShare, sourceShare] = [0.15, 0.7]

/** A rest as small as this is that of a sum with exceptions, which has no more sources. */
const exactShare = 1e-3

/** The share of pairs of rows with the same cells of the sources that may have the same cell of the column. */
const mostRepeats = 0.5

/** Sums have up to this many sources. */
const maxSources = 3

/** The fewest rows that have a column and its sources, and the share of them that is off the most, which isn't fitted. */
const [fewestRows, outliers] = [100, 0.05]

/** The digits of a factor. */
const digits = 6

/** Finds the columns of numbers that are nearly sums of multiples of others. They are added to `found`. */
export function findNear(columns: readonly SearchedColumn[], found: Found): void {
  const follows = ({ d }: NumericColumn) => !found.mayBeSource(d)
  const numbers = numbersIn(columns.filter(({ column }) => column.kind !== 'date'))
  const sums = numbers.flatMap((target) => {
    const others = numbers.filter((each) => found.mayFollowFrom(target.d, each.d))
    return found.mayFollow(target.d) && isFine(target) ? (nearSumOf(target, others, follows) ?? []) : []
  })
  for (const sum of sums.toSorted((a, b) => a.share - b.share || a.target.d - b.target.d)) {
    const { target, sources, times } = sum
    if (!found.mayFollow(target.d) || !sources.every(({ d }) => found.mayFollowFrom(target.d, d))) continue
    const { column, cells, decimals } = target
    const rests = cells.map((_, i) => restOf(sum, i))
    const relation: Linear = {
      kind: 'linear',
      column: column.name,
      by: sources.map((source) => source.column.name),
      share: rests.filter((each) => !Number.isNaN(each)).length / cells.length,
      times,
      residual: found.encode(`${column.name}, its rest`, false, rests),
      range: endsIn(target),
      decimals,
    }
    found.add(relation, (rows) => testOf(target, sources, rows), nearRows)
  }
}

interface NearSum {
  readonly target: NumericColumn
  readonly sources: readonly NumericColumn[]
  readonly times: readonly number[]
  /** The mean distance of the rests from their middle, as a share of that of the column's cells. */
  readonly share: number
}

/** Whether rows are about as near to the sum, as some of the rows show it, as these. */
function testOf(
  target: NumericColumn,
  sources: readonly NumericColumn[],
  rows: readonly number[],
): RowTest | undefined {
  const sum = fitted(target, sources, rows)
  if (sum.times.length === 0) return undefined
  const isNear = isNearMost(rows.map((i) => restOf(sum, i)))
  return (cells, own) => isNear(own - sumOf(sum, cells))
}

function isFine(target: NumericColumn): boolean {
  return target.column.as === 'quantile' && mayBeAny(target)
}

/** Sources are added one by one, each the one that leaves the least, as long as it takes much of the rest. */
function nearSumOf(
  target: NumericColumn,
  others: readonly NumericColumn[],
  follows: (source: NumericColumn) => boolean,
): NearSum | undefined {
  let best: NearSum = { target, sources: [], times: [], share: 1 }
  while (best.sources.length < maxSources && best.share > exactShare) {
    const { sources } = best
    const next = others
      .filter((each) => !sources.includes(each))
      .map((each) => fitted(target, [...sources, each]))
      .reduce((a, b) => (b.share < a.share ? b : a), best)
    if (next.share > sourceShare * best.share) break
    best = next
  }
  if (best.share > nearShare) return undefined
  if (best.share <= exactShare) return best
  // rests would blur what few values of a source make of the column, unless names say which of them it is, and what the column repeats
  const isFine = (source: NumericColumn) => mayBeAny(source) || follows(source)
  return best.sources.every(isFine) && repeats(best) <= mostRepeats ? best : undefined
}

/** How often two rows with the same cells of the sources have the same cell of the column. */
function repeats({ target, sources }: NearSum): number {
  const counts = new Map<string, Map<number, number>>()
  for (const i of completeRows([target, ...sources])) {
    const key = sources.map(({ cells }) => cells[i]!).join()
    const targets = counts.get(key) ?? new Map<number, number>()
    counts.set(key, targets.set(target.cells[i]!, (targets.get(target.cells[i]!) ?? 0) + 1))
  }
  const pairs = (count: number) => count * (count - 1)
  let [same, all] = [0, 0]
  for (const targets of counts.values()) {
    const sizes = [...targets.values()]
    same += sizes.reduce((sum, size) => sum + pairs(size), 0)
    all += pairs(sizes.reduce((sum, size) => sum + size, 0))
  }
  return all === 0 ? 0 : same / all
}

/** The factors of sources by least squares, without the rows that are off the most. */
function fitted(target: NumericColumn, sources: readonly NumericColumn[], of?: readonly number[]): NearSum {
  const complete = completeRows([target, ...sources])
  const some = of && new Set(of)
  const rows = someOf(some ? complete.filter((i) => some.has(i)) : complete)
  const none = { target, sources: [], times: [], share: Number.POSITIVE_INFINITY }
  if (rows.length < (of ? 1 : fewestRows)) return none
  const factorsIn = (some: readonly number[]) =>
    leastSquares(target, sources, some).factors.map((factor) => Number(factor.toPrecision(digits)))
  const first = { target, sources, times: factorsIn(rows) }
  const middle = middleOf(rows.map((i) => restOf(first, i)))
  const nearest = rows
    .map((i) => ({ i, distance: Math.abs(restOf(first, i) - middle) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, Math.ceil((1 - outliers) * rows.length))
  const times = factorsIn(nearest.map(({ i }) => i).sort((a, b) => a - b))
  const rests = rows.map((i) => restOf({ target, sources, times }, i))
  const share = spreadOf(rests) / spreadOf(rows.map((i) => target.cells[i]!))
  return times.includes(0) || Number.isNaN(share) ? none : { target, sources, times, share }
}

function restOf({ target, sources, times }: Omit<NearSum, 'share'>, i: number): number {
  const cells = sources.map((source) => source.cells[i]!)
  return target.cells[i]! - sumOf({ times }, cells)
}
