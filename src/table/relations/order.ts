import * as v from 'valibot'
import { hasGrain } from '../encodings/grain.ts'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { rounder } from '../encodings/rounding.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'
import {
  decimalsIn,
  heldRange,
  isInRange,
  isNumeric,
  kept,
  type Made,
  madeFields,
  ownWhereMissing,
} from './range.ts'

const schema = v.object({
  kind: v.literal('order'),
  ...relationFields,
  residual: v.optional(encodedColumnSchema),
  ...madeFields,
})

/** A number or date that is never below others. */
export interface Order extends RelationOfCard, Made {
  readonly kind: 'order'
  /**
   * How much the column is above the greatest source, encoded, where that is little or often 0; its name is that of no column.
   * Every cell is made with it. Without it, a cell that is drawn below a source is put as far above.
   */
  readonly residual?: EncodedColumn | undefined
}

export const order: RelationKind<Order> = {
  schema,
  auxiliary: {
    column: ({ residual }) => residual,
    cells: () => (cells, own) => own - Math.max(...cells),
  },
  held: ({ column }) => heldRange(column),
  mayBeSource: isNumeric,
  mayDiffer: true,
  follow(relation, { column }) {
    const keep = kept(relation, column)
    // the next that the column's grain allows may be below a source
    const above = hasGrain(column) ? kept(relation, column, 'up') : undefined
    return (ops, columns) => {
      const own = columns.at(-1)!
      const greatest = sourcesIn(relation, columns).reduce((a, b) => ops.max(a, b))
      const beyond = relation.residual ? columns.at(-2)! : ops.subtract(greatest, own)
      // a source may be beyond the column's range where that had missing values
      const bounds = above ? [above(ops, [greatest]), greatest] : [greatest]
      const made = bounds.reduce((a, b) => ops.max(a, b), keep(ops, [ops.add(greatest, beyond)]))
      const moved = relation.residual ? made : ops.select(ops.isAtLeast(own, greatest), own, made)
      // a missing value is in no order
      return ownWhereMissing(ops, [own, greatest], own, moved)
    }
  },
  choices(relation, { sources }, cell, cells, isFree) {
    const greatest = Math.max(...sourcesIn(relation, cells))
    const { residual } = relation
    if (residual && cell >= greatest && isInRange(residual, cell - greatest))
      return [{ cells: cells.with(-1, cell - greatest), rows: 1 }]
    const lowered = (by: (each: number) => number) =>
      cells.map((each, k) => {
        const source = sources[k]!
        if (source === residual || !(each > cell) || !isFree[k]) return each
        const below = rounder(source, decimalsIn(source), 'down')(cell - by(each))
        return isInRange(source, below) ? below : cell
      })
    // as far below as it should be where that may be; otherwise equal, or the next below that their grain allows
    return [
      { cells: lowered((each) => (residual ? cells.at(-1)! : each - cell)), rows: 1 },
      { cells: lowered(() => 0), rows: 1e-9 },
    ].filter((choice) => isNeverBelow(cell, sourcesIn(relation, choice.cells)))
  },
}

/** Whether a cell is below none of others; a missing one is in no order. */
export function isNeverBelow(cell: number, others: readonly number[]): boolean {
  return !others.some((other) => other > cell)
}

/** What there is of each source, without that of the residual, which is the last. */
function sourcesIn<T>({ by }: Order, all: readonly T[]): readonly T[] {
  return all.slice(0, by.length)
}
