import { shuffled } from '../../numerics/random.ts'
import { isNumber } from '../../table/columns.ts'
import type { TableColumn } from '../../table/table.ts'
import { assign } from './assign.ts'

/** Rows that look for a row of another table. */
export interface Wanted {
  /** By column that both have: what each row wants, and what the rows of the other table have. */
  readonly columns: readonly {
    readonly wanted: TableColumn
    readonly there: TableColumn
    readonly weight: number
  }[]
  /** The rows that look, and the rows that may be taken. */
  readonly rows: readonly number[]
  readonly there: readonly number[]
  /** By row of the other table, how many rows take it, in proportion. */
  readonly capacity: ArrayLike<number>
  readonly seed: number
}

/** Rows that are assigned together. */
const together = 400

/**
 * The nearest row of another table for each row, each taken about as often as its capacity says.
 *
 * @returns By row that looks, the row that it takes.
 */
export function nearestRows({ columns, rows, there, capacity, seed }: Wanted): Int32Array {
  const slots = slotsFor(there, capacity, rows.length, seed)
  const order = shuffled(rows.length, seed, 1)
  const taken = new Int32Array(rows.length)
  const distances = columns.map(({ wanted, there: theirs, weight }) =>
    distanceIn(wanted, theirs, there, weight),
  )
  for (let at = 0; at < rows.length; at += together) {
    const [some, offered] = [order.slice(at, at + together), slots.slice(at, at + together)]
    const cost = new Float64Array(some.length * offered.length)
    for (const [a, i] of some.entries())
      for (const [b, j] of offered.entries())
        for (const distance of distances) cost[a * offered.length + b]! += distance(rows[i]!, j)
    const chosen = assign(cost, some.length, offered.length)
    for (const [a, i] of some.entries()) taken[i] = offered[chosen[a]!]!
  }
  return taken
}

/** As many slots as rows, in proportion to the capacities, in random order. */
function slotsFor(
  there: readonly number[],
  capacity: ArrayLike<number>,
  count: number,
  seed: number,
): Int32Array {
  const weights = there.map((j) => Math.max(0, capacity[j] ?? 0))
  const total = weights.reduce((sum, each) => sum + each, 0)
  const exact = weights.map((each) => (total > 0 ? each / total : 1 / there.length) * count)
  const whole = exact.map(Math.floor)
  let left = count - whole.reduce((sum, each) => sum + each, 0)
  const byRest = [...exact.keys()].sort((a, b) => exact[b]! - whole[b]! - (exact[a]! - whole[a]!) || a - b)
  for (const k of byRest) if (left-- > 0) whole[k]!++
  const slots = there.flatMap((j, k) => new Array<number>(whole[k]!).fill(j))
  return Int32Array.from(shuffled(count, seed, 0), (k) => slots[k]!)
}

/** The distance of numbers by their ranks among the rows that are there, and of names and missing values by whether they are equal. */
function distanceIn(
  wanted: TableColumn,
  there: TableColumn,
  rows: readonly number[],
  weight: number,
): (i: number, j: number) => number {
  if (!isNumber(there) && there.kind !== 'date')
    return (i, j) => (Object.is(wanted.cells[i], there.cells[j]) ? 0 : weight)
  const sorted = Float64Array.from(rows, (j) => there.cells[j]!)
    .filter((cell) => !Number.isNaN(cell))
    .sort()
  const rankOf = (cells: Float64Array) =>
    cells.map((cell) => (Number.isNaN(cell) ? 3 : 2 * rankIn(sorted, cell) - 1))
  const [a, b] = [rankOf(wanted.cells), rankOf(there.cells)]
  return (i, j) => (a[i]! - b[j]!) ** 2
}

/** The share of sorted numbers below x, half of those that equal it. */
function rankIn(sorted: Float64Array, x: number): number {
  const bound = (isBelow: (each: number) => boolean) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBelow(sorted[middle]!)) low = middle + 1
      else high = middle
    }
    return low
  }
  return (bound((each) => each < x) + bound((each) => each <= x)) / (2 * Math.max(1, sorted.length))
}
