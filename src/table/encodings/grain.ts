/** Times that a column's rows have, such as full hours, month ends or working days; and numbers, such as multiples of 5. */
import * as v from 'valibot'
import { calendarDate, day, daysIn, weekdayOf } from '../dates/calendar.ts'
import { type DateForm, isClock, offsetOf, zoneOf } from '../dates/form.ts'
import type { HeldPart } from '../held.ts'
import type { Column } from '../table.ts'
import { finite } from './kind.ts'

/** The most days from a column's first to its last that rules of days are for: 179 years. */
export const maxDays = 65_536

/** The numbers of a day that rules are about. */
export interface DayNumbers {
  /** Of the week, from Monday, 0. */
  readonly weekdays: number
  /** From January, 1. */
  readonly months: number
  /** Of the month, from 1. */
  readonly monthDays: number
  /** Of the month, counted from its last, 1. */
  readonly lastDays: number
}

/** The smallest and the largest of each number. */
export const dayNumbers = {
  weekdays: [0, 6],
  months: [1, 12],
  monthDays: [1, 31],
  lastDays: [1, 31],
} as const satisfies Record<keyof DayNumbers, readonly [number, number]>

export const ruleNames = Object.keys(dayNumbers) as (keyof DayNumbers)[]

/** Rules that the days of a column's times keep: of each there is, a day's number is in the list. */
export type DayRules = { readonly [rule in keyof DayNumbers]?: readonly number[] | undefined }

/** What all cells of a column are: `from` and a multiple of `step`, at the times and on the days of the rules. */
export interface Grain extends DayRules {
  /** In milliseconds for dates. */
  readonly step: number
  /** From 0, less than a step. */
  readonly from: number
  /** The earliest and the latest time of day, in milliseconds. */
  readonly times?: readonly [number, number] | undefined
}

const list = ([least, most]: readonly [number, number]) =>
  v.optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most))),
      v.minLength(1),
      v.readonly(),
    ),
  )

export const grainSchema = v.pipe(
  v.object({
    step: v.pipe(finite, v.gtValue(0)),
    from: v.pipe(finite, v.minValue(0)),
    times: v.optional(v.pipe(v.tuple([finite, finite]), v.readonly())),
    weekdays: list(dayNumbers.weekdays),
    months: list(dayNumbers.months),
    monthDays: list(dayNumbers.monthDays),
    lastDays: list(dayNumbers.lastDays),
  }),
  v.check(({ step, from }) => from < step, 'from must be less than step'),
)

/** A column with a grain. */
export interface GrainedColumn extends Pick<Column, 'kind' | 'form'> {
  readonly grain: Grain
  readonly decimals: number | null
  /** Rising, from the smallest to the largest value. */
  readonly x: readonly number[]
}

export function hasGrain<C extends object>(column: C): column is C & GrainedColumn {
  return 'grain' in column && column.grain !== undefined
}

/** Whether a grain has rules, which only dates have. */
export function hasRules(grain: Grain): boolean {
  return grain.times !== undefined || ruleNames.some((name) => grain[name])
}

/** What the rules of a grain hold of the rows; its step is that of all of them. */
export function heldByGrain(name: string, { grain }: { readonly grain?: Grain | undefined }): HeldPart[] {
  if (!grain) return []
  const { times } = grain
  const noun = ['weekday, month or day of the month', 'weekdays, months and days of the month'] as const
  const days = ruleNames.reduce((sum, rule) => sum + (grain[rule]?.length ?? 0), 0)
  return [
    ...(times ? [{ columns: [name], count: 2, noun: ['time of day', 'times of day'] } as const] : []),
    ...(days > 0 ? [{ columns: [name], count: days, noun } as const] : []),
  ]
}

/** Whether a column may have its grain: one of dates has a day that the rules allow, and not too many to list. */
export function isPossible({ kind, form, grain, decimals, x }: GrainedColumn): boolean {
  const { step, times: [first, last] = [0, 0] } = grain
  const whole = step * 10 ** (decimals ?? 0)
  if (decimals === null || whole < 0.5 || whole > Number.MAX_SAFE_INTEGER) return false
  if (!hasRules(grain)) return true
  if (kind !== 'date' || form === undefined || isClock(form) || decimals > 0) return false
  const isInDay = first >= 0 && first <= last && last < day && (last - first) % step === 0
  const mayBeDays = day % step === 0 || (step % day === 0 && !grain.times)
  return isInDay && mayBeDays && x.at(-1)! - x[0]! <= maxDays * day && spansOf(grain, form, x).length > 0
}

/** The numbers of a day, given in days since 1970. */
export function numbersOf(days: number): DayNumbers {
  const { year, month, dayOfMonth } = calendarDate(days)
  return {
    weekdays: weekdayOf(days),
    months: month,
    monthDays: dayOfMonth,
    lastDays: daysIn(year, month) - dayOfMonth + 1,
  }
}

/** The milliseconds that a form's zone, in which its days are, is ahead of UTC. */
export function aheadOf(form: DateForm = 'Z'): number {
  return offsetOf(zoneOf(form) ?? 'Z')
}

/** What is left of a number without the multiple of a step below it. */
export function remainder(x: number, step: number): number {
  return x - Math.floor(x / step) * step
}

/** Two times between which every step is allowed. */
export interface Span {
  readonly first: number
  readonly last: number
}

/**
 * The times that a grain with rules allows, ascending. Days that follow on each other are one span.
 *
 * @param x - From the smallest to the largest time.
 */
export function spansOf(grain: Grain, form: DateForm | undefined, x: readonly number[]): Span[] {
  const { step } = grain
  const width = Math.max(step, day)
  const ahead = aheadOf(form)
  const from = remainder(grain.from + ahead, step)
  const [earliest, latest] = grain.times ?? [from, from + width - step]
  const spans: Span[] = []
  const begin = Math.floor((x[0]! + ahead - from) / width) * width + (step > day ? from : 0)
  for (let local = begin; local - ahead <= x.at(-1)!; local += width) {
    const numbers = numbersOf(Math.floor(local / day))
    if (!ruleNames.every((name) => grain[name]?.includes(numbers[name]) ?? true)) continue
    const first = local - ahead + (step > day ? 0 : earliest)
    const last = first + latest - earliest
    const before = spans.at(-1)
    if (before?.last === first - step) spans[spans.length - 1] = { first: before.first, last }
    else spans.push({ first, last })
  }
  return spans
}
