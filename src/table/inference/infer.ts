/** The kinds of a file's columns, from their cells' texts. */
import { InputError } from '../../core/errors.ts'
import { humanCount, printable } from '../../core/format.ts'
import { epochUnitOf, parseEpoch } from '../dates.ts'
import { isGenerated, type NumberForm } from '../table.ts'
import { booleanOf, isMissingWord } from './cells.ts'
import { areIds, typesWith } from './choice.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { isTimeName } from './date-column.ts'
import { type Decision, type Finished, keptColumn, leftOut } from './decision.ts'
import { firstTextsOf } from './first-texts.ts'
import { interpret, missingNote } from './interpret.ts'
import { areFew, type Doubt, notesOfReading, requireDecided } from './reading.ts'
import { spacesAtEnds } from './spaces.ts'
import { decideOdd, decideText, decideTexts, isFreeText, numberRows } from './text-column.ts'
import { booleanOfWord, shortened, type Word } from './words.ts'
import { formOfNumbers } from './written-numbers.ts'

/**
 * Infers a column's kind from its cells, unless it is given, and converts them to a table's cells. Throws InputError on
 * dates or numbers that may be two different ones, or too many categories.
 */
export function decide(finished: Finished): Decision {
  const { builder, grid, first } = finished
  const texts = builder.mode === 'words' ? firstTextsOf(builder, grid) : builder.firstTexts
  const decision = decisionOf(finished)
  return 'column' in decision && isGenerated(decision.column)
    ? { ...decision, firstTexts: texts.slice(first) }
    : decision
}

function decisionOf(finished: Finished): Decision {
  const { builder, grid, first } = finished
  const { index } = builder
  switch (builder.mode) {
    case 'key':
      grid.all(index, first).forEach((_, row, cells) => {
        cells[row] = row
      })
      return keptColumn(builder, { kind: 'key' })
    case 'numbers':
    case 'dates':
      return decideLong(finished)
    case 'texts':
      return decideTexts(finished)
    case 'words':
      return decideWords(finished)
  }
}

/** A column of numbers or dates with too many words to keep them all. */
function decideLong(finished: Finished): Decision {
  const { builder, grid, first } = finished
  const { index, odd, dates, style, digits, doubtful } = builder
  const cells = grid.cells(index, first).length
  if (!areFew(odd.count, cells)) return decideOdd(finished)
  if (odd.count > 0) grid.map(index, first, (cell) => (odd.hashes.has(cell) ? Number.NaN : cell))
  const missing =
    odd.count > 0 ? [missingNote(builder, dates ? 'date' : 'number', odd.texts, odd.count, cells)] : []
  const doubt: Doubt = dates
    ? { ...dates, kind: 'date', isUndecided: dates.order === undefined }
    : { kind: 'number', style, doubtful, isUndecided: false }
  requireDecided(builder, doubt)
  const notes = [...missing, ...notesOfReading(builder, doubt)]
  return dates
    ? keptColumn(builder, { kind: 'date', form: dates.form }, notes)
    : decideNumbers(finished, formOfNumbers(style, digits), notes)
}

function decideNumbers(
  { builder, grid, first }: Finished,
  numberForm: NumberForm | undefined,
  others: readonly string[] = [],
): Decision {
  const { role, longNumber, index } = builder
  if (grid.every(index, first, () => false)) return decideNothing(builder)
  const epoch = role.kind === undefined ? epochOf({ builder, grid, first }) : undefined
  if (epoch) return keptColumn(builder, epoch.column, [...others, epoch.note])
  const isWhole =
    role.kind === 'integer' || (role.kind === undefined && grid.every(index, first, Number.isInteger))
  if (isWhole && !role.isRequested) {
    if (longNumber !== undefined)
      return leftOut(
        builder,
        null,
        `its whole numbers, such as ${shortened(longNumber)}, have more digits than a float64 keeps: an id`,
        longNumber,
      )
    const cells = grid.cells(index, first)
    if (cells.length === grid.rows - first && areIds(cells, role.isNamedId)) {
      numberRows(grid, index, first)
      const largest = cells.reduce((most, cell) => Math.max(most, cell), 0)
      return keptColumn(builder, { kind: 'key', first: largest + 1 })
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
function epochOf({ builder, grid, first }: Finished) {
  const { name, index } = builder
  if (!isTimeName(name)) return undefined
  const form = parseEpoch(String(grid.cells(index, first)[0]))?.form
  if (form === undefined || !grid.every(index, first, (cell) => parseEpoch(String(cell))?.form === form))
    return undefined
  const unit = epochUnitOf(form)!
  grid.map(index, first, (cell) => cell * unit)
  return {
    column: { kind: 'date', form } as const,
    note: `its numbers count ${unit === 1 ? 'milliseconds' : 'seconds'} since 1970, as its name says: ${typesWith(name, 'integer')} makes them numbers`,
  }
}

/** An empty column: nothing can be learned from it, but rows to complete may have one. */
function decideNothing(builder: ColumnBuilder): Decision {
  switch (builder.role.kind) {
    case undefined:
      return builder.role.keepsEmpty
        ? keptColumn(builder, { kind: 'number' })
        : leftOut(builder, 'number', 'it has no values')
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
  const { builder, grid, first } = finished
  const { words, role, index } = builder
  const counts = new Uint32Array(words.length)
  for (const code of grid.cells(index, first)) counts[code]!++
  // the first row may have become the header
  const used = words.filter((_, code) => counts[code]! > 0)
  const codes = new Map(words.map((word, code) => [word, code]))
  const interpreted = interpret(builder, used, (word) => counts[codes.get(word)!]!)
  const missing = interpreted.is === 'category' ? undefined : used.find(({ text }) => isMissingWord(text))
  builder.missingWord = missing?.text
  const put = (cellOf: (word: Word) => number) => {
    const values = Float64Array.from(words, (word, code) => (counts[code] === 0 ? Number.NaN : cellOf(word)))
    grid.map(index, first, (code) => values[code]!)
  }
  switch (interpreted.is) {
    case 'nothing':
      put(() => Number.NaN)
      return decideNothing(builder)
    case 'number':
      // ids with more digits than a number keeps
      if (role.kind === undefined && builder.longNumber !== undefined) return decideNames()
      put((word) => interpreted.reading.cells.get(word) ?? Number.NaN)
      return decideNumbers(
        finished,
        formOfNumbers(interpreted.reading.style, interpreted.reading.digits),
        interpreted.notes,
      )
    case 'date':
      put((word) => interpreted.reading.cells.get(word) ?? Number.NaN)
      return keptColumn(builder, { kind: 'date', form: interpreted.reading.form }, interpreted.notes)
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
    const cells = counts.reduce((sum, count) => sum + count, 0)
    const isTooMany = isFreeText(categories.length, cells) || categories.length > role.maxCategories
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
