import * as v from 'valibot'
import { rounding } from '../encodings/rounding.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'
import { decimalsIn, isInRange, rounderOf } from './range.ts'
import { sum, withGaps } from './sum.ts'

const schema = v.object({
  kind: v.literal('product'),
  ...relationFields,
  decimals: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(15))),
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

const productOf = (cells: readonly number[]) => cells.reduce((total, cell) => total * cell, 1)

export const product = defineRelation<Product>({
  kind: 'product',
  schema,
  mayBeSource: sum.mayBeSource,
  isTotal: () => false,
  describe: ({ column, by }) => `${column} is ${by.join(' * ')}`,
  follow(relation, { column: { kind, form } }) {
    const round = rounding({ kind, form }, relation.decimals)
    return (ops, columns) =>
      withGaps(ops, relation, columns, (sources) =>
        round(ops, [sources.reduce((a, b) => ops.multiply(a, b))]),
      )
  },
  choices({ decimals }, { column, sources }, cell, cells, isFree) {
    if (Number.isNaN(cell)) return []
    const round = rounderOf(column, decimals)
    // of several free sources, the last one that can makes up the rest
    for (const [k, source] of [...sources.entries()].reverse()) {
      if (!isFree[k] || cells.some((each, j) => j !== k && Number.isNaN(each))) continue
      const solved = rounderOf(source, decimalsIn(source))(cell / productOf(cells.with(k, 1)))
      const chosen = cells.with(k, solved)
      if (isInRange(source, solved) && round(productOf(chosen)) === cell) return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
})
