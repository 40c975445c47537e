/** What a column is, from its words: numbers, dates, a boolean, or names. */
import { counted, humanCount } from '../../core/format.ts'
import { isMissingWord, isWhole } from './cells.ts'
import { typesWith } from './choice.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { notesOfReading, nounOf, type Reading, readingOf, requireDecided } from './reading.ts'
import { booleanOfWord, isInfinite, quoted, type Word } from './words.ts'

/** With at most this many values, a few texts among numbers are codes, as in 0, 1, 2, 3+. */
const fewValues = 32

/** What a column is; words that a reading lacks are missing values. */
export type Interpretation =
  | { readonly is: Reading['kind']; readonly reading: Reading; readonly notes: readonly string[] }
  | { readonly is: 'category'; readonly notes: readonly string[] }
  | { readonly is: 'boolean' | 'text' | 'nothing' }

/**
 * Infers what a column is, unless its kind is given.
 *
 * @param used - The words that occur in its cells.
 * @param countOf - How many cells have a word.
 * @returns Throws InputError on a word that does not fit the given kind, and on dates or numbers that may be two different
 * ones.
 */
export function interpret(
  builder: ColumnBuilder,
  used: readonly Word[],
  countOf: (word: Word) => number,
): Interpretation {
  const { kind, isRequested, maxCategories } = builder.role
  const present = used.filter(({ text }) => !isMissingWord(text))
  if (kind === 'category' && used.length > 0) return { is: 'category', notes: [] }
  if (kind === 'text' && present.length > 0) return { is: 'text' }
  // infinity is never a name
  const finite =
    kind === undefined && builder.hasNumbers ? present.filter(({ number }) => !isInfinite(number)) : present
  // numbers of more digits than a float64 holds are ids
  if (finite.length === 0)
    return present.some(({ text }) => isWhole(text)) ? { is: 'category', notes: [] } : { is: 'nothing' }
  if (kind === 'boolean') return { is: 'boolean' }
  const reading = readingOf(builder, { words: finite, countOf })
  if (kind !== undefined) return asGiven(builder, present, reading)
  const isComplete = reading?.cells.size === finite.length
  const isPlain = isComplete && reading.kind === 'number' && !reading.style
  if (!isPlain && areBooleans(builder, used, present)) return { is: 'boolean' }
  if (isPlain && areCodes(builder, present, countOf)) return { is: 'category', notes: [] }
  const isFew = isComplete || (present.length > fewValues && !isRequested)
  // rows to complete keep all columns, and may have some that nobody asks for
  if (!reading || !isFew || (reading.isUndecided && maxCategories === Number.POSITIVE_INFINITY))
    return { is: 'category', notes: [] }
  requireDecided(builder, reading)
  const odd = present.filter((word) => !reading.cells.has(word))
  if (odd.length === 0) return { is: reading.kind, reading, notes: notesOfReading(builder, reading) }
  const cellsOf = (words: readonly Word[]) => words.reduce((sum, word) => sum + countOf(word), 0)
  const cells = cellsOf(present)
  const texts = odd.map(({ text }) => text)
  const isOfNames = !isComplete && present.length <= Math.min(cells / 2, maxCategories)
  if (isOfNames)
    return {
      is: 'category',
      notes: [`${oddNote(reading.kind, texts, cellsOf(odd), cells)}: it is a category`],
    }
  const missing = missingNote(builder, reading.kind, texts, cellsOf(odd), cells)
  return { is: reading.kind, reading, notes: [missing, ...notesOfReading(builder, reading)] }
}

/** A column of a given kind. Throws InputError on a word that does not fit it. */
function asGiven(
  builder: ColumnBuilder,
  present: readonly Word[],
  reading: Reading | undefined,
): Interpretation {
  const { kind } = builder.role
  const other = present.find((word) => !reading?.cells.has(word))
  if (!reading || other) throw builder.contradiction(other ?? present[0]!, nounOf(kind, reading))
  requireDecided(builder, reading)
  const part =
    kind === 'integer' ? present.find((word) => !Number.isInteger(reading.cells.get(word))) : undefined
  if (part) throw builder.contradiction(part, 'whole number')
  return { is: reading.kind, reading, notes: notesOfReading(builder, reading) }
}

function areBooleans(builder: ColumnBuilder, used: readonly Word[], present: readonly Word[]): boolean {
  const isNumber = ({ number }: Word) => builder.hasNumbers && Number.isFinite(number)
  const booleans = present.map((word) => (isNumber(word) ? undefined : booleanOfWord(word)))
  const pair = booleans[0]?.pair
  // programs write true, false, and NA for neither; to a person, yes, no and N/A are three answers
  const mayMiss = pair === 'true and false' || used.length === present.length
  return pair !== undefined && pair !== '0 and 1' && mayMiss && booleans.every((each) => each?.pair === pair)
}

/** Whether numbers are names: some have leading zeros, and they are few enough to learn each. */
function areCodes(
  { zeroedNumber, role }: ColumnBuilder,
  present: readonly Word[],
  countOf: (word: Word) => number,
): boolean {
  const cells = present.reduce((sum, word) => sum + countOf(word), 0)
  const most = Math.min(role.maxCategories, cells / 2, Math.max(fewValues, cells / 10))
  return zeroedNumber !== undefined && present.length <= most
}

/** Says how many cells are no numbers or dates, and that they are missing values; `texts` are the first of them. */
export function missingNote(
  { name }: ColumnBuilder,
  kind: Reading['kind'],
  texts: readonly string[],
  odd: number,
  cells: number,
): string {
  return `${oddNote(kind, texts, odd, cells)}, which count as missing: ${typesWith(name, 'category')} makes it a category`
}

function oddNote(kind: Reading['kind'], texts: readonly string[], odd: number, cells: number): string {
  const listed = `${texts.slice(0, 3).map(quoted).join(', ')}${texts.length > 3 ? ', …' : ''}`
  return `${humanCount(cells - odd)} of ${counted(cells, 'cell')} are ${kind}s, the rest are ${listed}`
}
