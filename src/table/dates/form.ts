/** Forms of dates: patterns of tokens, and how a date is written in one. */
import { day, weekdayOf, weekOf } from './calendar.ts'

/**
 * How a date is written: a pattern of YYYY, MM or M, DD or D (two digits, or as few as it takes), MMM, MMMM or MON (Jun,
 * June, JUN), ddd or dddd (Fri, Friday), hh or h, mm, ss, sss, A or a (AM, am), Z or an offset such as +02:00, and
 * GGGG-[W]WW for ISO weeks. Whole numbers that count seconds or milliseconds since 1970 have the forms s and ms.
 */
export type DateForm = string

/** Which of day, month and year comes first where all are numbers. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd'

/** Full English names; their first three letters are the short ones. */
export const monthNames: readonly string[] =
  'January February March April May June July August September October November December'.split(' ')

/** From Monday. */
export const weekdayNames: readonly string[] =
  'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

const padded = (value: number, width: number) => String(value).padStart(width, '0')
const daysOf = (at: Date) => Math.floor(at.getTime() / day)
const hourOfTwelve = (at: Date) => ((at.getUTCHours() + 11) % 12) + 1
const halfOf = (at: Date) => (at.getUTCHours() < 12 ? 'AM' : 'PM')
const monthName = (at: Date) => monthNames[at.getUTCMonth()]!
const weekdayName = (at: Date) => weekdayNames[weekdayOf(daysOf(at))]!

/** How each token is written of a point in time, whose UTC is the time in the form's own zone. */
const tokens: Readonly<Record<string, (at: Date) => string>> = {
  YYYY: (at) => padded(at.getUTCFullYear(), 4),
  MMMM: monthName,
  MMM: (at) => monthName(at).slice(0, 3),
  MON: (at) => monthName(at).slice(0, 3).toUpperCase(),
  MM: (at) => padded(at.getUTCMonth() + 1, 2),
  M: (at) => String(at.getUTCMonth() + 1),
  DD: (at) => padded(at.getUTCDate(), 2),
  D: (at) => String(at.getUTCDate()),
  dddd: weekdayName,
  ddd: (at) => weekdayName(at).slice(0, 3),
  GGGG: (at) => padded(weekOf(daysOf(at)).year, 4),
  WW: (at) => padded(weekOf(daysOf(at)).week, 2),
  hh: (at) => padded(at.getUTCHours(), 2),
  h: (at) => String(at.getUTCHours()),
  mm: (at) => padded(at.getUTCMinutes(), 2),
  sss: (at) => padded(at.getUTCMilliseconds(), 3),
  ss: (at) => padded(at.getUTCSeconds(), 2),
  A: halfOf,
  a: (at) => halfOf(at).toLowerCase(),
}

/** Hours beside AM or PM. */
const twelve: typeof tokens = {
  hh: (at) => padded(hourOfTwelve(at), 2),
  h: (at) => String(hourOfTwelve(at)),
}

/** Tokens; what stands for itself, such as T, [GMT] and the digits of an offset; and single other characters. */
const pieces =
  /YYYY|GGGG|MMMM|MMM|MON|MM|M|DD|D|dddd|ddd|WW|hh|h|mm|sss|ss|A|a|T|Z|\[[^\]]*\]|[+-]\d\d(?::?\d\d)?|[^A-Za-z[\]]/g

/** The pieces of a form; undefined if some of it is none. */
export function piecesOf(form: DateForm): string[] | undefined {
  const list = form.match(pieces) ?? []
  return list.join('') === form ? list : undefined
}

const [dayForm, clockForm] = [
  'YYYY([-/.])MM?\\1DD?|DD?([-/.])MM?\\2YYYY|MM?([-/.])DD?\\3YYYY|' +
    '(?:dddd?,? )?(?:DD?([ -])M(?:MMM?|ON)\\4YYYY|M(?:MMM?|ON) DD?,? YYYY)',
  'hh?:mm(?::ss(?:\\.sss)?)?(?: ?[Aa])?',
]
const zone = ' ?(?:Z|\\[(?:GMT|UTC)]|[+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?)'

/** The forms that `readDates` gives: it is tested that the two agree. */
const forms = new RegExp(
  `^(?:m?s|YYYY-MM|GGGG-\\[W]WW|hh?:mm(?::ss(?:\\.sss)?)? ?[Aa]|hh?:mm|hh:mm:ss|` +
    `(?:${dayForm})(?:,? ${clockForm}(?:${zone})?)?|YYYY([-/.])MM?\\5DD?T${clockForm}(?:${zone})?)$`,
)

/** Whether a pattern is a form of dates: what is written in it is read in it again. */
export function isDateForm(form: string): boolean {
  return forms.test(form)
}

const formatters = new Map<DateForm, (time: number) => string>()

/**
 * Writes a date.
 *
 * @param time - Milliseconds since 1970 in UTC, or since midnight for a time of day.
 * @param form - Its form; parts that this lacks are left out.
 * @returns The text. Throws on a form that `isDateForm` would refuse.
 */
export function formatDate(time: number, form: DateForm): string {
  const format = formatters.get(form) ?? formatterOf(form)
  formatters.set(form, format)
  return format(time)
}

function formatterOf(form: DateForm): (time: number) => string {
  const unit = epochUnits[form]
  if (unit !== undefined) return (time) => String(Math.floor(time / unit))
  const list = piecesOf(form)
  if (!list) throw new Error(`'${form}' is no form of dates`)
  const writerOf = list.includes('A') || list.includes('a') ? { ...tokens, ...twelve } : tokens
  const writers = list.map((piece) => {
    const text = piece.startsWith('[') ? piece.slice(1, -1) : piece
    return writerOf[piece] ?? (() => text)
  })
  const offset = offsetOf(zoneOf(form) ?? 'Z')
  return (time) => {
    // Date would cut fractions of a millisecond towards 1970
    const at = new Date(Math.floor(time + offset))
    // beyond the year 275,760, where a strange card may be
    if (Number.isNaN(at.getTime())) return ''
    return writers.map((write) => write(at)).join('')
  }
}

/** Forms of whole numbers since 1970, with their milliseconds. */
const epochUnits: Readonly<Record<string, number | undefined>> = { s: 1000, ms: 1 }

/** The milliseconds of the numbers that count the time since 1970; undefined of a form that is a text. */
export function epochUnitOf(form: DateForm | undefined): number | undefined {
  return form === undefined ? undefined : epochUnits[form]
}

/** The zone that a form ends with, such as Z, [GMT] or +02:00; undefined if it has none. */
export function zoneOf(form: DateForm): string | undefined {
  return /(?:Z|\[[A-Z]+\]|[+-]\d\d(?::?\d\d)?)$/.exec(form)?.[0]
}

/** The milliseconds that a zone is ahead of UTC. */
export function offsetOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? 0 - ms : ms
}

/** The resolution of a form in milliseconds; a day for forms without a time of day. */
export function unitOf(form: DateForm): number {
  if (form.includes('.sss')) return 1
  if (form.includes(':ss')) return 1000
  return epochUnits[form] ?? (form.includes('mm') ? 60_000 : day)
}

/** Whether a form has a time of day alone. */
export function isClock(form: DateForm): boolean {
  return form.startsWith('h')
}

/** Whether a form has days. */
export function hasDays(form: DateForm): boolean {
  return form.includes('D') || epochUnits[form] !== undefined
}

/** Whether a form has days, but no time of day. */
export function isDaily(form: DateForm): boolean {
  return form.includes('D') && unitOf(form) === day
}

/** Whether a form has weeks. */
export function isWeekly(form: DateForm): boolean {
  return form.includes('WW')
}

const ofNumbers = /^(?:YYYY|DD?|MM?)([-/.])(?:MM?|DD?)\1(?:YYYY|DD?)/
const orders: Readonly<Record<string, DateOrder>> = { Y: 'ymd', D: 'dmy', M: 'mdy' }

/** Which of day, month and year a form has first; undefined if it does not write all three as numbers. */
export function orderOf(form: DateForm): DateOrder | undefined {
  return ofNumbers.test(form) ? orders[form.charAt(0)] : undefined
}
