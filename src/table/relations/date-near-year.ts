import * as v from 'valibot'
import { day, daysSince1970 } from '../dates/calendar.ts'
import { hasGrain } from '../encodings/grain.ts'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { finite } from '../encodings/kind.ts'
import { calendarColumns, daysOfDate } from '../operators/calendar.ts'
import { clamped, type Operators, quotient } from '../operators/operators.ts'
import { numberOfPart } from './date-parts.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'
import { heldRange, isInRange, kept, type Made, madeFields, ownWhereMissing } from './range.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('dated'),
    ...relationFields,
    residual: encodedColumnSchema,
    years: v.pipe(v.tuple([finite, finite]), v.readonly()),
    follows: v.boolean(),
    ...madeFields,
  }),
  v.check(
    ({ by, years: [first, last] }) => by.length === 1 && last > first,
    'a year has one source and years',
  ),
)

/**
 * A date some years after another, or from a year in its row, as a first game is from the year of birth. What the network drew of it
 * is moved by whole years, so that it keeps its day of the year, to the year of the source and the residual, which the network also learns.
 */
export interface DateNearYear extends RelationOfCard, Made {
  readonly kind: 'dated'
  /** How many years the date is after the source, or -1 where it is the date that it follows, encoded; no column has its name. */
  readonly residual: EncodedColumn
  /** The first and the last year of the training rows, those of the source among them. */
  readonly years: readonly [number, number]
  /** Whether the source is a date, which the date is never before; otherwise it is a year. */
  readonly follows: boolean
}

export const dateNearYear: RelationKind<DateNearYear> = {
  schema,
  auxiliary: {
    column: ({ residual }) => residual,
    cell: (relation, [source], own) => yearsAfter(relation, source!, own),
  },
  held: ({ column, by }) => [
    ...heldRange(column),
    { columns: [column, ...by], count: 2, noun: ['year', 'years'], hasEnds: true },
  ],
  mayBeSource: ({ kind }) => kind === 'integer' || kind === 'date',
  follow(relation, { column }) {
    const keep = kept(relation, column)
    const above = hasGrain(column) ? kept(relation, column, 'up') : undefined
    const { follows, years } = relation
    return (ops, [source, residual, own]) => {
      const sourceYear = follows ? yearsOf(ops, source!) : source!
      const wanted = clamped(ops, ops.add(sourceYear, residual!), ...years)
      const by = ops.subtract(beginsOf(ops, wanted), beginsOf(ops, yearsOf(ops, own!)))
      const moved = ops.add(own!, by)
      if (!follows) return ownWhereMissing(ops, [own!, wanted], own!, keep(ops, [moved]))
      // in the year of the source it may come before it, and is put as far after it
      const mirrored = ops.subtract(ops.add(source!, source!), moved)
      const bounds = above ? [above(ops, [source!]), source!] : [source!]
      const after = bounds.reduce((a, b) => ops.max(a, b), keep(ops, [ops.max(moved, mirrored)]))
      const isSame = ops.isAtLeast(ops.number(same), residual!)
      return ownWhereMissing(ops, [own!, wanted], own!, ops.select(isSame, source!, after))
    }
  },
  choices(relation, { sources: [column] }, cell, [source, drawn], [isFree]) {
    const { residual, follows } = relation
    if (Number.isNaN(cell)) return []
    const between = yearsAfter(relation, source!, cell)
    // the residual makes up the difference where it can, otherwise the source
    if (isInRange(residual, between) && !(follows && source! > cell))
      return [{ cells: [source!, between], rows: 1 }]
    const moved = !follows
      ? yearOf(cell) - drawn!
      : Math.min(cell, source! + beginOf(yearOf(cell) - drawn!) - beginOf(yearOf(source!)))
    const chosen = follows ? yearsAfter(relation, moved, cell) : drawn!
    return isFree && isInRange(column!, moved) ? [{ cells: [moved, chosen], rows: 1 }] : []
  },
}

/** What stands for the very date that a date follows, in the place of years. */
const same = -1

/** The year of a time. */
export function yearOf(time: number): number {
  return numberOfPart(time, 'year')
}

/** How many years a date is after its source. */
export function yearsAfter({ follows }: Pick<DateNearYear, 'follows'>, source: number, own: number): number {
  if (!follows) return yearOf(own) - source
  return own === source ? same : yearOf(own) - yearOf(source)
}

/** The years of times. */
function yearsOf<V>(ops: Operators<V>, times: V): V {
  return calendarColumns(ops, quotient(ops, times, day)).year
}

/** The times at which years begin. */
function beginsOf<V>(ops: Operators<V>, years: V): V {
  const first = ops.number(1)
  return ops.multiply(daysOfDate(ops, { year: years, month: first, dayOfMonth: first }), ops.number(day))
}

/** The time at which a year begins. */
function beginOf(year: number): number {
  return daysSince1970(year, 1, 1)! * day
}
