import type { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { fits, readDates, textOfDate } from '../dates.ts'
import { readNumber } from '../number-form.ts'
import { booleanOf, isMissingWord } from './cells.ts'
import type { ColumnRole } from './choice.ts'

/** A text or number in a column, and where it first occurs. */
export interface Word {
  readonly text: string
  /** Its number, infinite beyond float64; NaN for a text. */
  readonly number: number
  readonly line: number
  /** Whether it is a number of a format that has numbers, and no text. */
  readonly isTyped?: boolean | undefined
}

/** A column's words, and how many cells have each. */
export interface Weighed {
  readonly words: readonly Word[]
  readonly countOf: (word: Word) => number
}

/** Where a table comes from. */
export interface Source {
  /** Its name in messages, such as a file's path. */
  readonly name: string
  /** What messages number its rows by. */
  readonly place: 'line' | 'row'
  /** Whether its texts may be numbers, as in CSV. In JSON a text is a text, since numbers have their own type. */
  readonly isText: boolean
  readonly hasDecimalCommas?: boolean | undefined
}

/** What a reading takes into account of a column. */
export interface ReadColumn {
  readonly name: string
  readonly role: ColumnRole
  readonly source: Source
  /** Whether words may be numbers. */
  readonly hasNumbers: boolean
  error(line: number, problem: string): InputError
}

/** The boolean for a word; 1.0 counts as 1. */
export function booleanOfWord({ text, number }: Pick<Word, 'text' | 'number'>) {
  return booleanOf(text) ?? booleanOf(String(number))
}

export function isInfinite(number: number): boolean {
  return number === Number.POSITIVE_INFINITY || number === Number.NEGATIVE_INFINITY
}

/** What cells of a given kind are, if the word can't be one; otherwise undefined. */
export function lackOf(
  { kind, order, decimal }: Pick<ColumnRole, 'kind' | 'order' | 'decimal'>,
  word: Omit<Word, 'line'>,
): string | undefined {
  const { text, number, isTyped } = word
  if (kind === undefined || kind === 'category' || kind === 'key' || kind === 'text' || isMissingWord(text))
    return undefined
  switch (kind) {
    case 'number':
    case 'integer': {
      const written = isTyped
        ? []
        : (decimal ? [decimal] : (['.', ','] as const)).map((each) => readNumber(text, each)?.value)
      const values = decimal === undefined || isTyped ? [number, ...written] : written
      if (values.some((value) => (kind === 'number' ? Number.isFinite(value) : Number.isInteger(value))))
        return undefined
      return isInfinite(number) ? 'finite number' : kind === 'integer' ? 'whole number' : 'number'
    }
    case 'date':
      return readDates(text, true).some(({ form }) => order === undefined || fits(form, order))
        ? undefined
        : order === undefined
          ? 'date that is written as 2011-12-31 is'
          : `date with ${firstOf[order]} first`
    case 'boolean':
      return booleanOfWord(word) ? undefined : 'boolean'
  }
}

/** What a boolean is, if it is of another pair than those so far; otherwise undefined. */
export function lackOfPair(words: readonly Word[], word: Word): string | undefined {
  const first = words.find(({ text }) => !isMissingWord(text))
  const isOther =
    first && !isMissingWord(word.text) && booleanOfWord(first)!.pair !== booleanOfWord(word)!.pair
  return isOther ? `boolean as ${quoted(first.text)} is` : undefined
}

const firstOf = { dmy: 'the day', mdy: 'the month', ymd: 'the year' } as const

/** A cell's text, quoted for a one-line message. */
export function quoted(text: string): string {
  return `'${shortened(text)}'`
}

/** As much of a cell's text as a message holds. */
export function shortened(text: string): string {
  return printable(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

/** A value of any type as a cell: its number or text, null for a missing one, or why no cell can hold it. */
export function cellOfAny(value: unknown): number | string | null | { readonly problem: string } {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  const isDate = value instanceof Date
  const date = isDate ? textOfDate(value) : undefined
  if (date !== undefined) return date
  const what = Array.isArray(value) ? 'an array' : isDate ? 'an invalid date' : `this ${typeof value}`
  return { problem: `${what} is no cell: give a number, a text, true, false or null, or \`drop\` the column` }
}
