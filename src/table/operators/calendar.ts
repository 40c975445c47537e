/** The Gregorian calendar as operators, as dates/calendar.ts has it for single days. Days count from 1 January 1970. */
import { modulo, type Operators, quotient } from './operators.ts'

/** Days from 1 March of the year 0, when years that begin in March began to end with their leap day. */
const toMarch = 719_468

export interface CalendarColumns<V> {
  readonly year: V
  /** From January, 1. */
  readonly month: V
  readonly dayOfMonth: V
}

/** The days of dates that exist. */
export function daysOfDate<V>(ops: Operators<V>, { year, month, dayOfMonth }: CalendarColumns<V>): V {
  const number = (value: number) => ops.number(value)
  const shifted = ops.subtract(year, ops.isAtLeast(number(2), month))
  const fromMarch = modulo(ops, ops.add(month, number(9)), 12)
  const begin = quotient(ops, ops.add(ops.multiply(number(153), fromMarch), number(2)), 5)
  const parts = [
    ops.multiply(number(365), shifted),
    quotient(ops, shifted, 4),
    ops.subtract(number(0), quotient(ops, shifted, 100)),
    quotient(ops, shifted, 400),
    begin,
    dayOfMonth,
    number(-1 - toMarch),
  ]
  return parts.reduce((sum, part) => ops.add(sum, part))
}

/** Years, months and days of the month. */
export function calendarColumns<V>(ops: Operators<V>, days: V): CalendarColumns<V> {
  const add = (a: V, b: V) => ops.add(a, b)
  const subtract = (a: V, b: V) => ops.subtract(a, b)
  const times = (factor: number, of: V) => ops.multiply(ops.number(factor), of)
  const number = (value: number) => ops.number(value)
  const whole = (of: V, divisor: number) => quotient(ops, of, divisor)
  const shifted = add(days, number(toMarch))
  const era = whole(shifted, 146_097)
  const dayOfEra = modulo(ops, shifted, 146_097)
  const withoutLeapDays = subtract(
    add(subtract(dayOfEra, whole(dayOfEra, 1460)), whole(dayOfEra, 36_524)),
    whole(dayOfEra, 146_096),
  )
  const yearOfEra = whole(withoutLeapDays, 365)
  const before = subtract(add(times(365, yearOfEra), whole(yearOfEra, 4)), whole(yearOfEra, 100))
  const dayOfYear = subtract(dayOfEra, before)
  const monthFromMarch = whole(add(times(5, dayOfYear), number(2)), 153)
  const isNextYear = ops.isAtLeast(monthFromMarch, number(10))
  const month = subtract(add(monthFromMarch, number(3)), times(12, isNextYear))
  const begin = whole(add(times(153, monthFromMarch), number(2)), 5)
  return {
    year: add(add(yearOfEra, times(400, era)), isNextYear),
    month,
    dayOfMonth: add(subtract(dayOfYear, begin), number(1)),
  }
}

/** The number of days in months. */
export function lengthOfMonth<V>(
  ops: Operators<V>,
  { year, month }: Pick<CalendarColumns<V>, 'year' | 'month'>,
): V {
  const first = ops.number(1)
  const isLast = ops.isAtLeast(month, ops.number(12))
  const next = {
    year: ops.add(year, isLast),
    month: ops.select(isLast, first, ops.add(month, first)),
    dayOfMonth: first,
  }
  return ops.subtract(daysOfDate(ops, next), daysOfDate(ops, { year, month, dayOfMonth: first }))
}

/** Days of the week, from Monday, 0. */
export function weekdays<V>(ops: Operators<V>, days: V): V {
  // 1 January 1970 was a Thursday, 3
  return modulo(ops, ops.add(days, ops.number(3)), 7)
}
