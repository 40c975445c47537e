import { upperBound } from '../../numerics/bounds.ts'
import { log } from '../../numerics/elementary.ts'
import { addNearYear, isYearsAfter } from './find-years.ts'
import type { Found, SearchedColumn } from './found.ts'
import {
  completeRows,
  endsIn,
  isOrdered,
  mayBeAny,
  type NumericColumn,
  numbersIn,
  spreadOf,
  withoutCommonest,
} from './numbers.ts'
import type { Order } from './order.ts'

/** The fewest rows that have both columns. */
const fewestRows = 100

/** By chance, a source would be above the column in so many rows, and in this share of them. */
const [fewestAbove, leastAbove] = [20, 0.1]

/** Every cell is made with the rest if this is spread so little, as a share of the cells' spread, or so often 0. */
const [closeShare, equalShare] = [0.3, 0.1]

/** How many of the smallest differences are looked at, and the log of the least probability that they end at 0. */
const [smallestOnes, leastOdds] = [10, -4.6]

/**
 * Finds the columns of numbers and dates that are never below others, although they would often be by chance. They are added
 * to `found`.
 */
export function findOrders(columns: readonly SearchedColumn[], found: Found): void {
  const numbers = numbersIn(columns)
  const below = numbers.map((target) =>
    numbers.filter(
      (source) =>
        isBelow(source, target) &&
        (!found.mayFollowFrom(target.d, source.d) || isConfirmed(source, target, found)),
    ),
  )
  for (const [k, target] of numbers.entries()) {
    // what is below another source need not be said
    const sources = below[k]!.filter(
      (source) => !below[k]!.some((other) => below[numbers.indexOf(other)]!.includes(source)),
    )
    const allowed = sources.filter(({ d }) => found.mayFollowFrom(target.d, d))
    if (allowed.length === 0) continue
    const { column, cells, decimals } = target
    const rests = cells.map((cell, i) => cell - Math.max(...allowed.map((source) => source.cells[i]!)))
    const isWhole = [target, ...allowed].every((each) => each.column.kind !== 'number')
    const [source, ...others] = allowed
    if (others.length === 0 && isCloseTo(target, rests) && isYearsAfter(target, rests)) {
      addNearYear(target, source!, true, found)
      continue
    }
    const encode = () => found.encode(`${column.name}, its rest`, isWhole, tidied(rests, decimals))
    const residual = isCloseTo(target, rests) ? { residual: encode() } : {}
    const share = rests.filter((each) => !Number.isNaN(each)).length / cells.length
    const by = allowed.map((source) => source.column.name)
    found.add(
      { ...orderOf(target, by, share), ...residual },
      () => (sources, own) => isOrdered(Math.max(...sources), own),
    )
  }
}

function orderOf(target: NumericColumn, by: readonly string[], share: number): Order {
  const { column, decimals } = target
  return { kind: 'order', column: column.name, by, share, range: endsIn(target), decimals }
}

/**
 * Whether an order holds in other rows. Without any, the rows of two numbers must come near to its limit, unless the difference is learned by
 * itself, or both are dates, which are rarely in order by chance.
 */
function isConfirmed(source: NumericColumn, target: NumericColumn, found: Found): boolean {
  const relation = orderOf(target, [source.column.name], 1)
  const differences = target.cells.map((cell, i) => cell - source.cells[i]!)
  if (
    !found.hasOthers &&
    target.column.kind !== 'date' &&
    !reachesZero(differences) &&
    !isCloseTo(target, differences)
  ) {
    found.refuse(relation, 'no row comes near to this limit, which may be there by chance')
    return false
  }
  return found.isConfirmed(
    relation,
    () =>
      ([from], own) =>
        isOrdered(from!, own),
  )
}

/**
 * Whether the smallest of some differences is near 0, or that of several rows. Of differences that are spread evenly from 0 on, the smallest
 * is above a share s of the tenth with the probability (1 - s)^9.
 */
function reachesZero(differences: Float64Array): boolean {
  const sorted = differences.filter((each) => !Number.isNaN(each)).sort()
  const [first, second, last] = [sorted[0]!, sorted[1]!, sorted[smallestOnes - 1]!]
  return first === second || (smallestOnes - 1) * log(1 - first / last) >= leastOdds
}

/**
 * Whether every cell is best made with its rest: the rests are spread much less than the column's cells in the same rows, or
 * often 0, and not only of one cell; and may make any cell.
 */
function isCloseTo(target: NumericColumn, rests: Float64Array): boolean {
  const { cells } = target
  const rows = [...rests.keys()].filter((i) => !Number.isNaN(rests[i]!))
  const [ofRests, ofCells] = [rests, cells].map((each) => spreadOf(rows.map((i) => each[i]!)))
  const equal = withoutCommonest(
    cells,
    rows.filter((i) => rests[i] === 0),
  )
  return mayBeAny(target) && (ofRests! <= closeShare * ofCells! || equal >= equalShare * rows.length)
}

function isBelow(source: NumericColumn, target: NumericColumn): boolean {
  if ((source.column.kind === 'date') !== (target.column.kind === 'date')) return false
  return source !== target && isFinerThan(target, source) && isNeverAbove(source, target)
}

/** Whether no cell of a column is above that of another in its row, although many would be by chance. */
export function isNeverAbove(
  source: Pick<NumericColumn, 'cells'>,
  target: Pick<NumericColumn, 'cells'>,
): boolean {
  if (target.cells.some((cell, i) => source.cells[i]! > cell)) return false
  const rows = completeRows([target, source])
  if (rows.length < fewestRows) return false
  const sorted = Float64Array.from(rows, (i) => target.cells[i]!).sort()
  const above = rows.reduce((sum, i) => sum + countBelow(sorted, source.cells[i]!), 0) / rows.length
  return above >= fewestAbove && above >= leastAbove * rows.length
}

/** Whether a sum of the source's cell, once rounded as the column's, is never below it, and may be a cell. */
function isFinerThan({ column, decimals, unit }: NumericColumn, source: NumericColumn): boolean {
  const isFree = column.kind !== 'number' || column.as === 'quantile'
  return isFree && (source.unit >= unit || (decimals === null && column.kind !== 'date'))
}

/** How many of the rising numbers are below x. */
function countBelow(rising: Float64Array, x: number): number {
  let count = upperBound(rising, x)
  while (count > 0 && rising[count - 1] === x) count--
  return count
}

/** Differences without the digits that subtraction adds. */
function tidied(rests: Float64Array, decimals: number | null): Float64Array {
  return decimals === null ? rests : rests.map((each) => Number(each.toFixed(decimals)))
}
