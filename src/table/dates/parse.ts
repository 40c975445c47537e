/** Dates in texts: which form a text is in, and which point in time it says. */
import { day, daysSince1970, mondayOf, weekdayOf } from './calendar.ts'
import { type DateForm, type DateOrder, monthNames, offsetOf, orderOf, weekdayNames } from './form.ts'

/** A point in time and the form it is written in. */
export interface DateCell {
  /** Milliseconds since 1970 in UTC, or since midnight for a time of day. */
  readonly time: number
  readonly form: DateForm
}

/** A day as a text says it, in days since 1970, with its form. */
interface Day {
  readonly days: number
  readonly form: DateForm
}

const clock =
  /^(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:( ?)([AP]M|[ap]m))?( ?(?:Z|GMT|UTC|[+-]\d\d(?::?\d\d)?))?$/

const yearFirst = /^(\d{4})([-/.])(\d\d?)\2(\d\d?)$/
const yearLast = /^(\d\d?)([-/.])(\d\d?)\2(\d{4})$/
const yearAndMonth = /^(\d{4})-(\d\d)$/
const yearAndWeek = /^(\d{4})-W(\d\d)$/
const weekdayBefore = '^(?:(?<weekday>[A-Z][a-z]+),? )?'
const dayThenName = new RegExp(
  `${weekdayBefore}(?<date>\\d\\d?)(?<by>[ -])(?<name>[A-Z][A-Za-z]+)\\k<by>(?<year>\\d{4})$`,
)
const nameThenDay = new RegExp(`${weekdayBefore}(?<name>[A-Z][A-Za-z]+) (?<date>\\d\\d?),? (?<year>\\d{4})$`)

/**
 * The dates that a text may be: none, one, or two if either number may be the month, as in 03/04/2024; then the reading
 * with the day first comes first. Offsets are converted to UTC, and fractions of a second are cut to milliseconds.
 *
 * @param mayBeEpoch - Whether whole numbers may count seconds or milliseconds since 1970.
 */
export function readDates(text: string, mayBeEpoch = false): readonly DateCell[] {
  const epoch = mayBeEpoch ? parseEpoch(text) : undefined
  if (epoch) return [epoch]
  // nearly every text that is no date ends here
  if (text.length > 64 || !/^[\dA-Z].*\d|^\d/.test(text)) return []
  const colon = text.indexOf(':')
  if (colon < 0) return daysOf(text).map(({ days, form }) => ({ time: days * day, form }))
  const start = isDigit(text, colon - 2) ? colon - 2 : colon - 1
  const ofDay = clockOf(text.slice(Math.max(0, start)))
  if (!ofDay) return []
  if (start <= 0) return isWholeClock(ofDay) ? [{ time: ofDay.time, form: ofDay.form }] : []
  const between = text.startsWith(', ', start - 2) ? ', ' : text.charAt(start - 1)
  const date = text.slice(0, start - between.length)
  if (between === 'T' ? !/^\d{4}/.test(date) : !between.endsWith(' ')) return []
  return daysOf(date)
    .filter(({ form }) => form.includes('D'))
    .map(({ days, form }) => ({
      time: days * day + ofDay.time - ofDay.offset,
      form: `${form}${between}${ofDay.form}${ofDay.zone}`,
    }))
}

/**
 * Parses a date in any form that Moonstep reads.
 *
 * @param order - Which of day and month comes first where both are numbers. Without it, only a text that has one reading
 * is a date.
 * @returns Undefined for any other text, or a day that does not exist.
 */
export function parseDate(text: string, order?: DateOrder): DateCell | undefined {
  const readings = readDates(text)
  if (order === undefined) return readings.length === 1 ? readings[0] : undefined
  return readings.find(({ form }) => fits(form, order))
}

/** Whether a form may stand in a column of this order: it has the order, or its own is certain without it. */
export function fits(form: DateForm, order: DateOrder): boolean {
  const formOrder = orderOf(form)
  return formOrder === undefined || formOrder === order || (formOrder === 'ymd' && order !== 'ymd')
}

/**
 * Parses a whole number as seconds or milliseconds since 1970, whichever lies in the years 1971 to 2100, which no number
 * does as both. Undefined for any other text.
 */
export function parseEpoch(text: string): DateCell | undefined {
  if (!/^\d{8,13}(\.0*)?$/.test(text)) return undefined
  const number = Number(text)
  const form = number < firstEpoch ? 's' : 'ms'
  const time = form === 's' ? number * 1000 : number
  return time >= firstEpoch && time < endOfEpoch ? { time, form } : undefined
}

const [firstEpoch, endOfEpoch] = [Date.UTC(1971, 0), Date.UTC(2101, 0)]

/** Without AM or PM, hours of one digit beside seconds are a duration's, and so are fractions of a second. */
function isWholeClock({ form, zone }: { readonly form: DateForm; readonly zone: string }): boolean {
  return zone === '' && (/a$/i.test(form) || !/^h:mm:ss|sss/.test(form))
}

/** A time of day, in milliseconds, with its form, and the zone behind it, if any. */
function clockOf(text: string) {
  const parts = clock.exec(text)
  if (!parts) return undefined
  const [, hours = '', minutes = '', seconds, fraction, space = '', half, zone = ''] = parts
  const twelve = half?.toLowerCase()
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds ?? 0)]
  if (m > 59 || s > 59 || (twelve ? h < 1 || h > 12 : h > 23)) return undefined
  const hour = twelve ? (h % 12) + (twelve === 'pm' ? 12 : 0) : h
  const offset = zone.trim()
  if (offset !== '' && !isOffset(offset)) return undefined
  const hourAndMinute = hours.length === 1 ? 'h:mm' : 'hh:mm'
  const second = seconds === undefined ? '' : fraction === undefined ? ':ss' : ':ss.sss'
  const form = `${hourAndMinute}${second}${half === undefined ? '' : `${space}${half === twelve ? 'a' : 'A'}`}`
  const milliseconds = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3))
  return {
    time: ((hour * 60 + m) * 60 + s) * 1000 + milliseconds,
    form,
    zone: offset.length === 3 && /[A-Z]/.test(offset) ? zone.replace(offset, `[${offset}]`) : zone,
    offset: offset === '' ? 0 : offsetOf(offset),
  }
}

/** Whether a zone is UTC, or ahead or behind it by less than a day. */
function isOffset(zone: string): boolean {
  const [, hours = '0', minutes = '0'] = /^[+-](\d\d):?(\d\d)?$/.exec(zone) ?? []
  return Number(hours) < 24 && Number(minutes) < 60
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

function daysOf(text: string): Day[] {
  let parts = yearFirst.exec(text)
  if (parts) {
    const [, year = '', by, month = '', date = ''] = parts
    return dayOf(year, month, date, `YYYY${by}${sized('M', month)}${by}${sized('D', date)}`)
  }
  parts = yearLast.exec(text)
  if (parts) {
    const [, first = '', by, second = '', year = ''] = parts
    return [
      ...dayOf(year, second, first, `${sized('D', first)}${by}${sized('M', second)}${by}YYYY`),
      ...dayOf(year, first, second, `${sized('M', first)}${by}${sized('D', second)}${by}YYYY`),
    ]
  }
  parts = yearAndMonth.exec(text)
  if (parts) return dayOf(parts[1]!, parts[2]!, '1', 'YYYY-MM')
  parts = yearAndWeek.exec(text)
  if (!parts) return named(text)
  const days = mondayOf(Number(parts[1]), Number(parts[2]))
  return days === undefined ? [] : [{ days, form: 'GGGG-[W]WW' }]
}

/** The day, if it exists. */
function dayOf(year: string, month: string, date: string, form: DateForm): Day[] {
  const days = daysSince1970(Number(year), Number(month), Number(date))
  return days === undefined ? [] : [{ days, form }]
}

function sized(token: string, digits: string): string {
  return digits.length === 1 ? token : token + token
}

/** A day whose month is a name. */
function named(text: string): Day[] {
  const parts = (dayThenName.exec(text) ?? nameThenDay.exec(text))?.groups
  const month = months.get(parts?.name ?? '')
  if (!parts || !month) return []
  const { weekday, name, date = '', year } = parts
  const days = daysSince1970(Number(year), month.number, Number(date))
  if (days === undefined) return []
  const weekdayName = weekdayNames[weekdayOf(days)]!
  if (weekday !== undefined && weekday !== weekdayName && weekday !== weekdayName.slice(0, 3)) return []
  const form = text.replace(/[A-Za-z]+|\d+/g, (part) => {
    if (part === name) return month.token
    if (part === weekday) return weekday === weekdayName ? 'dddd' : 'ddd'
    return part === year ? 'YYYY' : sized('D', part)
  })
  return [{ days, form }]
}

/** Months by name, with the token of its spelling; May is both long and short. */
const months = new Map(
  monthNames.flatMap((name, k) => {
    const short = name.slice(0, 3)
    const of = (token: string) => ({ number: k + 1, token })
    return [
      [name, of('MMMM')],
      [short, of('MMM')],
      [short.toUpperCase(), of('MON')],
    ] as const
  }),
)
