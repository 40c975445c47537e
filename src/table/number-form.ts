/** Numbers as people write them: $1,234.50, 12 %, (12.34), 00037 and 0:12:30. */

/** How numbers are written around and between their digits. Without a field, as plain decimals are. */
export interface NumberForm {
  /** What precedes the digits, such as $, with its space. */
  readonly prefix?: string | undefined
  /** What follows the digits, such as %, with its space. */
  readonly suffix?: string | undefined
  /** The separator of thousands. */
  readonly group?: GroupSeparator | undefined
  /** The decimal separator, if it is a comma. */
  readonly decimal?: ',' | undefined
  /** The least number of decimals. */
  readonly decimals?: number | undefined
  /** The least number of digits, leading zeros among them, of the whole part; of a duration, of its hours. */
  readonly width?: number | undefined
  /** Whether numbers below zero stand in parentheses. */
  readonly parentheses?: boolean | undefined
  /** Whether seconds are written as hours, minutes and seconds. */
  readonly duration?: boolean | undefined
}

/** What may separate thousands: a comma, a point, a space, two that do not break a line, and two apostrophes. */
export const groupSeparators = [',', '.', ' ', '\u00a0', '\u202f', "'", '’'] as const

export type GroupSeparator = (typeof groupSeparators)[number]

export type DecimalSeparator = '.' | ','

/** A number in a text, and how it is written there. */
export interface WrittenNumber {
  readonly value: number
  /** With the space beside the digits; empty if there is none. */
  readonly prefix: string
  readonly suffix: string
  /** The separator of thousands; empty if there is none. */
  readonly group: GroupSeparator | ''
  /** The digits before and after the decimal separator; of a duration, its hours and fractions of a second. */
  readonly whole: string
  readonly fraction: string
  readonly isInParentheses: boolean
  readonly isDuration: boolean
}

/** Signs of money, which may have letters before them, as US$ has; and the codes of common currencies. */
const currency =
  '(?:[A-Z]{1,3})?\\p{Sc}|USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RUB|TRY|BRL|MXN|ZAR|KRW|SGD|HKD|kr|zł|Kč|Ft'

const written = new RegExp(
  `^(\\()?([+\\-\u2212]?)((?:(?:${currency})\\s?)?)([+\\-\u2212]?)(\\d|[\\d.,][\\d.,'’ \u00a0\u202f]*\\d)((?:\\s?(?:${currency}|%|‰))?)(\\))?$`,
  'u',
)

const duration = /^([+\-\u2212]?)(\d+):([0-5]\d):([0-5]\d)(?:\.(\d+))?$/

const bodies = { '.': bodyWith('.', ','), ',': bodyWith(',', '.') }

/** Digits with a decimal separator: in groups of three, or without groups. */
function bodyWith(decimal: string, group: string): RegExp {
  const groups = `[1-9]\\d{0,2}([${group}'’ \u00a0\u202f])\\d{3}(?:\\2\\d{3})*`
  return new RegExp(`^(${groups}|\\d*)(?:\\${decimal}(\\d+))?$`)
}

/** Reads a number, with this decimal separator; undefined if the text is none. */
export function readNumber(text: string, decimal: DecimalSeparator): WrittenNumber | undefined {
  if (text.length > 64 || !/\d/.test(text)) return undefined
  const time = duration.exec(text)
  if (time) return durationOf(time)
  const parts = written.exec(text)
  if (!parts) return undefined
  const [, open, before = '', prefix = '', after = '', digits = '', suffix = '', close] = parts
  const sign = before + after
  const body = bodies[decimal].exec(digits)
  if (!body || sign.length > 1 || !open !== !close || (open && sign) || isAddress(digits)) return undefined
  const [, grouped = '', group = '', fraction = ''] = body
  const whole = grouped.replace(/\D/g, '')
  const size = Number(`${whole || '0'}.${fraction || '0'}`)
  return {
    value: open ? 0 - size : withSign(sign, size),
    prefix,
    suffix,
    group: group as GroupSeparator | '',
    whole,
    fraction,
    isInParentheses: open !== undefined,
    isDuration: false,
  }
}

function durationOf(parts: RegExpExecArray): WrittenNumber {
  const [, sign = '', whole = '', minutes, seconds, fraction = ''] = parts
  const size =
    Number(whole) * 3600 + Number(minutes) * 60 + Number(fraction ? `${seconds}.${fraction}` : seconds)
  return { ...bare, value: withSign(sign, size), whole, fraction, isDuration: true }
}

const bare = { prefix: '', suffix: '', group: '', isInParentheses: false } as const

function withSign(sign: string, size: number): number {
  return sign !== '' && sign !== '+' ? 0 - size : size
}

/** Whether points separate the numbers of an address of the internet, as in 192.168.100.200. */
function isAddress(digits: string): boolean {
  const parts = digits.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
}

/** Writes a number in a form: as the shortest decimals that read back the same, or with more zeros. */
export function formatNumber(value: number, form: NumberForm): string {
  const { prefix = '', suffix = '', group = '', decimal = '.', decimals = 0, width = 0 } = form
  const isNegative = value < 0
  const [digits = '', shortFraction = ''] = plainDecimals(Math.abs(value)).split('.')
  const fraction = shortFraction.padEnd(decimals, '0')
  const padded = form.duration ? clockOf(Number(digits), width) : digits.padStart(width, '0')
  const whole = group === '' ? padded : padded.replace(/\B(?=(\d{3})+$)/g, group)
  const text = `${prefix}${whole}${fraction === '' ? '' : `${decimal}${fraction}`}${suffix}`
  return isNegative ? (form.parentheses ? `(${text})` : `-${text}`) : text
}

function clockOf(seconds: number, width: number): string {
  const two = (number: number) => String(number % 60).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  return `${String(Math.floor(minutes / 60)).padStart(width, '0')}:${two(minutes)}:${two(seconds)}`
}

/** The shortest decimals of a number that is not negative, without an exponent. */
function plainDecimals(size: number): string {
  const text = String(size)
  const [mantissa = '', exponent] = text.split('e')
  if (exponent === undefined) return text
  if (size > 1) return String(BigInt(size))
  const places = (mantissa.split('.')[1]?.length ?? 0) - Number(exponent)
  return places > 100 ? '0' : size.toFixed(places)
}
