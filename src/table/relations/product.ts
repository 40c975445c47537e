import * as v from 'valibot'
import { finite } from '../encodings/kind.ts'
import { rounding } from '../encodings/rounding.ts'
import { computeRow } from '../operators/columns.ts'
import { all, type Operators } from '../operators/operators.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'
import { decimalsIn, isInRange, isNumeric, madeFields, ownWhereMissing, rounderOf } from './range.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('product'),
    ...relationFields,
    decimals: madeFields.decimals,
    gapsFollow: v.boolean(),
    times: v.optional(finite),
    isRatio: v.optional(v.boolean()),
    atZero: v.optional(v.nullable(finite)),
  }),
  v.check(({ by, isRatio }) => !isRatio || by.length === 2, 'a ratio has two sources'),
)

/** A number that is the product of others, or the ratio of two. */
export interface Product extends RelationOfCard {
  readonly kind: 'product'
  /** To which the product is rounded; null for more than 15. */
  readonly decimals: number | null
  /** Whether the product is missing where a source is. */
  readonly gapsFollow: boolean
  /** By which the product or ratio is multiplied. Default: 1. */
  readonly times?: number | undefined
  /** Whether it is the first source divided by the second. Default: false. */
  readonly isRatio?: boolean | undefined
  /** The cell where a ratio's second source is 0; null for a missing one. */
  readonly atZero?: number | null | undefined
}

/** The product of columns. */
export function productOf<V>(ops: Operators<V>, columns: readonly V[]): V {
  return columns.reduce((total, column) => ops.multiply(total, column))
}

/** What a relation computes, not rounded. */
function madeBy<V>({ times = 1, isRatio, atZero }: Product, ops: Operators<V>, sources: readonly V[]): V {
  const scaled = (made: V) => (times === 1 ? made : ops.multiply(made, ops.number(times)))
  if (!isRatio) return scaled(productOf(ops, sources))
  const [a, b] = sources as [V, V]
  const zero = ops.number(0)
  const isZero = all(ops, [ops.isAtLeast(b, zero), ops.isAtLeast(zero, b)])
  const ratio = ops.divide(a, ops.select(isZero, ops.number(1), b))
  return ops.select(isZero, ops.number(atZero ?? Number.NaN), scaled(ratio))
}

export const product: RelationKind<Product> = {
  schema,
  held: ({ column, by, times }) =>
    times === undefined ? [] : [{ columns: [column, ...by], count: 1, noun: ['factor', 'factors'] }],
  mayBeSource: isNumeric,
  describe: ({ column, by, times, isRatio }) =>
    `${column} is ${times === undefined ? '' : `${times} * `}${by.join(isRatio ? ' / ' : ' * ')}`,
  follow(relation, { column: { kind, form } }) {
    const round = rounding({ kind, form }, relation.decimals)
    return (ops, columns) => {
      const [sources, own] = [columns.slice(0, -1), columns.at(-1)!]
      const made = round(ops, [madeBy(relation, ops, sources)])
      if (!relation.isRatio) return ownWhereMissing(ops, relation.gapsFollow ? [own] : [own, made], own, made)
      // a missing value that a division by 0 gives is not a source's
      return ownWhereMissing(ops, relation.gapsFollow ? [own] : [own, ...sources], own, made)
    }
  },
  choices(relation, { column, sources }, cell, cells, isFree) {
    if (Number.isNaN(cell)) return []
    const round = rounderOf(column, relation.decimals)
    const computed = (row: readonly number[]) => computeRow((ops, all) => madeBy(relation, ops, all), row)
    // of several free sources, the last one that can makes up the rest
    for (const [k, source] of [...sources.entries()].reverse()) {
      if (!isFree[k] || cells.some((each, j) => j !== k && Number.isNaN(each))) continue
      const one = computed(cells.with(k, 1))
      const solved = rounderOf(
        source,
        decimalsIn(source),
      )(relation.isRatio && k === 1 ? one / cell : cell / one)
      const chosen = cells.with(k, solved)
      if (isInRange(source, solved) && round(computed(chosen)) === cell) return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
}
