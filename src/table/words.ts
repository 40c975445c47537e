import { printable } from '../core/format.ts'
import { booleanOf, isMissingWord } from './cells.ts'
import { parseDate } from './dates.ts'
import type { ColumnKind } from './table.ts'

/** A text or number that a column holds, and where it was seen first. */
export interface Word {
  readonly text: string
  /** The number that it is, infinite beyond float64; NaN of a text. */
  readonly number: number
  readonly line: number
}

/** The boolean that a word is; 1.0 as well as 1. */
export function booleanOfWord({ text, number }: Pick<Word, 'text' | 'number'>) {
  return booleanOf(text) ?? booleanOf(String(number))
}

export function isInfinite(number: number): boolean {
  return number === Number.POSITIVE_INFINITY || number === Number.NEGATIVE_INFINITY
}

/** What a column of this kind holds, which a word is not; undefined where the word can be one of its cells. */
export function lackOf(kind: ColumnKind, word: Pick<Word, 'text' | 'number'>): string | undefined {
  if (kind === 'category' || kind === 'key' || isMissingWord(word.text)) return undefined
  const { text, number } = word
  switch (kind) {
    case 'number':
      return Number.isFinite(number) ? undefined : isInfinite(number) ? 'finite number' : 'number'
    case 'integer':
      return Number.isInteger(number) ? undefined : 'whole number'
    case 'date':
      return parseDate(text) ? undefined : 'date that is written as 2011-12-31 is'
    case 'boolean':
      return booleanOfWord(word) ? undefined : 'boolean'
  }
}

/** A cell's text as a message of one line shows it. */
export function quoted(text: string): string {
  return `'${printable(text.length > 40 ? `${text.slice(0, 40)}…` : text)}'`
}

/** What is wrong with a number that is not finite. */
export function notFinite({ text }: Pick<Word, 'text'>): string {
  const what = /\d/.test(text)
    ? 'is beyond float64 (1.8e308): give another unit'
    : 'is no finite number: give one'
  return `${quoted(text)} ${what}, or leave the cell empty`
}
