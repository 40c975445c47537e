import { unitOf } from '../table/dates/form.ts'
import { leastRows } from '../table/least-rows.ts'
import type { Column } from '../table/table.ts'
import { below } from './statistics.ts'

/** Whether so many real rows have a value that a report would give them away with it. */
export function areFew(rows: number): boolean {
  return rows > 0 && rows < leastRows
}

/** How many of the rising values are equal to x. */
function countOf(rising: ArrayLike<number>, x: number): number {
  return below(rising, x, true) - below(rising, x, false)
}

/**
 * A number that a report shows in the place of one of real rows: itself, if three rows or more have it, or none; else the mean of three or more
 * up to it. Undefined if there are fewer than three numbers.
 *
 * @param rising - The numbers of the real rows.
 */
export function shownNumber(column: Column, rising: Float64Array, x: number): number | undefined {
  if (!areFew(countOf(rising, x))) return x
  const end = Math.max(below(rising, x, true), leastRows)
  return meanShown(column, rising, (rows) => rising.subarray(Math.max(0, end - rows), Math.max(end, rows)))
}

/** The means of the three smallest and of the three largest of the rising numbers, or of more; undefined if there are fewer than three. */
export function shownEnds(column: Column, rising: Float64Array): readonly [number, number] | undefined {
  const low = meanShown(column, rising, (rows) => rising.subarray(0, rows))
  const high = meanShown(column, rising, (rows) => rising.subarray(rising.length - rows))
  return low === undefined || high === undefined ? undefined : [low, high]
}

/** The mean of the fewest rows, three or more, that is not what one or two rows have. */
function meanShown(
  { kind, form = 'YYYY-MM-DD' }: Column,
  rising: Float64Array,
  part: (rows: number) => Float64Array,
): number | undefined {
  const unit = kind === 'integer' ? 1 : kind === 'date' ? unitOf(form) : 0
  const rounded = (x: number) => (unit > 0 ? Math.round(x / unit) * unit : x)
  let shown: number | undefined
  for (let rows = leastRows; rows <= rising.length; rows++) {
    const numbers = part(rows)
    // equal numbers are exactly their own mean
    const mean = numbers.reduce((sum, x) => sum + (x - numbers[0]!), 0) / rows + numbers[0]!
    shown = rounded(mean)
    if (!areFew(countOf(rising, shown))) return shown
  }
  return shown
}
