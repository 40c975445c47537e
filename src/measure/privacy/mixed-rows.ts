import type { Rows, SharedColumn } from './real-and-samples.ts'

/**
 * Rows of mixed columns in integers: a column counts min(|x - y|, unit). Integer sums are exact, so distances don't
 * depend on the order of columns or rows.
 */
export interface MixedRows {
  /** Padded with columns of zeros to a multiple of four. */
  readonly columns: readonly Int32Array[]
  readonly count: number
  /** Maximum of a column's difference. */
  readonly unit: number
  /** Number of columns before padding. */
  readonly width: number
}

/** Columns added up at once. */
export const lanes = 4

/**
 * Makes rows comparable: two numbers differ by the share of `real` rows between them (0 to 1, by mid-ranks), two names
 * by 0 or 1, and a missing cell by 1 from every value and 0 from another missing one. Columns have equal weight: this
 * is Gower's distance (1971) with ranks instead of ranges, times the number of columns and `unit`. Returns a function
 * that encodes any rows by the ranks of the `real` ones.
 */
export function mixedEncoder(
  columns: readonly SharedColumn[],
  real: readonly Rows[],
): (rows: Rows) => MixedRows {
  // twice a mid-rank is an integer from 0 to twice the number of rows
  const unit = 2 * real.reduce((sum, { count }) => sum + count, 0)
  const encoders = columns.map(({ isCategory }, d) =>
    isCategory
      ? namesEncoder(unit)
      : ranksEncoder(
          real.map((rows) => rows.columns[d]!),
          unit,
        ),
  )
  const padding = (lanes - (columns.length % lanes)) % lanes
  return (rows) => ({
    columns: [
      ...encoders.map((encodeCell, d) => Int32Array.from(rows.columns[d]!, encodeCell)),
      ...Array.from({ length: padding }, () => new Int32Array(rows.count)),
    ],
    count: rows.count,
    unit,
    width: columns.length,
  })
}

/**
 * Indices of names, a unit apart or more: numbered in order of first sight, so that many names stay small numbers.
 */
function namesEncoder(unit: number): (cell: number) => number {
  const indices = new Map<number, number>()
  return (cell) => {
    // a missing cell is a name more: a map finds NaN
    const index = indices.get(cell) ?? indices.size
    indices.set(cell, index)
    return index * unit
  }
}

function ranksEncoder(cells: readonly Float64Array[], unit: number): (cell: number) => number {
  const sorted = Float64Array.from(
    cells.flatMap((of) => Array.from(of.filter((cell) => !Number.isNaN(cell)))),
  ).sort()
  const scale = sorted.length > 0 ? unit / (2 * sorted.length) : 0
  return (cell) => {
    if (Number.isNaN(cell)) return -unit
    // with gaps the ranks are stretched to the unit, and rounded
    return Math.round((below(sorted, cell, false) + below(sorted, cell, true)) * scale)
  }
}

/** How many of the rising values are below x, or not above it. */
export function below(rising: Float64Array, x: number, orEqual: boolean): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rising[middle]! < x || (orEqual && rising[middle] === x)) low = middle + 1
    else high = middle
  }
  return low
}
