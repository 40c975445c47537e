import { InputError } from '../core/errors.ts'
import { counted, humanCount, printable } from '../core/format.ts'
import { booleanOf, hasThousands, isMissingWord } from './cells.ts'
import { typesWith } from './choice.ts'
import type { ColumnBuilder, Strangers } from './column-builder.ts'
import { joinForms, parseDate } from './dates.ts'
import type { Grid } from './grid.ts'
import { looksLikeId } from './ids.ts'
import type { Column, ColumnKind, DateForm } from './table.ts'
import { booleanOfWord, isInfinite, notFinite, quoted, type Word } from './words.ts'

/** A column of the source that is not in the table, and why. */
export interface LeftOut {
  readonly name: string
  readonly reason: string
  /** The kind that keeps it where it is given by `types`; null where none does. */
  readonly kind: ColumnKind | null
}

/** What a column turned out to be; its cells in the grid are then those of a table. */
export type Decision =
  | { readonly column: Column; readonly notes: readonly string[] }
  | { readonly leftOut: LeftOut }

/** A finished column: its builder, and where its cells are. */
interface Finished {
  readonly builder: ColumnBuilder
  readonly grid: Grid
  /** The row that the table begins with. */
  readonly first: number
}

/** With so many values or fewer, a few texts among numbers are codes, as in 0, 1, 2, 3+. */
const fewValues = 32

/** Free text has more different values than this, in more than half of its cells. */
const maxWordsOfText = 50

/**
 * Tells the kind of a column by its cells, unless it is given, and makes them those of a table. Throws InputError on a
 * column that is neither: numbers with a few texts among them, a number that is not finite, too many categories.
 */
export function decide(finished: Finished): Decision {
  const { builder, grid, first } = finished
  const { index } = builder
  switch (builder.mode) {
    case 'key':
      for (let i = first; i < grid.rows; i++) grid.values[i * grid.stride + index] = i - first
      return kept(builder, { kind: 'key' })
    case 'numbers':
      return decideNumbers(finished)
    case 'dates':
      return kept(builder, { kind: 'date', form: builder.form })
    case 'texts':
      return decideTexts(finished)
    case 'words':
      return decideWords(finished)
  }
}

function kept(builder: ColumnBuilder, column: Omit<Column, 'name'>, notes: readonly string[] = []): Decision {
  const { missingWord, name } = builder
  const missing = missingWord === undefined ? [] : [`${missingWord} is taken for a missing value`]
  return { column: { name, ...column }, notes: [...missing, ...notes] }
}

function leftOut({ name }: ColumnBuilder, kind: ColumnKind, reason: string): Decision {
  return { leftOut: { name, reason, kind } }
}

function decideNumbers({ builder, grid, first }: Finished): Decision {
  const { role, longNumber, index } = builder
  if (grid.every(index, first, () => false)) return decideNothing(builder)
  const isWhole =
    role.kind === 'integer' || (role.kind === undefined && grid.every(index, first, Number.isInteger))
  if (isWhole && !role.isAsked) {
    if (longNumber !== undefined)
      return leftOut(
        builder,
        'category',
        `its whole numbers, such as ${longNumber}, have more digits than a number keeps: an id`,
      )
    const cells = grid.cells(index, first)
    const reason = cells.length < grid.rows - first ? undefined : looksLikeId(cells, role.isNamedId)
    if (reason !== undefined) return leftOut(builder, 'integer', reason)
  }
  const notes: string[] = []
  if (longNumber !== undefined)
    notes.push(`whole numbers as long as ${longNumber} are rounded to what a number keeps`)
  if (builder.zeroedNumber !== undefined && role.kind === undefined)
    notes.push(
      `numbers such as ${builder.zeroedNumber} lose the zeros before them: \`types\` keeps these, ${typesWith(builder.name, 'category')}`,
    )
  return kept(builder, { kind: role.kind ?? (isWhole ? 'integer' : 'number') }, notes)
}

/** A column without a value: nothing can be learned of it, but rows to be completed may have it. */
function decideNothing(builder: ColumnBuilder): Decision {
  switch (builder.role.kind) {
    case undefined:
      return builder.role.isKept
        ? kept(builder, { kind: 'number' })
        : leftOut(builder, 'number', 'it has no value at all')
    case 'category':
      return kept(builder, { kind: 'category', categories: [] })
    case 'boolean':
      return kept(builder, { kind: 'boolean', categories: ['false', 'true'] })
    case 'date':
      return kept(builder, { kind: 'date', form: 'YYYY-MM-DD' })
    default:
      return kept(builder, { kind: builder.role.kind })
  }
}

/** A column of so many texts that they were not kept. */
function decideTexts({ builder, grid, first }: Finished): Decision {
  const cells = grid.cells(builder.index, first)
  requireNoFewTexts(builder, builder.strangers, cells.length, Number.POSITIVE_INFINITY)
  const sorted = cells.sort()
  const distinct = sorted.reduce((count, cell, i) => count + (i === 0 || cell !== sorted[i - 1] ? 1 : 0), 0)
  if (!builder.role.isAsked && distinct > cells.length / 2)
    return leftOut(builder, 'category', freeText(builder.strangers.number?.text ?? ''))
  throw tooManyCategories(builder, distinct)
}

function decideWords(finished: Finished): Decision {
  const { builder, grid, first } = finished
  const { words, role, index } = builder
  const counts = new Uint32Array(words.length)
  for (const code of grid.cells(index, first)) counts[code]!++
  // the first row may have become the names
  const used = words.filter((_, code) => counts[code]! > 0)
  const present = used.filter(({ text }) => !isMissingWord(text))
  const kind = role.kind ?? kindOf(builder, used, present, counts)
  const missing = kind === 'category' ? undefined : used.find(({ text }) => isMissingWord(text))
  builder.missingWord = missing?.text
  if (present.length === 0 && (kind !== 'category' || used.length === 0)) {
    grid.map(index, first, () => Number.NaN)
    return decideNothing(builder)
  }
  const put = (cellOf: (word: Word) => number) => {
    const values = Float64Array.from(words, (word, code) =>
      counts[code] === 0 || (missing !== undefined && isMissingWord(word.text)) ? Number.NaN : cellOf(word),
    )
    grid.map(index, first, (code) => values[code]!)
  }
  switch (kind) {
    case 'number':
    case 'integer':
      put(({ number }) => number)
      return decideNumbers(finished)
    case 'date': {
      const dates = new Map(present.map(({ text }) => [text, parseDate(text)!]))
      put(({ text }) => dates.get(text)!.time)
      return kept(builder, { kind, form: joinedForm([...dates.values()].map(({ form }) => form)) })
    }
    case 'boolean': {
      const { categories, notes } = booleanWords(present)
      put((word) => booleanOfWord(word)!.value)
      return kept(builder, { kind, categories }, notes)
    }
    default: {
      const categories = categoriesOf(used)
      if (!role.isAsked && categories.length > maxWordsOfText) {
        const cells = counts.reduce((sum, count) => sum + count, 0)
        if (categories.length > cells / 2) return leftOut(builder, 'category', freeText(used[0]!.text))
      }
      if (categories.length > role.maxCategories) throw tooManyCategories(builder, categories.length)
      const indices = new Map(categories.map((text, k) => [text, k]))
      put(({ text }) => indices.get(text)!)
      return kept(builder, { kind: 'category', categories }, numbersAsTexts(builder, used))
    }
  }
}

/** The kind that a column's words tell. */
function kindOf(
  builder: ColumnBuilder,
  used: readonly Word[],
  present: readonly Word[],
  counts: Uint32Array,
): ColumnKind {
  if (present.length === 0) return 'number'
  const isNumber = (word: Word) => builder.isNumber(word)
  if (builder.hasNumbers && present.every(({ number }) => !Number.isNaN(number))) {
    const infinite = present.find(({ number }) => isInfinite(number))
    if (infinite) throw builder.error(infinite.line, notFinite(infinite))
    return areCodes(builder, present, counts) ? 'category' : 'number'
  }
  const booleans = present.map((word) => (isNumber(word) ? undefined : booleanOfWord(word)))
  const pair = booleans[0]?.pair
  // programs write true and false, and NA for neither; a person who answers yes, no or N/A has given three answers
  const mayMiss = pair === 'true and false' || used.length === present.length
  if (pair && pair !== '0 and 1' && mayMiss && booleans.every((each) => each?.pair === pair)) return 'boolean'
  const forms = present.map(({ text }) => parseDate(text)?.form)
  if (forms.every((form) => form !== undefined) && joinedForm(forms) !== undefined) return 'date'
  const cellsOf = (is: (word: Word, k: number) => boolean) =>
    builder.words.reduce((sum, word, code) => sum + (is(word, code) ? counts[code]! : 0), 0)
  const grouped = present.find((word) => !isNumber(word))!
  if (present.every((word) => isNumber(word) || hasThousands(word.text)))
    throw builder.error(
      grouped.line,
      `${quoted(grouped.text)} has separators of thousands: write it without, or \`types\` gives the column a kind, ${typesWith(builder.name, 'category')}`,
    )
  const firstOf = (isOther: (k: number) => boolean) => present.find((_, k) => isOther(k))
  requireNoFewTexts(
    builder,
    {
      number: firstOf((k) => !isNumber(present[k]!)),
      date: firstOf((k) => forms[k] === undefined),
      numbers: cellsOf((word) => isNumber(word) && !isMissingWord(word.text)),
      dates: cellsOf((word) => parseDate(word.text) !== undefined),
    },
    cellsOf((word) => !isMissingWord(word.text)),
    present.length,
  )
  return 'category'
}

/** Whether numbers are names, for some have zeros before them, and so few that each can be learned. */
function areCodes({ zeroedNumber, role }: ColumnBuilder, present: readonly Word[], counts: Uint32Array) {
  const cells = counts.reduce((sum, count) => sum + count, 0)
  const most = Math.min(role.maxCategories, cells / 2, Math.max(fewValues, cells / 10))
  return zeroedNumber !== undefined && present.length <= most
}

/** Throws InputError on a column that is numbers, or dates, but for a few cells: it is taken for no category. */
function requireNoFewTexts(
  builder: ColumnBuilder,
  { number, date, numbers, dates }: Strangers,
  cells: number,
  distinct: number,
): void {
  if (distinct <= fewValues || builder.role.isAsked) return
  for (const [stranger, count, what] of [
    [number, numbers, 'number'],
    [date, dates, 'date'],
  ] as const)
    if (stranger && count >= 0.9 * cells)
      throw builder.error(
        stranger.line,
        `${quoted(stranger.text)} is no ${what}, as ${humanCount(count)} of ${counted(cells, 'cell')} are: correct it, \`drop\` the column, or \`types\` gives it a kind, ${typesWith(builder.name, 'category')}`,
      )
}

function joinedForm(forms: readonly (DateForm | undefined)[]): DateForm | undefined {
  return forms.reduce((a, b) => (a === undefined || b === undefined ? undefined : joinForms(a, b)))
}

/** The words for no and yes as they are spelled first; where one is not there, it is spelled as the other is. */
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
    .map((texts) => `${texts.join(', ')} are one word, written ${texts[0]}`)
  return { categories, notes }
}

/** The words' texts, each once: in the order of their numbers where all are numbers, else of their code units. */
function categoriesOf(used: readonly Word[]): string[] {
  const numbers = new Map(used.map(({ text, number }) => [text, number]))
  const texts = [...numbers.keys()].sort()
  return [...numbers.values()].every(Number.isFinite)
    ? texts.sort((a, b) => numbers.get(a)! - numbers.get(b)!)
    : texts
}

/** Says of a category whose words are all numbers why it is none of numbers, and how it would be. */
function numbersAsTexts(builder: ColumnBuilder, used: readonly Word[]): string[] {
  const { name, role, hasNumbers, zeroedNumber } = builder
  if (role.isAsked || !used.every(({ number }) => Number.isFinite(number))) return []
  const why = hasNumbers
    ? `its numbers have zeros before them, as ${zeroedNumber} has`
    : 'its numbers are texts'
  return [
    `${why}, which makes it a category: \`types\` makes it one of numbers, ${typesWith(name, 'number')}`,
  ]
}

function freeText(text: string): string {
  if (/^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)/.test(text))
    return `nearly all its values differ, and dates such as ${text} are not read: write them as 2011-12-31`
  if (/^[+-]?\d+,\d+$/.test(text))
    return `nearly all its values differ, and numbers such as ${text} are not read: write a point for the comma`
  return 'nearly all its values differ: free text or an id'
}

function tooManyCategories(builder: ColumnBuilder, count: number): InputError {
  return new InputError(
    `${builder.source.name}, column ${printable(builder.name)} has ${humanCount(count)} different values, more than the ${humanCount(builder.role.maxCategories)} of a category: \`drop\` it, or join values`,
    'bad-data',
  )
}
