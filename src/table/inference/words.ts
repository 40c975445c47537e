import { printable } from '../../core/format.ts'
import { parseDate } from '../dates.ts'
import type { ColumnKind } from '../table.ts'
import { booleanOf, isMissingWord } from './cells.ts'

/** A text or number in a column, and where it first occurs. */
export interface Word {
  readonly text: string
  /** Its number, infinite beyond float64; NaN for a text. */
  readonly number: number
  readonly line: number
}

/** The boolean for a word; 1.0 counts as 1. */
export function booleanOfWord({ text, number }: Pick<Word, 'text' | 'number'>) {
  return booleanOf(text) ?? booleanOf(String(number))
}

export function isInfinite(number: number): boolean {
  return number === Number.POSITIVE_INFINITY || number === Number.NEGATIVE_INFINITY
}

/** What cells of this kind are, if the word can't be one; otherwise undefined. */
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

/** A cell's text, quoted for a one-line message. */
export function quoted(text: string): string {
  return `'${printable(text.length > 40 ? `${text.slice(0, 40)}…` : text)}'`
}

/** Explains what is wrong with a number that isn't finite. */
export function notFinite({ text }: Pick<Word, 'text'>): string {
  const problem = /\d/.test(text)
    ? 'is beyond float64 (1.8e308): give another unit'
    : 'is no finite number: give one'
  return `${quoted(text)} ${problem}, or leave the cell empty`
}
