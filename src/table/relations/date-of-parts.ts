import * as v from 'valibot'
import { upperBound } from '../../numerics/bounds.ts'
import { day } from '../dates/calendar.ts'
import { unitOf } from '../dates/form.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { numbers } from '../encodings/kind.ts'
import { daysOfDate, lengthOfMonth } from '../operators/calendar.ts'
import { modulo, type Operators, quotient } from '../operators/operators.ts'
import { isGenerated } from '../table.ts'
import { clockParts, numberOfPart } from './date-parts.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'
import { ownWhereMissing } from './range.ts'

/** Parts of a date that columns may have. */
export type DatePart = 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second'

const dateParts = [
  'year',
  'month',
  'day',
  'weekday',
  'hour',
  'minute',
  'second',
] as const satisfies readonly DatePart[]

const calendar = ['year', 'month', 'day'] as const

const schema = v.pipe(
  v.object({
    kind: v.literal('dated'),
    ...relationFields,
    parts: v.pipe(v.array(v.picklist(dateParts)), v.readonly()),
    numbers: v.pipe(v.array(v.nullable(numbers)), v.readonly()),
    from: numbers,
    plus: numbers,
    isDrawn: v.boolean(),
  }),
  v.check(
    ({ by, parts, numbers, from, plus }) =>
      [parts, numbers].every(({ length }) => length === by.length) && plus.length === from.length + 1,
    'parts and numbers must be as many as the sources, and plus one more than from',
  ),
  v.check(({ parts }) => {
    const had = calendar.filter((part) => parts.includes(part)).length
    return new Set(parts).size === parts.length && (had === 0 || (had === 3 && !parts.includes('weekday')))
  }, 'parts must be different, with year, month and day all or none, and no weekday with them'),
)

/**
 * A date whose parts are columns: year, month and day, or a day of the week, and a time of day. It takes the parts from their
 * columns and the rest from what the network drew. The columns may be local time: the date is later by `plus`, which may
 * change with the season.
 */
export interface DateOfParts extends RelationOfCard {
  readonly kind: 'dated'
  /** By source: which part it has. */
  readonly parts: readonly DatePart[]
  /** By source: the part's number for each name, null if its cells are numbers. */
  readonly numbers: readonly (readonly number[] | null)[]
  /** Local times, rising, from which the next of `plus` counts, in milliseconds since 1970. */
  readonly from: readonly number[]
  /** How many milliseconds the date is after the local time. */
  readonly plus: readonly number[]
  /** Whether the network draws the rest: what is finer than the finest part, and the day if no column gives it. */
  readonly isDrawn: boolean
}

export const dateOfParts: RelationKind<DateOfParts> = {
  schema,
  held: ({ column, from }) =>
    from.length > 0 ? [{ columns: [column], count: from.length, noun: ['date', 'dates'] }] : [],
  mayBeSource: (column) => column.as !== 'derived' && !isGenerated(column),
  isTotal: ({ isDrawn }, { gaps }) => !isDrawn && !gaps,
  follow(relation, { column }) {
    const { parts, numbers, from, plus } = relation
    const resolution = unitOf(column.form!)
    return (ops, columns) => {
      const own = columns.at(-1)!
      const of = new Map(
        parts.map((part, k) => [part, numbers[k] ? ops.lookUp(numbers[k], columns[k]!) : columns[k]!]),
      )
      const drawn = ops.subtract(own, ops.number(plus[0]!))
      const days = daysOf(ops, of, () => wholeUnits(ops, drawn, day, resolution))
      let local = ops.multiply(days, ops.number(day))
      for (const [part, ms] of Object.entries(clockParts)) {
        const time = of.get(part as DatePart)
        if (time !== undefined) local = ops.add(local, ops.multiply(time, ops.number(ms)))
      }
      if (relation.isDrawn) {
        const unit = finestUnit(relation)
        const below = ops.multiply(wholeUnits(ops, drawn, unit, resolution), ops.number(unit))
        local = ops.add(local, ops.subtract(drawn, below))
      }
      const made = ops.add(local, ops.lookUp(plus, ops.countReached(from, local)))
      return ownWhereMissing(ops, [own, made], own, made)
    }
  },
  choices(relation, { sources }, cell, cells, isFree) {
    if (Number.isNaN(cell)) return []
    for (const [k, plus] of relation.plus.entries()) {
      const local = cell - plus
      if (upperBound(relation.from, local) !== k) continue
      const chosen = relation.parts.map((part, s) => {
        const number = numberOfPart(local, part)
        return relation.numbers[s]?.indexOf(number) ?? number
      })
      if (chosen.every((each, s) => mayHave(sources[s]!, each) && (isFree[s] || Object.is(each, cells[s]))))
        return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
}

/** The milliseconds of the finest part. */
export function finestUnit({ parts }: Pick<DateOfParts, 'parts'>): number {
  return Object.entries(clockParts).reduce(
    (unit, [part, ms]) => (parts.includes(part as DatePart) ? ms : unit),
    day,
  )
}

/** How many units there are in local times. Half of the form's resolution mends what float32 rounds down. */
function wholeUnits<V>(ops: Operators<V>, local: V, unit: number, resolution: number): V {
  return quotient(ops, ops.add(local, ops.number(resolution / 2)), unit)
}

/** Days since 1970: by the parts, or the drawn day, moved to the day of the week. A month's last day is its limit. */
function daysOf<V>(ops: Operators<V>, of: ReadonlyMap<DatePart, V>, drawnDays: () => V): V {
  const [year, month, dayOfMonth] = calendar.map((part) => of.get(part))
  if (year !== undefined) {
    const date = { year, month: month!, dayOfMonth: dayOfMonth! }
    return daysOfDate(ops, { ...date, dayOfMonth: ops.min(date.dayOfMonth, lengthOfMonth(ops, date)) })
  }
  const weekday = of.get('weekday')
  const drawn = drawnDays()
  if (weekday === undefined) return drawn
  // 1 January 1970 was a Thursday, 3: so the move, of -3 to 3 days, is this rest less 3
  const forward = modulo(ops, ops.subtract(weekday, drawn), 7)
  return ops.add(drawn, ops.subtract(forward, ops.number(3)))
}

/** Whether a column may have a cell: one of the training rows' if it has few. */
function mayHave(column: EncodedColumn, cell: number): boolean {
  if (column.as === 'constant') return column.value === cell
  if (column.as === 'category') return column.values ? column.values.includes(cell) : cell >= 0
  return true
}
