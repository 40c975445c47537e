import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { isNumber } from '../columns.ts'
import { decimalsOf } from '../encodings/rounding.ts'
import { computeRow } from '../operators/columns.ts'
import { type Computation, linear } from '../operators/operators.ts'
import { productOf } from '../relations/product.ts'
import { madeFields } from '../relations/range.ts'
import type { Column, TableColumn } from '../table.ts'
import { type RuleKind, written } from './kind.ts'

/** A number that is a sum of multiples of others. */
export interface SumRule {
  readonly kind: 'sum'
  readonly column: string
  readonly by: readonly string[]
  /** What each is multiplied by. */
  readonly times: readonly number[]
  /** The decimals of the column's cells in the training rows, to which the sum is rounded; null for more than 15. */
  readonly decimals?: number | null | undefined
}

/** A number that is the product of others. */
export interface ProductRule {
  readonly kind: 'product'
  readonly column: string
  readonly by: readonly string[]
  /** The decimals of the column's cells in the training rows, to which the product is rounded; null for more than 15. */
  readonly decimals?: number | null | undefined
}

const decimals = v.optional(madeFields.decimals)

const names = v.pipe(v.array(v.string()), v.minLength(1), v.readonly())

export const sum: RuleKind<SumRule> = {
  schema: v.pipe(
    v.strictObject({
      kind: v.literal('sum'),
      column: v.string(),
      by: names,
      times: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.readonly()),
      decimals,
    }),
    v.check(({ by, times }) => by.length === times.length, 'by and times must be of one length'),
  ),
  columns: ({ column, by }) => [column, ...by],
  fit: withDecimals,
  held: () => [],
  describe: ({ column, by, times }) =>
    `${written(column)} = ${by.map((name, k) => term(written(name), times[k]!, k === 0)).join('')}`,
  test: (rule, columns) => equalityTest(rule, columns, (ops, cells) => linear(ops, rule.times, cells, 0)),
}

export const product: RuleKind<ProductRule> = {
  schema: v.strictObject({ kind: v.literal('product'), column: v.string(), by: names, decimals }),
  columns: ({ column, by }) => [column, ...by],
  fit: withDecimals,
  held: () => [],
  describe: ({ column, by }) => `${written(column)} = ${by.map(written).join(' * ')}`,
  test: (rule, columns) => equalityTest(rule, columns, productOf),
}

function term(name: string, times: number, isFirst: boolean): string {
  const sign = times < 0 ? (isFirst ? '- ' : ' - ') : isFirst ? '' : ' + '
  const size = Math.abs(times)
  return `${sign}${size === 1 ? '' : `${size} * `}${name}`
}

/** Rows in which a cell is what others give, to the column's decimals. Throws InputError on columns that are no numbers. */
function equalityTest(
  { decimals = null }: SumRule | ProductRule,
  columns: readonly Column[],
  compute: Computation,
): (cells: readonly number[]) => boolean {
  const other = columns.find((column) => !isNumber(column))
  if (other) throw new InputError(`${other.name} is a ${other.kind}: give numbers`, 'out-of-range')
  return ([cell, ...sources]) => {
    const value = computeRow(compute, sources)
    return Number.isNaN(cell) || Number.isNaN(value) || isRounded(decimals, value, cell!)
  }
}

/** The rule with the decimals of its first column, as the rows have them. */
function withDecimals<R extends SumRule | ProductRule>(rule: R, [column]: readonly TableColumn[]): R {
  const { kind, cells } = column!
  return {
    ...rule,
    decimals: kind === 'integer' ? 0 : decimalsOf(cells.filter((cell) => !Number.isNaN(cell))),
  }
}

/** Whether a cell is a value, rounded either way. */
export function isRounded(decimals: number | null, value: number, cell: number): boolean {
  const half = decimals === null ? 0 : 10 ** -decimals / 2
  // binary fractions: 0.615 may be a little less than it says
  return Math.abs(value - cell) <= half + 1e-9 * Math.max(1, Math.abs(value))
}
