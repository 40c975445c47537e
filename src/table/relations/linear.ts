import * as v from 'valibot'
import { day, daysSince1970 } from '../dates/calendar.ts'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { finite, numbers } from '../encodings/kind.ts'
import { rounder, rounding } from '../encodings/rounding.ts'
import { calendarColumns } from '../operators/calendar.ts'
import { computeRow } from '../operators/columns.ts'
import { all, type Operators, quotient, linear as sumOfColumns } from '../operators/operators.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'
import {
  decimalsIn,
  heldRange,
  isInRange,
  isNumeric,
  kept,
  madeFields,
  ownWhereMissing,
  rounderOf,
} from './range.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('linear'),
    ...relationFields,
    times: numbers,
    plus: v.optional(finite),
    decimals: madeFields.decimals,
    gapsFollow: v.optional(v.boolean()),
    skipsMissing: v.optional(v.boolean()),
    inMonths: v.optional(v.boolean()),
    residual: v.optional(encodedColumnSchema),
    range: v.optional(madeFields.range),
  }),
  v.check(({ by, times }) => by.length === times.length, 'times must have a factor for each source'),
  v.check(
    ({ residual, range }) => (residual === undefined) === (range === undefined),
    'a residual has a range, and nothing else has one',
  ),
)

/**
 * A number or date that is a sum of multiples of others, plus + times[0] by[0] + times[1] by[1] + ...; or nearly one, where the network
 * also learns the residual, which is small.
 */
export interface Linear extends RelationOfCard {
  readonly kind: 'linear'
  /** By source: its factor. */
  readonly times: readonly number[]
  /** Default: 0. */
  readonly plus?: number | undefined
  /** To which the sum is rounded; null for more than 15. */
  readonly decimals: number | null
  /** Whether the sum is missing where a source is, or, if it skips missing ones, exactly where all are. Default: false. */
  readonly gapsFollow?: boolean | undefined
  /** Whether a missing source counts as 0, unless all are missing. Default: false. */
  readonly skipsMissing?: boolean | undefined
  /** Whether dates count as their months, and a 32nd for each of the month's days, as in an age. Default: false. */
  readonly inMonths?: boolean | undefined
  /** What the column is beyond the sum, encoded; no column has its name. */
  readonly residual?: EncodedColumn | undefined
  /** With a residual: the smallest and the largest cell of the column. */
  readonly range?: readonly [number, number] | undefined
}

export const linear: RelationKind<Linear> = {
  schema,
  auxiliary: {
    column: ({ residual }) => residual,
    cell: ({ times }, cells, own) => own - sumOf({ times }, cells),
  },
  held: ({ column, by, times, range }) => [
    { columns: [column, ...by], count: times.length, noun: ['factor', 'factors'] },
    ...(range ? heldRange(column) : []),
  ],
  mayBeSource: isNumeric,
  isTotal: ({ by, share, residual }, { gaps }) => by.length === 1 && share === 1 && !gaps && !residual,
  follow(relation, { column }) {
    const { range, gapsFollow, skipsMissing, inMonths, plus = 0 } = relation
    const times = factorsOf(relation)
    const { kind, form } = column
    const finish = range ? kept({ ...relation, range }, column) : rounding({ kind, form }, relation.decimals)
    return (ops, columns) => {
      const [sources, own] = [columns.slice(0, -1), columns.at(-1)!]
      if (skipsMissing) {
        const [zero, areMissing] = [ops.number(0), sources.map((source) => ops.isMissing(source))]
        const terms = sources.map((source, k) => ops.select(areMissing[k]!, zero, source))
        const sum = finish(ops, [sumOfColumns(ops, times, terms, plus)])
        const made = ops.select(all(ops, areMissing), ops.number(Number.NaN), sum)
        return gapsFollow ? made : ownWhereMissing(ops, [own, made], own, made)
      }
      const terms = inMonths ? sources.map((source) => monthsOf(ops, source)) : sources
      const made = finish(ops, [sumOfColumns(ops, times, terms, plus)])
      // what is computed from a missing value is one, and a missing value next to its sources stays one
      return ownWhereMissing(ops, gapsFollow ? [own] : [own, made], own, made)
    }
  },
  choices(relation, { column, sources }, cell, cells, isFree) {
    const { residual, plus, skipsMissing, inMonths } = relation
    const times = factorsOf(relation)
    const termOf = inMonths ? monthsAt : skipsMissing ? orZero : Number
    const sum = (row: readonly number[]) => sumOf({ times, plus }, row.map(termOf))
    const round = rounderOf(column, relation.decimals)
    // of several free sources, the last one that can makes up the difference: a residual first
    for (const [k, source] of [...sources.entries()].reverse()) {
      if (!isFree[k] || Number.isNaN(sum(cells.with(k, 0)))) continue
      const others = sum(cells.with(k, 0)) - times[k]! * termOf(0)
      const roundSource = residual
        ? rounder(source, decimalsIn(source))
        : rounderOf(source, decimalsIn(source))
      const solved = (cell - others) / times[k]!
      const chosen = cells.with(k, roundSource(inMonths ? timeOfMonths(solved) : solved))
      const isRight = residual !== undefined || round(sum(chosen)) === cell
      if (isInRange(source, chosen[k]!) && isRight) return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
}

/** The factors, with that of the residual, the last source. */
function factorsOf({ times, residual }: Linear): readonly number[] {
  return residual ? [...times, 1] : times
}

/** The months of times since the year 0, each day of a month as a 32nd: whole ones have passed where the day is reached. */
function monthsOf<V>(ops: Operators<V>, time: V): V {
  const { year, month, dayOfMonth } = calendarColumns(ops, quotient(ops, time, day))
  return sumOfColumns(ops, [12, 1, 1 / 32], [year, month, dayOfMonth], 0)
}

/** `monthsOf` a single time. */
export function monthsAt(time: number): number {
  return computeRow((ops, [column]) => monthsOf(ops, column!), [time])
}

/** A time of so many months, in the middle of the month: 0 is the December before the year 0. */
function timeOfMonths(months: number): number {
  const whole = Math.floor(months) - 1
  return daysSince1970(Math.floor(whole / 12), 1 + (((whole % 12) + 12) % 12), 15)! * day
}

/** A number, or 0 for a missing one. */
export function orZero(x: number): number {
  return x || 0
}

export function sumOf({ times, plus = 0 }: Pick<Linear, 'times' | 'plus'>, cells: readonly number[]): number {
  return cells.reduce((total, cell, k) => total + times[k]! * cell, plus)
}

/** What is added to times in a unit of so many milliseconds, so that they are rounded to the whole units that have passed. */
export function floored(per: number): number {
  return (1 / per - 1) / 2
}
