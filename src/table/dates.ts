/** Dates: points in time, and the forms that people write them in. */
import { formatDate } from './dates/form.ts'

export * from './dates/calendar.ts'
export * from './dates/form.ts'
export * from './dates/join.ts'
export * from './dates/parse.ts'

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
