import * as v from 'valibot'
import { calendarDate, day } from '../dates/calendar.ts'
import { hasGrain } from '../encodings/grain.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { finite } from '../encodings/kind.ts'
import { rounder } from '../encodings/rounding.ts'
import { calendarColumns, weekdays } from '../operators/calendar.ts'
import { clamped, modulo, type Operators, quotient } from '../operators/operators.ts'
import { numberAt } from './date.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'

/** Parts that columns may have of a date. Days of the week count from Monday, 0. */
export type PartOfDates = 'year' | 'quarter' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second'

export const partsOfDates: readonly PartOfDates[] = [
  'year',
  'quarter',
  'month',
  'day',
  'weekday',
  'hour',
  'minute',
  'second',
]

const schema = v.pipe(
  v.object({
    kind: v.literal('part'),
    ...relationFields,
    part: v.picklist(partsOfDates),
    plus: finite,
    days: v.pipe(v.tuple([finite, finite]), v.readonly()),
    first: finite,
    cells: v.pipe(v.array(finite), v.minLength(1), v.readonly()),
  }),
  v.check(({ by }) => by.length === 1, 'a part has one source'),
  v.check(({ days: [first, last] }) => last >= first && last - first < maxDays, 'days are too many'),
)

/** The most days that a table of a graph may have: 179 years. */
export const maxDays = 65_536

/** A column that is a part of a date, as a number or a name: its year, its month, its day of the week, its hour. */
export interface PartOfDate extends RelationOfCard {
  readonly kind: 'part'
  readonly part: PartOfDates
  /** How many milliseconds the date is after the local time whose part the column is. */
  readonly plus: number
  /** The first and the last day of the training rows, in days since 1970, local time. */
  readonly days: readonly [number, number]
  /** The smallest number of the part ... */
  readonly first: number
  /** ... and the cell of each number from there on. */
  readonly cells: readonly number[]
}

export const part = defineRelation<PartOfDate>({
  kind: 'part',
  schema,
  mayBeSource: ({ as, kind }) => as !== 'derived' && kind === 'date',
  isTotal: (_, { gaps }) => !gaps,
  describe: ({ column, by, part }) => `${column} is the ${part} of ${by[0]}`,
  follow(relation) {
    const { part, plus, first, cells } = relation
    return (ops, [time]) => {
      const number = numbersOf(ops, ops.subtract(time!, ops.number(plus)), part)
      // a part that no training row has counts as the nearest
      const place = clamped(ops, ops.subtract(number, ops.number(first)), 0, cells.length - 1)
      return ops.lookUp(cells, place)
    }
  },
  choices(relation, { sources: [source] }, cell, [drawn], [isFree]) {
    const times = isFree ? [Number.NaN, ...timesOf(source!)] : [drawn!]
    return times
      .filter((time) => Object.is(Number.isNaN(time) ? time : cellAt(relation, time), cell))
      .map((time) => ({ cells: [time], rows: 1 }))
  },
})

/** The cell beside a date: a part that no training row has counts as the nearest. */
function cellAt({ part, plus, first, cells }: PartOfDate, time: number): number {
  const place = partNumber(time - plus, part) - first
  return cells[Math.min(Math.max(place, 0), cells.length - 1)]!
}

/** `partNumber` of times. */
function numbersOf<V>(ops: Operators<V>, local: V, part: PartOfDates): V {
  const days = quotient(ops, local, day)
  const ofDay = () => modulo(ops, local, day)
  switch (part) {
    case 'weekday':
      return weekdays(ops, days)
    case 'hour':
      return quotient(ops, ofDay(), 3_600_000)
    case 'minute':
      return modulo(ops, quotient(ops, ofDay(), 60_000), 60)
    case 'second':
      return modulo(ops, quotient(ops, ofDay(), 1000), 60)
    default: {
      const { year, month, dayOfMonth } = calendarColumns(ops, days)
      if (part === 'quarter') return quotient(ops, ops.add(month, ops.number(2)), 3)
      return part === 'year' ? year : part === 'month' ? month : dayOfMonth
    }
  }
}

/** A part of a local time; quarters count from 1. */
export function partNumber(local: number, part: PartOfDates): number {
  if (part === 'quarter') return Math.floor((calendarDate(Math.floor(local / day)).month + 2) / 3)
  return numberAt(local, part)
}

/** Dates that a column may have: those of its training rows that its encoding keeps. */
function timesOf(column: EncodedColumn): readonly number[] {
  if (column.as === 'quantile')
    return [...new Set(hasGrain(column) ? column.x.map(rounder(column, null)) : column.x)]
  return ('values' in column && column.values) || []
}
