/** The kinds of a file's columns, from their cells' texts. */
import { InputError } from '../../core/errors.ts'
import { counted, humanCount, printable } from '../../core/format.ts'
import { joinForms, parseDate } from '../dates.ts'
import type { Column, ColumnKind, DateForm } from '../table.ts'
import { booleanOf, hasThousands, isMissingWord } from './cells.ts'
import { looksLikeId, typesWith } from './choice.ts'
import type { ColumnBuilder } from './column-builder.ts'
import type { Grid } from './grid.ts'
import { booleanOfWord, isInfinite, notFinite, quoted, type Word } from './words.ts'

/** A source column that is not in the table, and why. */
export interface LeftOut {
  readonly name: string
  readonly reason: string
  /** The kind that would keep it if given in `types`; null if none would. */
  readonly kind: ColumnKind | null
}

/** The inferred column; its cells in the grid are then a table's. */
export type Decision =
  | { readonly column: Column; readonly notes: readonly string[] }
  | { readonly leftOut: LeftOut }

/** A column read to the end: its builder and where its cells are. */
interface Finished {
  readonly builder: ColumnBuilder
  readonly grid: Grid
  /** The first row of the table. */
  readonly first: number
}

/** With at most this many values, a few texts among numbers are codes, as in 0, 1, 2, 3+. */
const fewValues = 32

/** Free text has more distinct values than this, in more than half of its cells. */
const maxWordsOfText = 50

/**
 * Infers a column's kind from its cells, unless it is given, and converts them to a table's cells. Throws InputError on
 * numbers with a few texts among them, a number that is not finite, or too many categories.
 */
export function decide(finished: Finished): Decision {
  const { builder, grid, first } = finished
  const { index } = builder
  switch (builder.mode) {
    case 'key':
      for (let i = first; i < grid.rows; i++) grid.values[i * grid.stride + index] = i - first
      return keptColumn(builder, { kind: 'key' })
    case 'numbers':
      return decideNumbers(finished)
    case 'dates':
      return keptColumn(builder, { kind: 'date', form: builder.form })
    case 'texts':
      return decideTexts(finished)
    case 'words':
      return decideWords(finished)
  }
}

function keptColumn(
  builder: ColumnBuilder,
  column: Omit<Column, 'name'>,
  notes: readonly string[] = [],
): Decision {
  const { missingWord, name } = builder
  const missing = missingWord === undefined ? [] : [`${missingWord} counts as a missing value`]
  return { column: { name, ...column }, notes: [...missing, ...notes] }
}

function leftOut({ name }: ColumnBuilder, kind: ColumnKind, reason: string): Decision {
  return { leftOut: { name, reason, kind } }
}

function decideNumbers({ builder, grid, first }: Finished, others: readonly string[] = []): Decision {
  const { role, longNumber, index } = builder
  if (grid.every(index, first, () => false)) return decideNothing(builder)
  const isWhole =
    role.kind === 'integer' || (role.kind === undefined && grid.every(index, first, Number.isInteger))
  if (isWhole && !role.isRequested) {
    if (longNumber !== undefined)
      return leftOut(
        builder,
        'category',
        `its whole numbers, such as ${longNumber}, have more digits than a float64 keeps: an id`,
      )
    const cells = grid.cells(index, first)
    const reason = cells.length < grid.rows - first ? undefined : looksLikeId(cells, role.isNamedId)
    if (reason !== undefined) return leftOut(builder, 'integer', reason)
  }
  const notes = [...others]
  if (longNumber !== undefined) notes.push(`whole numbers as long as ${longNumber} are rounded to float64`)
  if (builder.zeroedNumber !== undefined && role.kind === undefined)
    notes.push(
      `numbers such as ${builder.zeroedNumber} lose their leading zeros: \`types\` keeps them, ${typesWith(builder.name, 'category')}`,
    )
  return keptColumn(builder, { kind: role.kind ?? (isWhole ? 'integer' : 'number') }, notes)
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

/** A column of too many texts to keep them all. */
function decideTexts({ builder, grid, first }: Finished): Decision {
  const cells = grid.cells(builder.index, first)
  requireNoFewTexts(builder, cells.length)
  const sorted = cells.sort()
  const distinct = sorted.reduce((count, cell, i) => count + (i === 0 || cell !== sorted[i - 1] ? 1 : 0), 0)
  if (!builder.role.isRequested && distinct > cells.length / 2)
    return leftOut(builder, 'category', freeText(builder.strangers.number?.text ?? ''))
  throw tooManyCategories(builder, distinct)
}

function decideWords(finished: Finished): Decision {
  const { builder, grid, first } = finished
  const { words, role, index } = builder
  const counts = new Uint32Array(words.length)
  for (const code of grid.cells(index, first)) counts[code]!++
  // the first row may have become the header
  const used = words.filter((_, code) => counts[code]! > 0)
  const present = used.filter(({ text }) => !isMissingWord(text))
  const few = role.kind === undefined ? fewOthers(builder, present, counts) : undefined
  const kind = role.kind ?? few?.kind ?? kindOf(builder, used, present, counts)
  const otherNotes = few ? [few.note] : []
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
      return decideNumbers(finished, otherNotes)
    case 'date': {
      const dates = new Map(present.flatMap(({ text }) => [[text, parseDate(text)] as const]))
      put(({ text }) => dates.get(text)?.time ?? Number.NaN)
      const forms = [...dates.values()].flatMap((date) => (date ? [date.form] : []))
      return keptColumn(builder, { kind, form: joinedForm(forms) }, otherNotes)
    }
    case 'boolean': {
      const { categories, notes } = booleanWords(present)
      put((word) => booleanOfWord(word)!.value)
      return keptColumn(builder, { kind, categories }, notes)
    }
    default: {
      const categories = categoriesOf(used)
      if (!role.isRequested && categories.length > maxWordsOfText) {
        const cells = counts.reduce((sum, count) => sum + count, 0)
        if (categories.length > cells / 2) return leftOut(builder, 'category', freeText(used[0]!.text))
      }
      if (categories.length > role.maxCategories) throw tooManyCategories(builder, categories.length)
      const indices = new Map(categories.map((text, k) => [text, k]))
      put(({ text }) => indices.get(text)!)
      const notes = [...otherNotes, ...numbersAsTexts(builder, used)]
      return keptColumn(builder, { kind: 'category', categories }, notes)
    }
  }
}

/** Infers the kind from a column's words. */
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
  // programs write true, false, and NA for neither; to a person, yes, no and N/A are three answers
  const mayMiss = pair === 'true and false' || used.length === present.length
  if (pair && pair !== '0 and 1' && mayMiss && booleans.every((each) => each?.pair === pair)) return 'boolean'
  const forms = present.map(({ text }) => parseDate(text)?.form)
  if (forms.every((form) => form !== undefined) && joinedForm(forms) !== undefined) return 'date'
  const grouped = present.find((word) => !isNumber(word))!
  if (present.every((word) => isNumber(word) || hasThousands(word.text)))
    throw builder.error(
      grouped.line,
      `${quoted(grouped.text)} has thousands separators: write it without them, or give the column a kind with \`types\`, ${typesWith(builder.name, 'category')}`,
    )
  return 'category'
}

/**
 * What to make of a column of numbers or dates with a few other cells, as in 590 numbers and 136A: names, if they repeat;
 * otherwise numbers or dates, the others being gaps. Undefined of any other column.
 */
function fewOthers(
  builder: ColumnBuilder,
  present: readonly Word[],
  counts: Uint32Array,
): { readonly kind: ColumnKind; readonly note: string } | undefined {
  if (present.length <= fewValues || builder.role.isRequested) return undefined
  const countOf = new Map(builder.words.map((word, code) => [word, counts[code]!]))
  const cellsOf = (words: readonly Word[]) => words.reduce((sum, word) => sum + countOf.get(word)!, 0)
  const cells = cellsOf(present)
  const numbers = present.filter((word) => builder.isNumber(word))
  const dates = present.filter(({ text }) => parseDate(text) !== undefined)
  for (const [those, kind] of [
    [numbers, 'number'],
    [dates, 'date'],
  ] as const) {
    const count = cellsOf(those)
    const others = present.filter((word) => !those.includes(word))
    // a word that may be a number with separators is refused, since it may mean two
    if (others.length === 0 || count < 0.9 * cells || others.some(({ text }) => hasThousands(text))) continue
    if (kind === 'date' && joinedForm(those.map(({ text }) => parseDate(text)?.form)) === undefined) continue
    const listed = `${others
      .slice(0, 3)
      .map(({ text }) => quoted(text))
      .join(', ')}${others.length > 3 ? ', …' : ''}`
    const what = `${humanCount(count)} of ${counted(cells, 'cell')} are ${kind}s, the rest are ${listed}`
    const isNames = present.length <= Math.min(cells / 2, builder.role.maxCategories)
    return isNames
      ? { kind: 'category', note: `${what}: it is a category` }
      : {
          kind,
          note: `${what}, which count as gaps: \`types\` makes it a category, ${typesWith(builder.name, 'category')}`,
        }
  }
  return undefined
}

/** Whether numbers are names: some have leading zeros, and they are few enough to learn each. */
function areCodes({ zeroedNumber, role }: ColumnBuilder, present: readonly Word[], counts: Uint32Array) {
  const cells = counts.reduce((sum, count) => sum + count, 0)
  const most = Math.min(role.maxCategories, cells / 2, Math.max(fewValues, cells / 10))
  return zeroedNumber !== undefined && present.length <= most
}

/** Throws InputError on a column of very many numbers or dates with a few other cells, whose places are not kept. */
function requireNoFewTexts(builder: ColumnBuilder, cells: number): void {
  if (builder.role.isRequested) return
  const { number, date, numbers, dates } = builder.strangers
  for (const [stranger, count, noun] of [
    [number, numbers, 'number'],
    [date, dates, 'date'],
  ] as const)
    if (stranger && count >= 0.9 * cells)
      throw builder.error(
        stranger.line,
        `${quoted(stranger.text)} is no ${noun}, but ${humanCount(count)} of ${counted(cells, 'cell')} are: correct it, \`drop\` the column, or give it a kind with \`types\`, ${typesWith(builder.name, 'category')}`,
      )
}

function joinedForm(forms: readonly (DateForm | undefined)[]): DateForm | undefined {
  return forms.reduce((a, b) => (a === undefined || b === undefined ? undefined : joinForms(a, b)))
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
  const { name, role, hasNumbers, zeroedNumber } = builder
  if (role.isRequested || !used.every(({ number }) => Number.isFinite(number))) return []
  const why = hasNumbers
    ? `its numbers have leading zeros, such as ${zeroedNumber}`
    : 'its numbers are given as text'
  return [`${why}, so it is a category: \`types\` makes it numeric, ${typesWith(name, 'number')}`]
}

function freeText(text: string): string {
  if (/^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)/.test(text))
    return `nearly all its values differ, and dates such as ${text} are not recognised: write them as 2011-12-31`
  if (/^[+-]?\d+,\d+$/.test(text))
    return `nearly all its values differ, and numbers such as ${text} are not recognised: use a decimal point, not a comma`
  return 'nearly all its values differ: free text or an id'
}

function tooManyCategories(builder: ColumnBuilder, count: number): InputError {
  return new InputError(
    `${builder.source.name}, column ${printable(builder.name)} has ${humanCount(count)} distinct values, and a category at most ${humanCount(builder.role.maxCategories)}: \`drop\` it, or merge values`,
    'bad-data',
  )
}
