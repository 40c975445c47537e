import { normalQuantile } from '../../numerics/elementary.ts'
import { type EncodedColumn, encodingKindOf } from '../encodings/index.ts'
import { computeRow } from '../operators/columns.ts'
import type { Relation } from '../relations/index.ts'
import { type Bounds, isAboveLow, isBelowHigh, isWithin } from './column-range.ts'

/** Where to begin the rows that are to be within a column's bounds: a cell from its own distribution there. */
export interface Start {
  /** The share of training rows that are within the bounds. */
  readonly share: number
  /** A cell, by a uniform number strictly between 0 and 1. */
  cell(uniform: number): number
}

/**
 * The start for a column within bounds.
 *
 * @param column - The column as the card has it.
 * @param bounds - What its cells may be.
 * @param relations - What columns follow from: what determines one says how its cells are distributed.
 * @returns Undefined if the card does not say how the column's cells are distributed, or has none within the bounds.
 */
export function startWithin(
  column: EncodedColumn,
  bounds: Bounds,
  relations: readonly Relation[] = [],
): Start | undefined {
  const relation = relations.find((each) => each.column === column.name)
  // few factors give a product to its last decimal
  if (relation?.kind === 'product') return undefined
  switch (column.as) {
    case 'steps': {
      const { values, borders } = column
      const shares = values.map((_, k) => shareBelow(borders[k]) - shareBelow(borders[k - 1], 0))
      return oneOf(values, shares, bounds)
    }
    case 'category': {
      const { categories = [], values = [...categories.keys()], shares } = column
      return shares && oneOf(values, shares, bounds)
    }
    case 'derived': {
      const isTable = relation?.kind === 'look-up' || relation?.kind === 'combination'
      if (!isTable || !relation.rows) return undefined
      const { to, rows } = relation
      const all = rows.reduce((sum, each) => sum + each, 0)
      const cells = to.map((cell) => cell ?? Number.NaN)
      return oneOf(
        cells,
        rows.map((each) => each / all),
        bounds,
      )
    }
    case 'quantile': {
      const decode = encodingKindOf(column).decode(column)
      const cellAt = (share: number) => computeRow(decode, [normalQuantile(share)])
      const from = (cell: number) => firstShare((share) => cellAt(share) >= cell)
      const after = (cell: number) => firstShare((share) => cellAt(share) > cell)
      if (bounds.in) {
        const cells = [...bounds.in]
        // of so many decimals that no cell has a share of its own, all have the same
        const shares = cells.map((cell) => Math.max(after(cell) - from(cell), 2 ** -50))
        return oneOf(cells, shares, bounds)
      }
      // a value of many rows has a part of the axis, and belongs to the range with all of it
      const low = firstShare((share) => isAboveLow(bounds, cellAt(share)))
      const high = firstShare((share) => !isBelowHigh(bounds, cellAt(share)))
      return high > low
        ? { share: high - low, cell: (uniform) => cellAt(low + uniform * (high - low)) }
        : undefined
    }
    default:
      return undefined
  }
}

/** One of the cells that are within the bounds, by their shares; undefined if none is. */
function oneOf(cells: readonly number[], shares: readonly number[], bounds: Bounds): Start | undefined {
  const allowed = cells.flatMap((cell, k) => (isWithin(bounds, cell) ? [{ cell, share: shares[k]! }] : []))
  const share = allowed.reduce((sum, each) => sum + each.share, 0)
  if (allowed.length === 0 || share === 0) return undefined
  return {
    share,
    cell(uniform) {
      let left = uniform * share
      for (const each of allowed) {
        left -= each.share
        if (left < 0) return each.cell
      }
      return allowed.at(-1)!.cell
    },
  }
}

/** The standard normal's share below a number; `otherwise` if there is none. */
function shareBelow(z: number | undefined, otherwise = 1): number {
  return z === undefined ? otherwise : firstShare((share) => normalQuantile(share) >= z)
}

/** The smallest share between 0 and 1 from which on something holds, by bisection. */
function firstShare(holds: (share: number) => boolean): number {
  let [low, high] = [0, 1]
  for (let k = 0; k < 50; k++) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return (low + high) / 2
}
