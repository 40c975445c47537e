import { type FloatArray, type Points, sliceRows } from '../../numerics/points.ts'
import { cellsOf, type Table } from '../../table/table.ts'

/** How a row of a file differs from a drawn one. */
export interface Difference {
  /** The largest difference between numbers, as a share of their column's range; Infinity where only one row has a gap. */
  readonly numbers: number
  /** How many names differ. */
  readonly names: number
}

/** Returns a function that compares a row of a file with one like those of a drawn table, which has the columns' ranges. */
export function differencesFrom(drawn: Table): (cells: FloatArray, right: FloatArray) => Difference {
  const isSingle = drawn.points.data instanceof Float32Array
  const columns = drawn.columns.map(({ categories }, d) => ({
    isName: categories !== undefined,
    range: spreadOf(d, drawn),
  }))
  return (cells, right) => {
    let [numbers, names] = [0, 0]
    for (const [d, { isName, range }] of columns.entries()) {
      const [cell, other] = [cells[d]!, right[d]!]
      if (isName) names += Object.is(cell, other) ? 0 : 1
      else if (Number.isNaN(cell) !== Number.isNaN(other)) numbers = Number.POSITIVE_INFINITY
      else if (!Number.isNaN(cell))
        // NaN, of a row that the file lacks, stays NaN
        numbers = Math.max(numbers, Math.abs((isSingle ? Math.fround(cell) : cell) - other) / range)
    }
    return { numbers, names }
  }
}

/** The cells of a row; none of a row that is not there. */
export function rowIn(points: Points<FloatArray>, row: number): FloatArray {
  return sliceRows(points, row, row + 1).data
}

function spreadOf(d: number, table: Table): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const cell of cellsOf(table, d)) {
    if (cell < low) low = cell
    if (cell > high) high = cell
  }
  return high > low ? high - low : 1
}
