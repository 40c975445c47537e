/** Words as numbers or dates: what a column is if all of them can be read so, or nearly all. */
import { isNumber } from '../columns.ts'
import { formatDate, parseDate, readDates } from '../dates.ts'
import { type DecimalSeparator, readNumber } from '../number-form.ts'
import type { ColumnKind } from '../table.ts'
import { typesWith } from './choice.ts'
import { type DateReading, readDateColumn } from './date-column.ts'
import { countPlain, noDigits } from './digits.ts'
import { quoted, type ReadColumn, type Weighed, type Word } from './words.ts'
import { type NumberReading, readWritten } from './written-numbers.ts'

export type Reading = NumberReading | DateReading

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
  for (const read of [plainNumbers, readDateColumn, readWritten]) {
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
  if (kind === undefined ? !builder.hasNumbers : !isNumber({ kind })) return undefined
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

/** What the cells of a column of a given kind are, as a message has it. */
export function nounOf(kind: ColumnKind | undefined, reading: Reading | undefined): string {
  return reading?.kind === 'date' ? `date of the form ${reading.form}` : `${kind} as the others are`
}

/** Throws InputError on a reading that takes some cells for one of two things, where no cell shows which. */
export function requireDecided(builder: ReadColumn, { kind, doubtful, isUndecided }: Reading): void {
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
export function notesOfReading({ name, role }: ReadColumn, reading: Reading): string[] {
  if (!reading.doubtful) return []
  const { text } = reading.doubtful
  if (reading.kind === 'date') {
    const { order } = reading
    if (role.order !== undefined || (order !== 'dmy' && order !== 'mdy')) return []
    const day = formatDate(parseDate(text, order)!.time, 'D MMMM')
    const [first, other] = order === 'dmy' ? (['day', 'mdy'] as const) : (['month', 'dmy'] as const)
    return [
      `its dates have the ${first} first, as other cells show, so ${quoted(text)} is ${day}: ${typesWith(name, `date:${other}`)} makes it the other`,
    ]
  }
  const decimal = reading.style?.decimal
  if (role.decimal !== undefined || decimal === undefined) return []
  const other = decimal === ',' ? 'number:1,234.5' : 'number:1.234,5'
  return [
    `${quoted(text)} is read as ${readNumber(text, decimal)!.value}, as other cells show: ${typesWith(name, other)} makes it the other`,
  ]
}
