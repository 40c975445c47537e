/** What every folder uses: errors with codes, checks of options, formatted numbers, bytes and files. */

import { printable } from './format.ts'

/** Hides secrets in errors; `core/address.ts` sets it, as a page has no addresses of databases. */
export const secrets = { hide: <T>(value: T): T => value }

/** The kind of an InputError. */
export type ErrorCode =
  /** A value or list item of the right type that is not allowed. */
  | 'out-of-range'
  | 'wrong-type'
  /** An option that the function or command does not have. */
  | 'unknown-option'
  /** An unknown name of a dataset, sampler, column and so on. */
  | 'unknown-name'
  /** A required value that is missing. */
  | 'missing'
  /** Options, or an option and a file, that exclude each other. */
  | 'conflict'
  /** A file or folder that does not exist. */
  | 'not-found'
  | 'cannot-read'
  | 'cannot-write'
  /** Unusable points or another unusable file of numbers. */
  | 'bad-data'
  /** An unusable model, card or run. */
  | 'bad-model'
  /** A provider, engine or package that this machine lacks. */
  | 'not-available'
  /** A run folder that already holds a run. */
  | 'exists'

/**
 * The caller's input is wrong: an option, a file, data, or a provider that this machine lacks. The message is one line
 * that names the thing, what is wrong and what would be right, and is printable whatever it quotes. Options have their API
 * names, in backticks unless they begin the message; the command line shows flags instead.
 *
 * @example
 * if (error instanceof InputError && error.code === 'not-found') console.error(error.message)
 */
export class InputError extends Error {
  override name = 'InputError'
  readonly code: ErrorCode
  /** The wrong option, if any, and its value; neither it nor the message has an address's password. */
  readonly option: string | undefined
  readonly value: unknown

  constructor(
    message: string,
    code: ErrorCode,
    about: { readonly option?: string | undefined; readonly value?: unknown } = {},
  ) {
    // a log or terminal would obey escape sequences in the names of a file
    super(printable(secrets.hide(message).replaceAll('\n', ' ')))
    this.code = code
    this.option = about.option
    this.value = secrets.hide(about.value)
  }
}

/** An error sent to another thread or process, which would lose its class. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly code?: ErrorCode
  readonly option?: string | undefined
}

export function sentError(error: unknown): SentError {
  const message = messageOf(error)
  if (error instanceof InputError)
    return { name: error.name, message, code: error.code, option: error.option }
  return { name: error instanceof Error ? error.name : 'Error', message }
}

export function receivedError({ name, message, code, option }: SentError): Error {
  return code ? new InputError(message, code, { option }) : Object.assign(new Error(message), { name })
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** 'count is 0': the start of a message about an option's value. */
export function assigned(option: string, value: unknown): string {
  return value === undefined ? `${option} is missing` : `${option} is ${describeValue(value)}`
}

/** An option's value of the right type that is not allowed; `remedy` is such as 'give 1 or 2'. */
export function outOfRange(option: string, value: unknown, remedy: string): InputError {
  return new InputError(`${assigned(option, value)}: ${remedy}`, 'out-of-range', { option, value })
}

/** An option's value of another type, or missing. */
export function wrongType(option: string, value: unknown, remedy: string): InputError {
  const code = value === undefined ? 'missing' : 'wrong-type'
  const type = ['string', 'bigint'].includes(typeof value) ? `, a ${typeof value}` : ''
  return new InputError(`${assigned(option, value)}${type}: ${remedy}`, code, { option, value })
}

/** So many characters of a text show which it is. */
const longestShown = 1000

/** A text from anywhere as a part of a message, not longer than a message may be. */
export function shown(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}

/** A name that is not in `names`; `more` is an alternative, such as ', or give a .csv file'. */
export function unknownName(
  option: string,
  value: string,
  names: readonly string[],
  { noun = option, more = '' } = {},
): InputError {
  const message = `unknown ${noun} ${shown(value)}${nearest(value, names)}: choose from ${shown(names.join(', '))}${more}`
  return new InputError(message, 'unknown-name', { option, value })
}

/** Throws an InputError unless `value` is an integer from `low` to `high`. */
export function requireInteger(option: string, value: unknown, low: number, high: number): number {
  const remedy = `give a whole number from ${low} to ${high}`
  if (typeof value !== 'number') throw wrongType(option, value, remedy)
  if (!Number.isInteger(value) || value < low || value > high) throw outOfRange(option, value, remedy)
  return value
}

/** Throws an InputError unless `values` is an array of integers from `low` to `high`. */
export function requireIntegers(option: string, values: unknown, low: number, high: number): number[] {
  const remedy = `give whole numbers from ${low} to ${high}`
  if (!Array.isArray(values)) throw wrongType(option, values, `${remedy} in an array`)
  for (const value of values)
    if (!Number.isInteger(value) || value < low || value > high)
      throw new InputError(`${option} has ${describeValue(value)}: ${remedy}`, 'out-of-range', {
        option,
        value,
      })
  return values
}

/** Throws an InputError unless `value` is a finite number from `low` to `high`. */
export function requireNumber(option: string, value: unknown, low: number, high: number): number {
  const remedy = `give a number from ${low}${high === Number.POSITIVE_INFINITY ? ' up' : ` to ${high}`}`
  if (typeof value !== 'number') throw wrongType(option, value, remedy)
  if (!(value >= low && value <= high && Number.isFinite(value))) throw outOfRange(option, value, remedy)
  return value
}

/** Throws an InputError, with the nearest name, unless `value` is one of `names`. */
export function requireOneOf<N extends string>(option: string, value: unknown, names: readonly N[]): N {
  if (typeof value !== 'string') throw wrongType(option, value, `choose from ${names.join(', ')}`)
  const match = names.find((name) => name === value)
  if (match === undefined) throw unknownName(option, value, names)
  return match
}

/** ' (did you mean two-moons?)' if one of `names` is similar or is the only one to contain it; otherwise empty. */
export function nearest(typed: string, names: readonly string[]): string {
  const meant = nearestName(typed, names)
  return meant === undefined ? '' : ` (did you mean ${shown(meant)}?)`
}

/** The name in `names` that is similar to `typed`, or the only name that contains it. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const near = names
    .filter((name) => isNear(typed, name))
    .sort((a, b) => distance(typed, a) - distance(typed, b))
  if (near[0] !== undefined) return near[0]
  const holders = typed.length < 3 ? [] : names.filter((name) => name.includes(typed))
  return holders.length === 1 ? holders[0] : undefined
}

/** Longer words are no typos of others, and would take long to compare. */
const longestCompared = 100

/** The fewest letters to insert, remove or exchange, to make one word of another (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])))
    row = next
  }
  return row[b.length]!
}

/**
 * Whether a name may be a typo of another: two letters swapped, or few of many differ. With three letters none may
 * differ: `gpu` is not `cpu`.
 */
function isNear(typed: string, name: string): boolean {
  if (Math.max(typed.length, name.length) > longestCompared) return false
  const length = Math.min(typed.length, name.length)
  const isSwap = length < 4 && typed.length === name.length
  const slips = isSwap ? 0 : length < 6 ? 1 : Math.max(2, Math.floor(length / 3))
  const letters = (word: string) => [...word].sort().join()
  return distance(typed, name) <= slips || (length > 2 && letters(typed) === letters(name))
}

/** A value in a message: 10, '10', an array, an object of Date. */
function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `'${shown(value)}'`
    case 'bigint':
      return `${value}n`
    case 'function':
      return 'a function'
    case 'object': {
      if (value === null) return 'null'
      if (Array.isArray(value)) return 'an array'
      const name = value.constructor?.name
      return name === undefined || name === 'Object' ? 'an object' : `an object of ${name}`
    }
    default:
      return String(value)
  }
}
