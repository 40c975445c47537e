import type { FloatArray } from '../../numerics/points.ts'
import { type Encoding, isScaled } from '../../table/encodings/encoding.ts'
import type { EncodedColumn } from '../../table/encodings/index.ts'
import type { Table } from '../../table/table.ts'
import type { Manifest } from './part.ts'
import { type DrawnRow, isWithinStep, type Rounding, roundingOf } from './rounding.ts'

/** How a row of a file differs from a drawn one. */
export interface Difference {
  /**
   * The largest difference between cells that did not flip, as a share of their column's range; Infinity for a missing value or a name
   * that rounding can't change.
   */
  readonly worst: number
  /** How many cells flipped: they differ by more than the tolerance, and rounding explains it. */
  readonly flips: number
}

/** Returns a function that compares a row of a file with one like those of a drawn table, up to `tolerance` of a column's range. */
export function differencesFrom(
  encoding: Encoding,
  drawn: Table,
  { choice, tolerance }: { readonly choice: Manifest['choice']; readonly tolerance: number },
): (cells: FloatArray, right: DrawnRow) => Difference {
  // such a model's cells are those of float32
  const isSingle = isScaled(encoding)
  const rounding = roundingOf(encoding, choice)
  const columns = encoding.columns.map((column, d) => ({
    column,
    range: rangeOf(column, d, drawn),
    allowsMissing: column.gaps === true && choice.complete !== true,
    // texts are compared by themselves
    isGenerated: column.as === 'generated',
  }))
  return (cells, right) => {
    let [worst, flips] = [0, 0]
    let rounded: ((d: number) => Rounding) | undefined
    for (const [d, { column, range, allowsMissing, isGenerated }] of columns.entries()) {
      if (isGenerated) continue
      // a row that the file lacks is one of missing values
      const [cell, drawn] = [cells[d] ?? Number.NaN, right.cells[d]!]
      const distanceTo = (other: number) => {
        if (Object.is(cell, other)) return 0
        const isNumber = !column.categories && !Number.isNaN(cell) && !Number.isNaN(other)
        return isNumber
          ? Math.abs((isSingle ? Math.fround(cell) : cell) - other) / range
          : Number.POSITIVE_INFINITY
      }
      const distance = distanceTo(drawn)
      if (distance <= tolerance) {
        worst = Math.max(worst, distance)
        continue
      }
      rounded ??= rounding(cells, right.x_0)
      const { following, spans } = rounded(d)
      const rest = following === undefined ? distance : Math.min(distance, distanceTo(following))
      const slack = tolerance * range
      // what follows may turn over, as seconds do within their minute
      const beyond = following === undefined ? 0 : slack
      const isFlip =
        rest > tolerance &&
        (allowsMissing || Number.isNaN(cell) === Number.isNaN(drawn)) &&
        (isWithinStep(column, cell, drawn, slack) ||
          spans.some(([low, high]) => cell >= low - beyond && cell <= high + beyond))
      if (isFlip) flips++
      else worst = Math.max(worst, rest)
    }
    return { worst, flips }
  }
}

/** The cells of a row; none of a row that is not there. */
export function rowIn(columns: readonly Float64Array[], row: number): Float64Array {
  return Float64Array.from(columns.flatMap((cells) => cells[row] ?? []))
}

/** What a column's values span in the training rows or, where its encoding does not say, in the drawn ones. */
function rangeOf(column: EncodedColumn, d: number, drawn: Table): number {
  const values = column.as === 'quantile' ? column.x : 'values' in column ? column.values : undefined
  const [low, high] =
    column.as === 'linear'
      ? [column.min, column.max]
      : values
        ? [values[0]!, values.at(-1)!]
        : endsOf(drawn.columns[d]?.cells ?? [])
  return high > low ? high - low : 1
}

function endsOf(cells: ArrayLike<number> & Iterable<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const cell of cells) {
    if (cell < low) low = cell
    if (cell > high) high = cell
  }
  return [low, high]
}
