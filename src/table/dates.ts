import { type DateForm, dateForms } from './table.ts'

/** A point in time and the form it is written in. */
export interface DateCell {
  /** Milliseconds since 1970 in UTC, or since midnight for a time of day. */
  readonly time: number
  readonly form: DateForm
}

const day = 86_400_000

/** A form's precision: month, day, minute, second or millisecond. */
const precisions = { month: 0, day: 1, minute: 2, second: 3, millisecond: 4 } as const

const iso =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:([ T])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?$/
const clock = /^(\d\d):(\d\d)(?::(\d\d))?$/

/**
 * Parses a date in one of `dateForms`; undefined for any other text, or a day that doesn't exist. A time with an offset
 * is converted to UTC; fractions of a second are cut to milliseconds.
 */
export function parseDate(text: string): DateCell | undefined {
  const parts = iso.exec(text)
  if (!parts) return parseClock(text)
  const [, year, month, dayOfMonth, separator, hour, minute, second, fraction, zone] = parts
  const date = daysSince1970(Number(year), Number(month), Number(dayOfMonth ?? 1))
  const timeOfDay = millisecondsOf(hour, minute, second)
  const offset = offsetOf(zone)
  if (date === undefined || timeOfDay === undefined || offset === undefined) return undefined
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3))
  return {
    time: date * day + timeOfDay + milliseconds - offset,
    form: formOf(
      dayOfMonth === undefined
        ? precisions.month
        : hour === undefined
          ? precisions.day
          : fraction !== undefined
            ? precisions.millisecond
            : second !== undefined
              ? precisions.second
              : precisions.minute,
      separator === 'T',
      zone !== undefined,
    ),
  }
}

function parseClock(text: string): DateCell | undefined {
  const parts = clock.exec(text)
  const time = parts ? millisecondsOf(parts[1], parts[2], parts[3]) : undefined
  return time === undefined ? undefined : { time, form: parts![3] === undefined ? 'hh:mm' : 'hh:mm:ss' }
}

/** The form that covers both; undefined if one is a time of day and the other has a day. */
export function joinForms(a: DateForm, b: DateForm): DateForm | undefined {
  if (a === b) return a
  const [ofA, ofB] = [propertiesOf(a), propertiesOf(b)]
  if (ofA.isClock || ofB.isClock) return ofA.isClock && ofB.isClock ? 'hh:mm:ss' : undefined
  return formOf(
    Math.max(ofA.precision, ofB.precision),
    ofA.hasLetter || ofB.hasLetter,
    ofA.isUtc || ofB.isUtc,
  )
}

/** Formats a date; parts that the form lacks are left out. */
export function formatDate(time: number, form: DateForm): string {
  const { isClock, precision, hasLetter, isUtc } = propertiesOf(form)
  const days = Math.floor(time / day)
  const milliseconds = Math.floor(time - days * day)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const minutes = `${two(milliseconds / 3_600_000)}:${two((milliseconds / 60_000) % 60)}`
  const seconds = `${minutes}:${two((milliseconds / 1000) % 60)}`
  if (isClock) return form === 'hh:mm' ? minutes : seconds
  const { year, month, dayOfMonth } = calendarDate(days)
  const yearAndMonth = `${String(year).padStart(4, '0')}-${two(month)}`
  if (precision === precisions.month) return yearAndMonth
  const date = `${yearAndMonth}-${two(dayOfMonth)}`
  if (precision === precisions.day) return date
  const fraction =
    precision === precisions.millisecond ? `.${String(milliseconds % 1000).padStart(3, '0')}` : ''
  const timeOfDay = precision === precisions.minute ? minutes : seconds
  return `${date}${hasLetter ? 'T' : ' '}${timeOfDay}${fraction}${isUtc ? 'Z' : ''}`
}

/** Whether a form has days, but no time of day. */
export function isDaily(form: DateForm): boolean {
  return form === 'YYYY-MM-DD'
}

/**
 * Formats a Date for `parseDate`, as short as possible: midnight is a day alone. `isLocal` marks a time without a zone.
 * Returns undefined for an invalid Date, or a year that takes more than four digits.
 */
export function textOfDate(date: Date, isLocal = false): string | undefined {
  const time = date.getTime()
  if (!(time >= firstTime && time <= lastTime)) return undefined
  const text = formatDate(time, isLocal ? 'YYYY-MM-DD hh:mm:ss.sss' : 'YYYY-MM-DDThh:mm:ss.sssZ')
  return text.replace(/[T ]00:00:00\.000Z?$/, '').replace(/\.000(Z?)$/, '$1')
}

/** The first and the last millisecond of the years 0000 to 9999. */
const [firstTime, lastTime] = [-62_167_219_200_000, 253_402_300_799_999]

function propertiesOf(form: DateForm) {
  return properties.get(form)!
}

const properties = new Map(
  dateForms.map((form) => [
    form,
    {
      isClock: form.startsWith('hh'),
      precision: form.includes('sss')
        ? precisions.millisecond
        : form.includes('ss')
          ? precisions.second
          : form.includes('mm')
            ? precisions.minute
            : form.includes('DD')
              ? precisions.day
              : precisions.month,
      hasLetter: form.includes('T'),
      isUtc: form.endsWith('Z'),
    },
  ]),
)

/** The date form with these properties. All forms in UTC have the letter T, and seconds. */
function formOf(precision: number, hasLetter: boolean, isUtc: boolean): DateForm {
  const least = isUtc ? Math.max(precision, precisions.second) : precision
  for (const [form, of] of properties)
    if (
      !of.isClock &&
      of.precision === least &&
      of.isUtc === isUtc &&
      (least <= precisions.day || of.hasLetter === (hasLetter || isUtc))
    )
      return form
  throw new Error(`no form of dates has precision ${precision}`)
}

/** Days since 1 January 1970 in the Gregorian calendar; undefined for a day that doesn't exist. */
export function daysSince1970(year: number, month: number, dayOfMonth: number): number | undefined {
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysIn(year, month)) return undefined
  // a year that begins in March ends with the leap day, so the months before it have fixed lengths
  const shifted = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + dayOfMonth - 1
  return (
    365 * shifted +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    dayOfYear -
    719_468
  )
}

/** The number of days in a month, 1 to 12. */
export function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** The day of the Gregorian calendar that is so many days after 1 January 1970. */
export function calendarDate(days: number): { year: number; month: number; dayOfMonth: number } {
  // an era is 400 years, which have 146,097 days
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  }
}

/** Milliseconds since midnight; undefined for a time that doesn't exist. */
function millisecondsOf(hour = '0', minute = '0', second = '0'): number | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  return h < 24 && m < 60 && s < 60 ? ((h * 60 + m) * 60 + s) * 1000 : undefined
}

function offsetOf(zone = 'Z'): number | undefined {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '')
  const milliseconds = millisecondsOf(digits.slice(0, 2), digits.slice(2) || '0')
  return milliseconds === undefined ? undefined : zone.startsWith('-') ? -milliseconds : milliseconds
}
