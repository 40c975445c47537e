import { InputError } from '../../core/errors.ts'
import { humanCount, printable } from '../../core/format.ts'
import { TextSummary } from '../generated/text-summary.ts'
import {
  detachedCopy,
  hashOf,
  hasLeadingZeros,
  isMissingWord,
  losesDigits,
  mayLackDigits,
  numberOf,
} from './cells.ts'
import type { ColumnRole } from './choice.ts'
import { nextDate, withDayAsMonth } from './date-column.ts'
import { countPlain } from './digits.ts'
import { type Grid, replaceCells } from './grid.ts'
import { nounOf, type Reading, readingOf, requireDecided } from './reading.ts'
import { cellOfAny, isInfinite, lackOf, lackOfPair, quoted, type Source, type Word } from './words.ts'
import { numberIn } from './written-numbers.ts'
import { type Years, yearsIn } from './years-in-codes.ts'

/** The maximum number of words to keep: a column with more holds numbers or dates, or cannot be learned. */
const maxWords = 20_000

/** How many odd cells are kept to be listed. */
const maxListed = 4

/** So many cells are kept as they stand, to show; and one more, which may turn out to be the header. */
const fewTexts = 25

/**
 * Collects a column's cells. At first they are indices into a list of words, so that `007` can become a category and 7 a
 * number once all cells are read. With too many words it drops the list: cells are then numbers, dates, or hashes of texts,
 * which suffice to count them.
 */
export class ColumnBuilder {
  name: string
  readonly role: ColumnRole
  readonly source: Source
  /** Its index in the grid. */
  readonly index: number
  mode: 'words' | 'numbers' | 'dates' | 'texts' | 'key'
  words: Word[] = []
  /** The cells of words that have spaces at their ends, which the words have not. */
  readonly padded: string[] = []
  /** Whether some numbers are not written as texts. */
  hasNumbers: boolean
  /** What the cells are, once the words are dropped, unless they are texts. */
  reading: Reading | undefined
  /** Cells that are no numbers in a column of numbers, or no dates in one of dates, once the words are dropped. */
  readonly odd = { count: 0, hashes: new Set<number>(), texts: [] as string[] }
  /** What a column of texts has in common, once the words are dropped. */
  texts: TextSummary | undefined
  /** The first cells as they stand, once the words are dropped, and of a key. */
  #firstTexts: readonly (string | null)[] = []
  /** The numbers of codes that may be years, in the rows before the words are dropped. */
  years: readonly Years[] = []
  /** The first word that was read as a missing value. */
  missingWord: string | undefined
  /** A whole number with more digits than float64 keeps. */
  longNumber: string | undefined
  /** A whole number with leading zeros. */
  zeroedNumber: string | undefined
  /** Numbers up to this one are stored as they are. */
  readonly #plainest: number
  /** The number of words after which the list is dropped. */
  #maxWords: number
  readonly #codes = new Map<string | number, number>([['', Number.NaN]])
  readonly #grid: Grid

  constructor(name: string, role: ColumnRole, source: Source, grid: Grid) {
    this.name = name
    this.role = role
    this.source = source
    this.mode = role.kind === 'key' ? 'key' : 'words'
    this.hasNumbers = source.isText
    // whole numbers are all checked
    this.#plainest = role.kind === 'integer' ? -1 : Number.MAX_SAFE_INTEGER
    this.#maxWords = role.kind === 'category' ? Number.POSITIVE_INFINITY : maxWords
    this.#grid = grid
    this.index = grid.addColumn()
  }

  /** Returns the grid's value for a text. Throws InputError if it doesn't fit the given kind. */
  text(text: string, line: number): number {
    if (this.mode === 'words')
      return this.#codes.get(text) ?? this.#newWord(text, text.trim(), undefined, line)
    if (this.mode === 'key') return this.#keyCell(text.trim())
    const trimmed = text.trim()
    const number = this.#countedNumber(trimmed)
    // nearly every cell of a large file ends here
    if (this.mode === 'numbers' && Math.abs(number) <= this.#plainest) return number
    return trimmed === '' ? Number.NaN : this.#read(trimmed, number, line)
  }

  /** The same for a number. Also throws InputError if it is infinite. */
  number(number: number, row: number): number {
    if (this.mode === 'key') return this.#keyCell(Number.isNaN(number) ? '' : String(number))
    if (Number.isNaN(number)) return Number.NaN
    if (isInfinite(number))
      throw new InputError(
        `${this.source.name}, ${this.source.place} ${row}, column ${printable(this.name)} is ${number}: give finite numbers`,
        'bad-data',
      )
    this.hasNumbers = true
    if (this.reading?.kind === 'number') this.reading.digits.isMixed = true
    if (mayLackDigits(number)) this.longNumber ??= String(number)
    if (this.mode === 'numbers' && this.role.kind !== 'integer') return number
    if (this.mode !== 'words') return this.#read(String(number), number, row)
    // a Map treats -0 as 0
    const key = Object.is(number, -0) ? '-0' : number
    return this.#codes.get(key) ?? this.#newWord(key, String(key), number, row)
  }

  /** The same for a value of any type. Also throws InputError if no cell can hold it. */
  value(value: unknown, row: number): number {
    const cell = cellOfAny(value)
    if (cell === null) return Number.NaN
    if (typeof cell === 'number') return this.number(cell, row)
    if (typeof cell !== 'string') throw this.error(row, cell.problem)
    // more digits than a number keeps
    if (typeof value === 'bigint') this.hasNumbers = true
    return this.text(cell, row)
  }

  /** The first cells as they stand, null for one that is missing: a column that is generated keeps no other. */
  firstTexts(): readonly (string | null)[] {
    if (this.mode !== 'words') return this.#firstTexts
    return Array.from(this.#cells.subarray(0, fewTexts), (code) => {
      const text = this.words[code]?.text
      return text === undefined || isMissingWord(text) ? null : text
    })
  }

  get #cells(): Float64Array {
    return this.#grid.all(this.index, 0)
  }

  error(line: number, problem: string): InputError {
    const { name, place } = this.source
    return new InputError(`${name}, ${place} ${line}, column ${printable(this.name)}: ${problem}`, 'bad-data')
  }

  #numberOf(text: string): number {
    return numberOf(text, this.source.hasDecimalCommas ?? false)
  }

  /** A text's number in the column's style, once the words are dropped. */
  #countedNumber(text: string): number {
    const { reading } = this
    if (reading?.kind !== 'number') return this.#numberOf(text)
    if (reading.style) return numberIn(text, reading.style, reading.digits)
    const number = this.#numberOf(text)
    if (Number.isFinite(number)) countPlain(reading.digits, text)
    return number
  }

  /** A key's cells number the rows; the first are kept to show them. */
  #keyCell(text: string): number {
    if (this.#firstTexts.length < fewTexts)
      this.#firstTexts = [...this.#firstTexts, text === '' ? null : text]
    return Number.NaN
  }

  #newWord(key: string | number, text: string, value: number | undefined, line: number): number {
    const ownText = detachedCopy(text)
    const ownKey = typeof key === 'number' ? key : key === text ? ownText : detachedCopy(key)
    if (text === '') return this.#codes.set(ownKey, Number.NaN).get(ownKey)!
    const word = { text: ownText, number: value ?? this.#numberOf(text), line, isTyped: value !== undefined }
    if (typeof ownKey === 'string' && ownKey !== ownText) this.padded.push(ownKey)
    this.#requireKind(word)
    if (losesDigits(text, word.number)) this.longNumber ??= word.text
    if (hasLeadingZeros(text)) this.zeroedNumber ??= word.text
    const code = this.words.push(word) - 1
    this.#codes.set(ownKey, code)
    return this.words.length > this.#maxWords ? this.#giveUpWords(code) : code
  }

  /** Throws InputError if a new word doesn't fit the given kind. */
  #requireKind(word: Word): void {
    const { kind, maxCategories } = this.role
    if (kind === undefined) return
    if (kind === 'category' && this.words.length >= maxCategories)
      throw this.error(
        word.line,
        `with this cell the column has more than ${humanCount(maxCategories)} distinct values, too many for a category: \`drop\` it, or merge values`,
      )
    const lack = lackOf(this.role, word) ?? (kind === 'boolean' ? lackOfPair(this.words, word) : undefined)
    if (lack !== undefined) throw this.contradiction(word, lack)
  }

  /** The error of a cell that does not fit the given kind. */
  contradiction({ text, line }: Word, lack: string): InputError {
    const remedy = 'correct it, or give the column another kind with `types`'
    return this.error(line, `${quoted(text)} is no ${lack}: ${remedy}`)
  }

  /** Reads a cell once the words are dropped. */
  #read(text: string, number: number, line: number): number {
    if (this.mode === 'texts') return this.#readText(text)
    const { kind } = this.role
    if (this.mode === 'numbers') {
      if (losesDigits(text, number)) this.longNumber ??= detachedCopy(text)
      if (kind === 'integer' ? Number.isInteger(number) : Number.isFinite(number)) return number
    } else {
      const time = this.#readDate({ text, number, line })
      if (time !== undefined) return time
    }
    if (isMissingWord(text)) {
      this.missingWord ??= detachedCopy(text)
      return Number.NaN
    }
    const word = { text: detachedCopy(text), number, line }
    if (kind !== undefined)
      throw this.contradiction(word, lackOf(this.role, word) ?? nounOf(kind, this.reading))
    return this.#readOdd(word.text)
  }

  /** A cell's time, if it goes with the dates so far. */
  #readDate(word: Word): number | undefined {
    if (this.reading?.kind !== 'date') return undefined
    const next = nextDate(this.reading, word, this.role.kind === 'date')
    const { hashes } = this.odd
    if (next?.isSwapped) replaceCells(this.#cells, (cell) => (hashes.has(cell) ? cell : withDayAsMonth(cell)))
    return next?.time
  }

  /** Counts a cell that is no number, or no date; with too many of them, the column is one of texts. */
  #readOdd(text: string): number {
    const hash = hashOf(text)
    const { hashes, texts } = this.odd
    this.odd.count++
    hashes.add(hash)
    if (texts.length < maxListed) texts.push(text)
    if (hashes.size > maxWords) this.becomeTexts(this.#cells)
    return hash
  }

  /** Makes numbers or dates, and the odd cells among them, texts. */
  becomeTexts(cells: Float64Array): void {
    const { hashes, texts } = this.odd
    this.#beginTexts()
    for (const text of texts) this.#readText(text)
    replaceCells(cells, (cell) => (hashes.has(cell) ? cell : this.#readText(String(cell))))
    hashes.clear()
  }

  #beginTexts(): void {
    this.mode = 'texts'
    this.reading = undefined
    this.texts = new TextSummary()
  }

  /** The hash of a text. */
  #readText(text: string): number {
    if (isMissingWord(text)) {
      this.missingWord ??= detachedCopy(text)
      return Number.NaN
    }
    this.texts!.add(text)
    return hashOf(text)
  }

  /** Replaces the cells so far, which are indices of words, and returns the newest one's replacement. */
  #giveUpWords(newest: number): number {
    const { words } = this
    const { kind } = this.role
    const present = words.filter((word) => !isMissingWord(word.text))
    const reading = readingOf(this, { words: present, countOf: () => 1 })
    const isComplete = reading?.cells.size === present.length
    if ((!isComplete || reading.isUndecided) && this.role.maxCategories > words.length) {
      this.#maxWords = Number.POSITIVE_INFINITY
      return newest
    }
    this.#firstTexts = this.firstTexts()
    let cellOf: (word: Word) => number
    if (!reading || (kind === undefined && this.longNumber !== undefined)) {
      this.#beginTexts()
      this.years = yearsIn(words, this.#cells)
      cellOf = ({ text }) => this.#readText(text)
    } else {
      const { cells } = reading
      if (reading.kind === 'number') requireDecided(this, reading)
      this.mode = reading.kind === 'number' ? 'numbers' : 'dates'
      // without its words, which take memory
      this.reading = { ...reading, cells: new Map() }
      const other = present.find((word) => !cells.has(word))
      if (kind !== undefined && other) throw this.contradiction(other, nounOf(kind, reading))
      this.missingWord = words.find(({ text }) => isMissingWord(text))?.text
      cellOf = (word) => cells.get(word) ?? (isMissingWord(word.text) ? Number.NaN : this.#readOdd(word.text))
    }
    // each cell is read again, so that odd ones are counted
    replaceCells(this.#cells, (code) => cellOf(words[code]!))
    this.words = []
    this.#codes.clear()
    return cellOf(words[newest]!)
  }
}
