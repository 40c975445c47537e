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
import { detachedCopy } from './cells.ts'
import type { ReadColumn, Weighed, Word } from './words.ts'

/** A column as dates. The form goes on changing, and the order may turn out, where more cells follow than words are kept. */
export interface DateReading {
  readonly kind: 'date'
  /** Which of day and month comes first; undefined if all dates say it themselves. */
  order: DateOrder | undefined
  /** The form of the dates. */
  form: DateForm
  /** The time of each cell that goes with the form. */
  readonly cells: ReadonlyMap<Word, number>
  /** A date whose day and month only the order distinguishes. */
  doubtful: Word | undefined
  /** Whether nothing in the column shows which comes first; it is then read with the day first. */
  isUndecided: boolean
}

/** Reads a column of dates of one form; other words are not in its cells. Undefined if there are none. */
export function readDateColumn(
  { role: { kind, order } }: ReadColumn,
  { words, countOf }: Weighed,
): DateReading | undefined {
  if (kind !== undefined && kind !== 'date') return undefined
  const readings = words.map((word) => [word, readDates(word.text, kind === 'date')] as const)
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
    kind: 'date',
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

/**
 * Reads a further cell of a column of dates, and widens the form to include it; undefined if it does not go with the others.
 * `isSwapped` says that it is the first to show that the month comes first, so that the times so far have to be swapped.
 */
export function nextDate(
  dates: DateReading,
  word: Word,
  mayBeEpoch: boolean,
): { readonly time: number; readonly isSwapped: boolean } | undefined {
  const readings = readDates(word.text, mayBeEpoch)
  const order = dates.isUndecided ? undefined : dates.order
  const date = order === undefined ? readings[0] : readings.find(({ form }) => fits(form, order))
  if (!date) return undefined
  const formOrder = orderOf(date.form)
  const isOpen = order === undefined && (formOrder === 'dmy' || formOrder === 'mdy')
  const isSwapped = isOpen && readings.length === 1 && formOrder === 'mdy'
  const form = joinForms(isSwapped ? withMonthFirst(dates.form) : dates.form, date.form)
  if (form === undefined) return undefined
  dates.form = form
  if (readings.length > 1) dates.doubtful ??= { ...word, text: detachedCopy(word.text) }
  else if (isOpen) Object.assign(dates, { order: formOrder, isUndecided: false })
  return { time: date.time, isSwapped }
}

/** A time whose day and month were read in the other order; both are at most 12. */
export function withDayAsMonth(time: number): number {
  const days = Math.floor(time / day)
  const { year, month, dayOfMonth } = calendarDate(days)
  return time + (daysSince1970(year, dayOfMonth, month)! - days) * day
}

/** A form that begins with the day, as one that begins with the month. */
function withMonthFirst(form: DateForm): DateForm {
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
