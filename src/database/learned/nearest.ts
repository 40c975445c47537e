import { below, present } from '../../measure/statistics.ts'
import { shuffled } from '../../numerics/random.ts'
import { isNumber } from '../../table/columns.ts'
import type { TableColumn } from '../../table/table.ts'

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
  const sorted = present(Float64Array.from(rows, (j) => there.cells[j]!)).sort()
  const rankOf = (cells: Float64Array) =>
    cells.map((cell) => (Number.isNaN(cell) ? 3 : 2 * rankIn(sorted, cell) - 1))
  const [a, b] = [rankOf(wanted.cells), rankOf(there.cells)]
  return (i, j) => (a[i]! - b[j]!) ** 2
}

/** The share of sorted numbers below x, half of those that equal it. */
function rankIn(sorted: Float64Array, x: number): number {
  return (below(sorted, x, false) + below(sorted, x, true)) / (2 * Math.max(1, sorted.length))
}

/**
 * Gives each row a different slot so that the sum of the costs is least (the shortest augmenting paths of Jonker and Volgenant
 * 1987, in the form of Crouse 2016).
 *
 * @param cost - [rows, slots], row by row, with at least as many slots as rows.
 * @returns By row, its slot.
 * @example
 * assign(Float64Array.of(1, 2, 2, 4), 2, 2) // Int32Array [1, 0]
 */
export function assign(cost: Float64Array, rows: number, slots: number): Int32Array {
  const ofRow = new Float64Array(rows)
  const ofSlot = new Float64Array(slots)
  const slotOf = new Int32Array(rows).fill(-1)
  const rowOf = new Int32Array(slots).fill(-1)
  const path = new Int32Array(slots)
  const shortest = new Float64Array(slots)
  for (let first = 0; first < rows; first++) {
    const [seenRows, isDone] = [new Uint8Array(rows), new Uint8Array(slots)]
    shortest.fill(Number.POSITIVE_INFINITY)
    let [least, row, end] = [0, first, -1]
    while (end < 0) {
      seenRows[row] = 1
      let [next, best] = [-1, Number.POSITIVE_INFINITY]
      for (let j = 0; j < slots; j++) {
        if (isDone[j]) continue
        const reached = least + cost[row * slots + j]! - ofRow[row]! - ofSlot[j]!
        if (reached < shortest[j]!) {
          path[j] = row
          shortest[j] = reached
        }
        if (shortest[j]! < best || (shortest[j] === best && rowOf[j]! < 0)) {
          best = shortest[j]!
          next = j
        }
      }
      least = best
      isDone[next] = 1
      if (rowOf[next]! < 0) end = next
      else row = rowOf[next]!
    }
    ofRow[first]! += least
    for (let i = 0; i < rows; i++) if (seenRows[i] && i !== first) ofRow[i]! += least - shortest[slotOf[i]!]!
    for (let j = 0; j < slots; j++) if (isDone[j]) ofSlot[j]! -= least - shortest[j]!
    for (let j = end; ; ) {
      const i = path[j]!
      rowOf[j] = i
      const before = slotOf[i]!
      slotOf[i] = j
      if (i === first) break
      j = before
    }
  }
  return slotOf
}
