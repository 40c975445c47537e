/** Words as numbers or dates: what a column is if all of them can be read so, or nearly all. */
import type { InputError } from '../../core/errors.ts'
import { formatDate, parseDate, readDates } from '../dates.ts'
import { type DecimalSeparator, readNumber } from '../number-form.ts'
import type { ColumnKind } from '../table.ts'
import { type ColumnRole, typesWith } from './choice.ts'
import { type DateColumn, readDateColumn } from './date-column.ts'
import { countPlain, type Digits, noDigits } from './digits.ts'
import { quoted, type Word } from './words.ts'
import { type NumberStyle, readWritten, type Weighed } from './written-numbers.ts'

/** A column's words as numbers, in plain decimals if they have no style. */
export interface NumberReading {
  readonly kind: 'number'
  readonly cells: ReadonlyMap<Word, number>
  readonly style: NumberStyle | undefined
  readonly digits: Digits
  readonly doubtful?: Word | undefined
  readonly isUndecided: boolean
}

/** A column's words as dates. */
export interface DateReading extends DateColumn {
  readonly kind: 'date'
}

export type Reading = NumberReading | DateReading

/** What a reading says about cells that may be one of two things. */
export type Doubt =
  | Pick<NumberReading, 'kind' | 'style' | 'doubtful' | 'isUndecided'>
  | Pick<DateReading, 'kind' | 'order' | 'doubtful' | 'isUndecided'>

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

/** A reading holds if it takes all words but one in ten. */
const mostOdd = 0.1

/** Whether so many cells that are no numbers, or no dates, may be slips. */
export function areFew(odd: number, cells: number): boolean {
  return odd <= mostOdd * cells
}

/**
 * The reading of a column's words that takes most cells, if it takes nearly all or its kind is given; of several that take
 * as many, plain decimals, then dates. Texts are no numbers where numbers have their own type, unless they are given so.
 */
export function readingOf(builder: ReadColumn, column: Weighed): Reading | undefined {
  const { words, countOf } = column
  const cellsOf = (some: Iterable<Word>) => [...some].reduce((sum, word) => sum + countOf(word), 0)
  const all = cellsOf(words)
  let best: { reading: Reading; cells: number } | undefined
  for (const read of [plainNumbers, dates, writtenNumbers]) {
    const reading = read(builder, column)
    const cells = reading ? cellsOf(reading.cells.keys()) : 0
    if (reading && cells > (best?.cells ?? 0)) best = { reading, cells }
    if (cells === all) break
  }
  const isGiven = builder.role.kind !== undefined
  return best && (isGiven || areFew(all - best.cells, all)) ? best.reading : undefined
}

function plainNumbers(builder: ReadColumn, { words }: Weighed): NumberReading | undefined {
  const { kind, decimal } = builder.role
  if (kind === undefined ? !builder.hasNumbers : !isNumeric(kind)) return undefined
  // with a given separator, 1.234 may be 1234
  if (decimal !== undefined && words.some(({ isTyped }) => !isTyped)) return undefined
  const numbers = words.filter(({ number }) => Number.isFinite(number))
  const digits = noDigits()
  for (const { text, isTyped } of numbers)
    if (isTyped) digits.isMixed = true
    else countPlain(digits, text)
  const cells = new Map(numbers.map((word) => [word, word.number]))
  return { kind: 'number', cells, style: undefined, digits, isUndecided: false }
}

function dates({ role: { kind, order } }: ReadColumn, column: Weighed): DateReading | undefined {
  if (kind !== undefined && kind !== 'date') return undefined
  const read = readDateColumn(column, { order, mayBeEpoch: kind === 'date' })
  return read && { kind: 'date', ...read }
}

function writtenNumbers({ role, source }: ReadColumn, column: Weighed): NumberReading | undefined {
  const { kind, decimal } = role
  if (kind === undefined ? !source.isText : !isNumeric(kind)) return undefined
  const { hasDecimalCommas = false } = source
  const read = readWritten(column, { decimal, hasDecimalCommas, areNumbers: kind !== undefined })
  return read && { kind: 'number', ...read }
}

function isNumeric(kind: ColumnKind): boolean {
  return kind === 'number' || kind === 'integer'
}

/** Throws InputError on a reading that takes some cells for one of two things, where no cell shows which. */
export function requireDecided(builder: ReadColumn, doubt: Doubt): void {
  const { kind, doubtful, isUndecided } = doubt
  if (!isUndecided || !doubtful) return
  const problem = kind === 'date' ? twoDates(builder, doubtful) : twoNumbers(builder, doubtful)
  throw builder.error(doubtful.line, problem)
}

function twoDates({ name }: ReadColumn, { text }: Word): string {
  const [dayFirst, monthFirst] = readDates(text).map(({ time }) => formatDate(time, 'D MMMM'))
  return `${quoted(text)} may be ${dayFirst} or ${monthFirst}, and no cell of the column shows which: say it with ${typesWith(name, 'date:dmy')} or ${typesWith(name, 'date:mdy')}, or write dates as 2011-12-31`
}

function twoNumbers({ name, role }: ReadColumn, { text }: Word): string {
  const kind = role.kind === 'integer' ? 'integer' : 'number'
  const of = (decimal: DecimalSeparator) => readNumber(text, decimal)!.value
  return `${quoted(text)} may be ${of('.')} or ${of(',')}, and no cell of the column shows which: say it with ${typesWith(name, `${kind}:1,234.5`)} or ${typesWith(name, `${kind}:1.234,5`)}, or write numbers as 1234.5`
}

/** Notes on what could be read in two ways, and how the column's cells decided it. */
export function notesOfReading({ name, role }: ReadColumn, doubt: Doubt): string[] {
  if (!doubt.doubtful) return []
  const { text } = doubt.doubtful
  if (doubt.kind === 'date') {
    const { order } = doubt
    if (role.order !== undefined || (order !== 'dmy' && order !== 'mdy')) return []
    const day = formatDate(parseDate(text, order)!.time, 'D MMMM')
    const [first, other] = order === 'dmy' ? (['day', 'mdy'] as const) : (['month', 'dmy'] as const)
    return [
      `its dates have the ${first} first, as other cells show, so ${quoted(text)} is ${day}: ${typesWith(name, `date:${other}`)} makes it the other`,
    ]
  }
  const decimal = doubt.style?.decimal
  if (role.decimal !== undefined || decimal === undefined) return []
  const other = decimal === ',' ? 'number:1,234.5' : 'number:1.234,5'
  return [
    `${quoted(text)} is read as ${readNumber(text, decimal)!.value}, as other cells show: ${typesWith(name, other)} makes it the other`,
  ]
}
