/** Columns of numbers that are not plain decimals: with signs of money, per cent, separators of thousands and so on. */

import { isNumber } from '../columns.ts'
import {
  type DecimalSeparator,
  type GroupSeparator,
  type NumberForm,
  readNumber,
  type WrittenNumber,
} from '../number-form.ts'
import { numberOf } from './cells.ts'
import { countDigits, countPlain, type Digits, fixedDecimals, fixedWidth, noDigits } from './digits.ts'
import type { ReadColumn, Weighed, Word } from './words.ts'

/** What the numbers of a column have in common. */
export interface NumberStyle {
  readonly decimal: DecimalSeparator
  /** As it is written first, with the space beside the digits. */
  readonly prefix: string
  readonly suffix: string
  /** Empty if there is none. */
  readonly group: GroupSeparator | ''
  readonly isDuration: boolean
  readonly hasParentheses: boolean
}

/** A column as numbers, and the number of each cell that is in its style. */
export interface NumberReading {
  readonly kind: 'number'
  /** Of numbers that are not plain decimals. */
  readonly style: NumberStyle | undefined
  readonly digits: Digits
  readonly cells: ReadonlyMap<Word, number>
  /** A number that could be read with another decimal separator, and would then be another one. */
  readonly doubtful?: Word | undefined
  /** Whether nothing in the column shows which of the two it is. */
  readonly isUndecided: boolean
}

/** Reads a column of numbers of one style; words of another are not in its cells. Undefined if there are none. */
export function readWritten(column: ReadColumn, { words, countOf }: Weighed): NumberReading | undefined {
  const { kind } = column.role
  if (kind === undefined ? !column.source.isText : !isNumber({ kind })) return undefined
  const signs = commonest(words, countOf, ({ text }) => signsIn(text))
  if (signs === undefined) return undefined
  const alike = words.filter((word) => !word.isTyped && signsIn(word.text) === signs)
  const { decimal, isUndecided, doubtful } = decimalOf(column, { words: alike, countOf })
  const read = alike.flatMap(({ text }) => readNumber(text, decimal) ?? [])
  const [first] = read
  if (!first) return undefined
  const style: NumberStyle = {
    decimal,
    prefix: first.prefix,
    suffix: first.suffix,
    group: commonest(alike, countOf, ({ text }) => readNumber(text, decimal)?.group || undefined) ?? '',
    isDuration: first.isDuration,
    hasParentheses: read.some(({ isInParentheses }) => isInParentheses),
  }
  const digits = noDigits()
  const cells = new Map<Word, number>()
  for (const word of words) {
    if (word.isTyped) digits.isMixed = true
    const number = word.isTyped ? word.number : numberIn(word.text, style, digits)
    if (!Number.isNaN(number)) cells.set(word, number)
  }
  // parentheses around every number are no signs
  const areBrackets =
    kind === undefined && style.hasParentheses && read.every(({ isInParentheses }) => isInParentheses)
  return areBrackets ? undefined : { kind: 'number', style, digits, cells, isUndecided, doubtful }
}

/** What most cells have, of those that have it. */
function commonest<T extends string>(
  words: readonly Word[],
  countOf: (word: Word) => number,
  of: (word: Word) => T | undefined,
): T | undefined {
  const counts = new Map<T, number>()
  for (const word of words) {
    const each = of(word)
    if (each !== undefined) counts.set(each, (counts.get(each) ?? 0) + countOf(word))
  }
  const most = Math.max(...counts.values())
  return [...counts].find(([, count]) => count === most)?.[0]
}

/** The signs around a text's digits, if it is a number; they are the same whatever separates its decimals. */
function signsIn(text: string): string | undefined {
  const number = readNumber(text, '.') ?? readNumber(text, ',')
  return number && signsOf(number)
}

/** A text's number in a column's style, with its digits counted; NaN if it is in another. */
export function numberIn(text: string, style: NumberStyle, digits: Digits): number {
  const number = readNumber(text, style.decimal)
  if (!number) {
    // 1e5, or 12. without decimals
    const plain = isPlain(style) ? numberOf(text, false) : Number.NaN
    if (!Number.isFinite(plain)) return Number.NaN
    countPlain(digits, text)
    return plain
  }
  if (signsOf(number) !== signsOf(style) || (number.group !== '' && number.group !== style.group))
    return Number.NaN
  countDigits(digits, number.whole, number.fraction)
  return number.value
}

function isPlain({ decimal, prefix, suffix, isDuration }: NumberStyle): boolean {
  return decimal === '.' && prefix === '' && suffix === '' && !isDuration
}

/** What must be the same in all numbers of a column, whatever spaces there are. */
function signsOf(style: Pick<NumberStyle, 'prefix' | 'suffix' | 'isDuration'>): string {
  return `${style.prefix.trim()}\n${style.suffix.trim()}\n${style.isDuration}`
}

/** The form in which numbers are written again. */
export function formOfNumbers({ style, digits }: NumberReading): NumberForm | undefined {
  const { prefix, suffix, group, decimal, isDuration, hasParentheses } = style ?? {}
  const decimals = fixedDecimals(digits)
  const width = isDuration ? durationWidth(digits) : fixedWidth(digits)
  // the shortest decimals are as long as these, unless they end in zeros
  const needsDecimals = decimals !== undefined && (style !== undefined || digits.hasTrailingZero)
  const form: NumberForm = {
    ...(prefix && { prefix }),
    ...(suffix && { suffix }),
    ...(group && { group }),
    ...(decimal === ',' && { decimal }),
    ...(needsDecimals && { decimals }),
    ...(width !== undefined && { width }),
    ...(hasParentheses && { parentheses: true }),
    ...(isDuration && { duration: true }),
  }
  return Object.keys(form).length > 0 ? form : undefined
}

/** The fewest digits of hours: two if all have so many. */
function durationWidth({ fewestZeroed, fewestOther }: Digits): number {
  return Math.max(1, Math.min(fewestZeroed, fewestOther))
}

/** Numbers that one decimal separator decides are a slip if so many times more others leave it open. */
const slipTimes = 100

/** The decimal separator that a column's cells show, if they show one. */
function decimalOf(
  { role: { decimal }, source: { hasDecimalCommas = false } }: ReadColumn,
  { words, countOf }: Weighed,
): { decimal: DecimalSeparator; isUndecided: boolean; doubtful?: Word | undefined } {
  if (decimal !== undefined) return { decimal, isUndecided: false }
  const cells = { '.': 0, ',': 0 }
  const doubtful: Word[] = []
  const bare: WrittenNumber[] = []
  for (const word of words) {
    const [point, comma] = [readNumber(word.text, '.'), readNumber(word.text, ',')]
    if (point && comma) {
      if (point.value !== comma.value) doubtful.push(word)
      else if (point.group === '' && point.fraction === '') bare.push(point)
    } else if (point) cells['.'] += countOf(word)
    else if (comma) cells[','] += countOf(word)
  }
  const decided = (decimal: DecimalSeparator) => ({ decimal, isUndecided: false, doubtful: doubtful[0] })
  const [likely, unlikely] = cells[','] > cells['.'] ? ([',', '.'] as const) : (['.', ','] as const)
  const open = doubtful.reduce((sum, word) => sum + countOf(word), 0)
  if (cells[likely] * slipTimes >= open && cells[likely] >= 9 * cells[unlikely]) return decided(likely)
  const hasPoint = doubtful.some(({ text }) => text.includes('.'))
  const hasComma = doubtful.some(({ text }) => text.includes(','))
  if (hasDecimalCommas) return decided(',')
  // plain decimals are numbers without any doubt, and thousands of per cent are rare
  if (!hasComma && doubtful.every(({ text }) => /^[+-]?[\d.]+(\s?%)?$/.test(text))) return decided('.')
  // a number below a thousand without decimals, beside others that have three digits behind each separator
  const showsGroups = bare.length > 0 && bare.every(({ whole }) => whole.length <= 3)
  if (showsGroups && hasPoint !== hasComma) return decided(hasComma ? '.' : ',')
  return { decimal: hasComma ? '.' : ',', isUndecided: true, doubtful: doubtful[0] }
}
