import * as v from 'valibot'
import { rounding } from '../encodings/rounding.ts'
import { computeRow } from '../operators/columns.ts'
import type { Operators } from '../operators/operators.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'
import { decimalsIn, isInRange, isNumeric, madeFields, ownWhereMissing, rounderOf } from './range.ts'

const schema = v.object({
  kind: v.literal('product'),
  ...relationFields,
  decimals: madeFields.decimals,
  gapsFollow: v.boolean(),
})

/** A number that is the product of others, as a rule says. */
export interface Product extends RelationOfCard {
  readonly kind: 'product'
  /** To which the product is rounded; null for more than 15. */
  readonly decimals: number | null
  /** Whether the product is missing where a source is. */
  readonly gapsFollow: boolean
}

/** The product of columns. */
export function productOf<V>(ops: Operators<V>, columns: readonly V[]): V {
  return columns.reduce((total, column) => ops.multiply(total, column))
}

export const product: RelationKind<Product> = {
  schema,
  held: () => [],
  mayBeSource: isNumeric,
  describe: ({ column, by }) => `${column} is ${by.join(' * ')}`,
  follow({ decimals, gapsFollow }, { column: { kind, form } }) {
    const round = rounding({ kind, form }, decimals)
    return (ops, columns) => {
      const [sources, own] = [columns.slice(0, -1), columns.at(-1)!]
      const made = round(ops, [productOf(ops, sources)])
      return ownWhereMissing(ops, gapsFollow ? [own] : [own, made], own, made)
    }
  },
  choices({ decimals }, { column, sources }, cell, cells, isFree) {
    if (Number.isNaN(cell)) return []
    const round = rounderOf(column, decimals)
    // of several free sources, the last one that can makes up the rest
    for (const [k, source] of [...sources.entries()].reverse()) {
      if (!isFree[k] || cells.some((each, j) => j !== k && Number.isNaN(each))) continue
      const solved = rounderOf(source, decimalsIn(source))(cell / computeRow(productOf, cells.with(k, 1)))
      const chosen = cells.with(k, solved)
      if (isInRange(source, solved) && round(computeRow(productOf, chosen)) === cell)
        return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
}
