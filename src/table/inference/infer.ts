/** The kinds of a file's columns, from their cells' texts. */
import { InputError } from '../../core/errors.ts'
import { humanCount, printable } from '../../core/format.ts'
import { textOf } from '../cell-text.ts'
import { epochUnitOf, parseEpoch } from '../dates.ts'
import type { NumberForm } from '../table.ts'
import { booleanOf, isMissingWord } from './cells.ts'
import { typesWith } from './choice.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { isTimeName } from './date-column.ts'
import { type Decision, type Finished, keptColumn } from './decision.ts'
import { presentCells, replaceCells } from './grid.ts'
import { interpret, missingNote } from './interpret.ts'
import { areIds } from './keys.ts'
import { areFew, notesOfReading, type Reading, requireDecided } from './reading.ts'
import { decideKey, decideText, decideTexts, isFreeText, nextKey } from './text-column.ts'
import { booleanOfWord, quoted, shortened, type Word } from './words.ts'
import { formOfNumbers } from './written-numbers.ts'

/**
 * Infers a column's kind from its cells, unless it is given, and converts them to a table's cells. Throws InputError on
 * dates or numbers that may be two different ones, or too many categories.
 */
export function decide(finished: Finished): Decision {
  const { builder } = finished
  switch (builder.mode) {
    case 'key':
      return decideKey(finished, builder.kept)
    case 'numbers':
    case 'dates':
      return decideLong(finished, builder.reading!)
    case 'texts':
      return decideTexts(finished)
    case 'words':
      return decideWords(finished)
  }
}

/** A column of numbers or dates with too many words to keep them all. */
function decideLong(finished: Finished, reading: Reading): Decision {
  const { builder, cells } = finished
  const { odd } = builder
  const present = presentCells(cells).length
  if (!areFew(odd.count, present)) {
    builder.becomeTexts(cells)
    return decideTexts(finished)
  }
  requireDecided(builder, reading)
  const notes = notesOfReading(builder, reading)
  if (odd.count === 0) return decideReading(finished, reading, notes)
  replaceCells(cells, (cell) => (odd.hashes.has(cell) ? Number.NaN : cell))
  const missing = missingNote(builder, reading.kind, odd.texts, odd.count, present)
  return decideReading(finished, reading, [missing, ...notes])
}

/** A column of numbers or dates, which its cells are already. */
function decideReading(finished: Finished, reading: Reading, notes: readonly string[]): Decision {
  return reading.kind === 'date'
    ? keptColumn(finished.builder, { kind: 'date', form: reading.form }, notes)
    : decideNumbers(finished, formOfNumbers(reading), notes)
}

function decideNumbers(
  { builder, cells }: Finished,
  numberForm: NumberForm | undefined,
  others: readonly string[],
): Decision {
  const { role, longNumber } = builder
  const numbers = presentCells(cells)
  if (numbers.length === 0) return decideNothing(builder)
  const epoch = role.kind === undefined ? epochOf(builder, numbers) : undefined
  if (epoch) {
    replaceCells(cells, (cell) => cell * epoch.unit)
    return keptColumn(builder, epoch.column, [...others, epoch.note])
  }
  const isWhole = role.kind === 'integer' || (role.kind === undefined && numbers.every(Number.isInteger))
  if (isWhole && !role.isRequested) {
    if (longNumber !== undefined)
      return {
        leftOut: {
          name: builder.name,
          reason: `its whole numbers, such as ${shortened(longNumber)}, have more digits than a float64 keeps: an id`,
          example: shortened(longNumber),
          kind: null,
        },
      }
    const isKey = numbers.length === cells.length && areIds(numbers, builder.name, role.isNamedId)
    if (isKey) {
      const column = { name: builder.name, kind: 'integer', ...(numberForm && { numberForm }) } as const
      const cellText = textOf(column)
      const texts = role.keepsTexts ? Array.from(cells, (cell) => cellText(cell)) : undefined
      const key = decideKey({ builder, cells }, texts, nextKey(numbers))
      return isKey === 'unnamed' ? { ...key, numbers: { ...column, cells: numbers } } : key
    }
  }
  const notes = [...others]
  if (longNumber !== undefined)
    notes.push(`whole numbers as long as ${shortened(longNumber)} are rounded to float64`)
  if (builder.zeroedNumber !== undefined && role.kind === undefined) {
    const zeroed = shortened(builder.zeroedNumber)
    notes.push(
      numberForm?.width === undefined
        ? `numbers such as ${zeroed} lose their leading zeros: ${typesWith(builder.name, 'category')} keeps them`
        : `numbers such as ${zeroed} keep their leading zeros: ${typesWith(builder.name, 'category')} makes them names`,
    )
  }
  const kind = role.kind ?? (isWhole ? 'integer' : 'number')
  return keptColumn(builder, { kind, ...(numberForm && { numberForm }) }, notes)
}

/** Whole numbers that count the time since 1970, as the column's name says and all of them may. */
function epochOf({ name }: ColumnBuilder, numbers: Float64Array) {
  if (!isTimeName(name)) return undefined
  const form = parseEpoch(String(numbers[0]))?.form
  if (form === undefined || !numbers.every((number) => parseEpoch(String(number))?.form === form))
    return undefined
  const unit = epochUnitOf(form)!
  return {
    unit,
    column: { kind: 'date', form } as const,
    note: `its numbers count ${unit === 1 ? 'milliseconds' : 'seconds'} since 1970, as its name says: ${typesWith(name, 'integer')} makes them numbers`,
  }
}

/** An empty column: nothing can be learned from it, but rows to complete may have one. */
function decideNothing(builder: ColumnBuilder): Decision {
  switch (builder.role.kind) {
    case undefined:
      return builder.role.isRequested
        ? keptColumn(builder, { kind: 'number' })
        : { leftOut: { name: builder.name, reason: 'it has no values', kind: 'number' } }
    case 'category':
      return keptColumn(builder, { kind: 'category', categories: [] })
    case 'boolean':
      return keptColumn(builder, { kind: 'boolean', categories: ['false', 'true'] })
    case 'date':
      return keptColumn(builder, { kind: 'date', form: 'YYYY-MM-DD' })
    default:
      return keptColumn(builder, { kind: builder.role.kind })
  }
}

function decideWords(finished: Finished): Decision {
  const { builder, cells } = finished
  const { words, role } = builder
  const counts = new Uint32Array(words.length)
  for (const code of presentCells(cells)) counts[code]!++
  // the first row may have become the header
  const used = words.filter((_, code) => counts[code]! > 0)
  const codes = new Map(words.map((word, code) => [word, code]))
  const interpreted = interpret(builder, used, (word) => counts[codes.get(word)!]!)
  const missing = interpreted.is === 'category' ? undefined : used.find(({ text }) => isMissingWord(text))
  builder.missingWord = missing?.text
  const put = (cellOf: (word: Word) => number) => {
    const values = Float64Array.from(words, (word, code) => (counts[code] === 0 ? Number.NaN : cellOf(word)))
    replaceCells(cells, (code) => values[code]!)
  }
  switch (interpreted.is) {
    case 'nothing':
      put(() => Number.NaN)
      return decideNothing(builder)
    case 'number':
    case 'date':
      // ids with more digits than a number keeps
      if (interpreted.is === 'number' && role.kind === undefined && builder.longNumber !== undefined)
        return decideNames()
      put((word) => interpreted.reading.cells.get(word) ?? Number.NaN)
      return decideReading(finished, interpreted.reading, interpreted.notes)
    case 'boolean': {
      const { categories, notes } = booleanWords(used.filter(({ text }) => !isMissingWord(text)))
      put((word) => (isMissingWord(word.text) ? Number.NaN : booleanOfWord(word)!.value))
      return keptColumn(builder, { kind: 'boolean', categories }, notes)
    }
    case 'text':
      return decideText(finished, used, counts)
    case 'category':
      return decideNames()
  }

  function decideNames(): Decision {
    const categories = categoriesOf(used)
    const present = counts.reduce((sum, count) => sum + count, 0)
    const isTooMany = isFreeText(categories.length, present) || categories.length > role.maxCategories
    if (!role.isRequested && isTooMany) return decideText(finished, used, counts)
    if (categories.length > role.maxCategories) throw tooManyCategories(builder, categories.length)
    const indices = new Map(categories.map((text, k) => [text, k]))
    put(({ text }) => indices.get(text)!)
    return keptColumn(builder, { kind: 'category', categories }, [
      ...('notes' in interpreted ? interpreted.notes : []),
      ...spacesAtEnds(builder, used),
      ...numbersAsTexts(builder, used),
    ])
  }
}

/** The words for no and yes in their first spelling; a word that does not occur is spelled like the other. */
function booleanWords(present: readonly Word[]): { categories: string[]; notes: string[] } {
  const spelled = [0, 1].map((value) =>
    present
      .filter((word) => booleanOfWord(word)!.value === value)
      .map(({ text, number }) => (booleanOf(text) ? text : String(number))),
  )
  const categories = [0, 1].map((value) => spelled[value]![0] ?? booleanOf(spelled[1 - value]![0]!)!.opposite)
  const notes = spelled
    .map((texts) => [...new Set(texts)])
    .filter((texts) => texts.length > 1)
    .map((texts) => `${texts.join(', ')} are read as one word, ${texts[0]}`)
  return { categories, notes }
}

/** The distinct words, ordered as numbers if all are numbers, otherwise by code units. */
function categoriesOf(used: readonly Word[]): string[] {
  const numbers = new Map(used.map(({ text, number }) => [text, number]))
  const texts = [...numbers.keys()].sort()
  return [...numbers.values()].every(Number.isFinite)
    ? texts.sort((a, b) => numbers.get(a)! - numbers.get(b)!)
    : texts
}

/**
 * What to note about spaces at the ends of names, which are not part of them: which names they were, or that two differ only
 * by them. Nothing if each cell begins with one, as after the commas of `39, male`: there they belong to the comma.
 */
function spacesAtEnds({ padded, words }: ColumnBuilder, used: readonly Word[]): string[] {
  const [first] = padded
  if (first === undefined) return []
  if (padded.length === words.length && padded.every((text) => text === ` ${text.trim()}`)) return []
  const texts = new Set<string>()
  const twice = used.find(({ text }) => texts.size === texts.add(text).size)?.text
  if (twice !== undefined) {
    const spelled = padded.find((text) => text.trim() === twice)
    return [
      `${quoted(twice)} and ${quoted(spelled ?? twice)} differ only by spaces at their ends: they are one name`,
    ]
  }
  const more = padded.length > 1 ? ` and ${humanCount(padded.length - 1)} more` : ''
  return [`${quoted(first)}${more}: the spaces at the ends of a name are left out`]
}

/** Explains why a column whose words are all numbers is a category, and how to make it numeric. */
function numbersAsTexts(builder: ColumnBuilder, used: readonly Word[]): string[] {
  const { name, role, hasNumbers, zeroedNumber, longNumber } = builder
  if (role.isRequested || !used.every(({ number }) => Number.isFinite(number))) return []
  const why = !hasNumbers
    ? 'its numbers are given as text'
    : zeroedNumber !== undefined
      ? `its numbers have leading zeros, such as ${shortened(zeroedNumber)}`
      : `its whole numbers, such as ${shortened(longNumber ?? '')}, have more digits than a float64 keeps`
  return [`${why}, so it is a category: ${typesWith(name, 'number')} makes it numeric`]
}

function tooManyCategories(builder: ColumnBuilder, count: number): InputError {
  return new InputError(
    `${builder.source.name}, column ${printable(builder.name)} has ${humanCount(count)} distinct values, and a category at most ${humanCount(builder.role.maxCategories)}: \`drop\` it, or merge values`,
    'bad-data',
  )
}
