/** Parts of dates: their years, months, days of the week, hours. */
import { day } from '../dates/calendar.ts'
import { hasGrain } from '../encodings/grain.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { rounder } from '../encodings/rounding.ts'
import { calendarColumns, daysOfDate, weekdays } from '../operators/calendar.ts'
import { computeRow } from '../operators/columns.ts'
import { modulo, type Operators, quotient } from '../operators/operators.ts'

export const partsOfDates = [
  'year',
  'quarter',
  'month',
  'day',
  'weekday',
  'hour',
  'minute',
  'second',
  'year and quarter',
  'week',
  'day of the year',
] as const

/**
 * Parts that columns may have of a date. Days of the week count from Monday, 0; quarters from 1, those with their year from the year 0;
 * weeks as in ISO 8601.
 */
export type PartOfDates = (typeof partsOfDates)[number]

/** The first and the last number of parts. */
export const limitsOfParts: Readonly<
  Record<Exclude<PartOfDates, 'year' | 'year and quarter'>, readonly [number, number]>
> = {
  quarter: [1, 4],
  month: [1, 12],
  day: [1, 31],
  weekday: [0, 6],
  hour: [0, 23],
  minute: [0, 59],
  second: [0, 59],
  week: [1, 53],
  'day of the year': [1, 366],
}

/** Parts of the time of day, with their milliseconds. */
export const clockParts = { hour: 3_600_000, minute: 60_000, second: 1000 } as const

/** A part of a local time. */
export function numberOfPart(local: number, part: PartOfDates): number {
  return computeRow((ops, [time]) => partNumbers(ops, time!, part), [local])
}

/** A part of local times. */
export function partNumbers<V>(ops: Operators<V>, local: V, part: PartOfDates): V {
  const days = quotient(ops, local, day)
  if (part === 'weekday') return weekdays(ops, days)
  if (part in clockParts) {
    const number = quotient(ops, modulo(ops, local, day), clockParts[part as keyof typeof clockParts])
    return part === 'hour' ? number : modulo(ops, number, 60)
  }
  if (part === 'week') {
    // a week is of the year that its Thursday, 3, is in
    const thursday = ops.add(ops.subtract(days, weekdays(ops, days)), ops.number(3))
    return ops.add(quotient(ops, ops.subtract(dayOfYear(ops, thursday), ops.number(1)), 7), ops.number(1))
  }
  if (part === 'day of the year') return dayOfYear(ops, days)
  const { year, month, dayOfMonth } = calendarColumns(ops, days)
  const quarter = quotient(ops, ops.add(month, ops.number(2)), 3)
  if (part === 'quarter') return quarter
  if (part === 'year and quarter') return ops.add(ops.multiply(year, ops.number(4)), quarter)
  return part === 'year' ? year : part === 'month' ? month : dayOfMonth
}

/** Days of years, from 1. */
function dayOfYear<V>(ops: Operators<V>, days: V): V {
  const first = ops.number(1)
  const { year } = calendarColumns(ops, days)
  return ops.add(ops.subtract(days, daysOfDate(ops, { year, month: first, dayOfMonth: first })), first)
}

/** Dates that a column may have: those of its training rows that its encoding keeps. */
export function timesOf(column: EncodedColumn): readonly number[] {
  if (column.as === 'quantile')
    return [...new Set(hasGrain(column) ? column.x.map(rounder(column, null)) : column.x)]
  return ('values' in column && column.values) || []
}
