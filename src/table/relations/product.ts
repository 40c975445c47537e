import * as v from 'valibot'
import { finite, numbers } from '../encodings/kind.ts'
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
    rates: v.optional(numbers),
    atZero: v.optional(v.nullable(finite)),
  }),
  v.check(({ by, isRatio }) => !isRatio || by.length === 2, 'a ratio has two sources'),
  v.check(({ by, rates = by }) => rates.length === by.length, 'rates must have a number for each source'),
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
  /** By source: the r of a factor 1 + r a, such as -1 of a discount or 0.01 of a percentage; 0 of a factor a. Default: 0. */
  readonly rates?: readonly number[] | undefined
  /** The cell where a ratio's second source is 0; null for a missing one. */
  readonly atZero?: number | null | undefined
}

/** The product of columns. */
export function productOf<V>(ops: Operators<V>, columns: readonly V[]): V {
  return columns.reduce((total, column) => ops.multiply(total, column))
}

/** What a relation computes, not rounded. */
function madeBy<V>(
  { times = 1, isRatio, atZero, rates }: Product,
  ops: Operators<V>,
  cells: readonly V[],
): V {
  const factor = (cell: V, k: number) =>
    rates?.[k] ? ops.add(ops.number(1), ops.multiply(ops.number(rates[k]), cell)) : cell
  const sources = cells.map(factor)
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
      const rate = relation.rates?.[k]
      const one = computed(cells.with(k, rate ? 0 : 1))
      const factor = relation.isRatio && k === 1 ? one / cell : cell / one
      const solved = rounderOf(source, decimalsIn(source))(rate ? (factor - 1) / rate : factor)
      const chosen = cells.with(k, solved)
      if (isInRange(source, solved) && round(computed(chosen)) === cell) return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
}
