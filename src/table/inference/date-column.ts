/** Columns of dates: which of day and month comes first, and the form that all cells go with. */
import { day } from '../dates/calendar.ts'
import {
  calendarDate,
  type DateCell,
  type DateOrder,
  daysSince1970,
  fits,
  joinForms,
  orderOf,
  readDates,
} from '../dates.ts'
import type { DateForm } from '../table.ts'
import type { Word } from './words.ts'
import type { Weighed } from './written-numbers.ts'

/** A column as dates. */
export interface DateColumn {
  /** Which of day and month comes first; undefined if all dates say it themselves. */
  readonly order: DateOrder | undefined
  /** The form of the dates. */
  readonly form: DateForm
  /** The time of each cell that goes with the form. */
  readonly cells: ReadonlyMap<Word, number>
  /** A date whose day and month only the order distinguishes. */
  readonly doubtful: Word | undefined
  /** Whether nothing in the column shows which comes first; it is then read with the day first. */
  readonly isUndecided: boolean
}

/** How a caller wants dates to be read. */
export interface KnownDates {
  readonly order: DateOrder | undefined
  /** Whether whole numbers may count seconds or milliseconds since 1970. */
  readonly mayBeEpoch?: boolean | undefined
}

/** Reads a column of dates of one form; other words are not in its cells. Undefined if there are none. */
export function readDateColumn(
  { words, countOf }: Weighed,
  { order, mayBeEpoch = false }: KnownDates,
): DateColumn | undefined {
  const readings = words.map((word) => [word, readDates(word.text, mayBeEpoch)] as const)
  const counts = { dmy: 0, mdy: 0 }
  for (const [word, dates] of readings)
    for (const { form } of dates) {
      const formOrder = orderOf(form)
      if (formOrder === 'dmy' || formOrder === 'mdy') counts[formOrder] += countOf(word)
    }
  const isOrdered = counts.dmy + counts.mdy > 0
  const isUndecided = order === undefined && isOrdered && counts.dmy === counts.mdy
  const chosen = order ?? (isOrdered ? (counts.dmy >= counts.mdy ? 'dmy' : 'mdy') : undefined)
  const read = readings.flatMap(([word, dates]): [Word, DateCell][] => {
    const date = chosen === undefined ? dates[0] : dates.find(({ form }) => fits(form, chosen))
    return date ? [[word, date]] : []
  })
  if (read.length === 0) return undefined
  const form = commonForm(read.map(([word, date]) => [date.form, countOf(word)] as const))
  const inForm = read.filter(([, date]) => joinForms(form, date.form) === form)
  const several = readings.filter(([, dates]) => dates.length > 1)
  // of 5/5/2024 both readings are one day
  const [doubtful] = several.find(([, [a, b]]) => a!.time !== b!.time) ?? several[0] ?? []
  return {
    order: chosen,
    form,
    cells: new Map(inForm.map(([word, { time }]) => [word, time])),
    doubtful,
    isUndecided,
  }
}

/** The form of most cells, widened by all others that go with it. */
function commonForm(counted: readonly (readonly [DateForm, number])[]): DateForm {
  const counts = new Map<DateForm, number>()
  for (const [form, count] of counted) counts.set(form, (counts.get(form) ?? 0) + count)
  const forms = [...counts].sort((a, b) => b[1] - a[1]).map(([form]) => form)
  return forms.reduce((all, form) => joinForms(all, form) ?? all)
}

/** A time whose day and month were read in the other order; both are at most 12. */
export function withDayAsMonth(time: number): number {
  const days = Math.floor(time / day)
  const { year, month, dayOfMonth } = calendarDate(days)
  return time + (daysSince1970(year, dayOfMonth, month)! - days) * day
}

/** A form that begins with the day, as one that begins with the month. */
export function withMonthFirst(form: DateForm): DateForm {
  return form.replace(/^(D+)(.)(M+)/, (_, days: string, by: string, months: string) =>
    ['M'.repeat(days.length), by, 'D'.repeat(months.length)].join(''),
  )
}

/** Columns whose names say that their numbers are times. */
const timeNames = [
  /(^|[^a-z])(time|date|datetime|timestamp|epoch|unix(time)?|ts|at|when|created|updated|modified)([^a-z]|$)/i,
  /[a-z](Time|Date|Timestamp|Ts|At)$/,
]

export function isTimeName(name: string): boolean {
  return timeNames.some((pattern) => pattern.test(name))
}
