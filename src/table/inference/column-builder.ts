import { InputError } from '../../core/errors.ts'
import { humanCount, printable } from '../../core/format.ts'
import { TextSummary } from '../generated/text-summary.ts'
import type { ColumnKind } from '../table.ts'
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
import { withDayAsMonth } from './date-column.ts'
import { countPlain, type Digits, noDigits } from './digits.ts'
import { type FirstTexts, fewTexts, firstTextsOf } from './first-texts.ts'
import type { Grid } from './grid.ts'
import { addOdd, type Dates, maxWords, nextDate, type OddCells } from './long-column.ts'
import { readingOf, requireDecided, type Source } from './reading.ts'
import { cellOfAny, isInfinite, lackOf, lackOfPair, quoted, type Word } from './words.ts'
import { type NumberStyle, numberIn } from './written-numbers.ts'

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
  /** Of dates, once the words are dropped. */
  dates: Dates | undefined
  /** Of numbers that are no plain decimals, once the words are dropped. */
  style: NumberStyle | undefined
  /** The digits of the numbers, once the words are dropped. */
  digits: Digits = noDigits()
  /** The first number that the style's decimal separator decides. */
  doubtful: Word | undefined
  /** Of numbers or dates, once the words are dropped. */
  readonly odd: OddCells = { count: 0, hashes: new Set(), texts: [] }
  /** What a column of texts has in common, once the words are dropped. */
  texts: TextSummary | undefined
  /** The first cells as they stand, once the words are dropped, and of a key. */
  firstTexts: FirstTexts = []
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

  constructor(name: string, role: ColumnRole, source: Source, grid: Grid, index: number) {
    this.name = name
    this.role = role
    this.source = source
    this.mode = role.kind === 'key' ? 'key' : 'words'
    this.hasNumbers = source.isText
    // whole numbers are all checked
    this.#plainest = role.kind === 'integer' ? -1 : Number.MAX_SAFE_INTEGER
    this.#maxWords = role.kind === 'category' ? Number.POSITIVE_INFINITY : maxWords
    this.#grid = grid
    this.index = index
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
    this.digits.isMixed = true
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

  error(line: number, problem: string): InputError {
    const { name, place } = this.source
    return new InputError(`${name}, ${place} ${line}, column ${printable(this.name)}: ${problem}`, 'bad-data')
  }

  #numberOf(text: string): number {
    return numberOf(text, this.source.hasDecimalCommas ?? false)
  }

  /** A text's number in the column's style, once the words are dropped. */
  #countedNumber(text: string): number {
    if (this.style) return numberIn(text, this.style, this.digits)
    const number = this.#numberOf(text)
    if (this.mode === 'numbers' && Number.isFinite(number)) countPlain(this.digits, text)
    return number
  }

  /** A key's cells number the rows; the first are kept to show them. */
  #keyCell(text: string): number {
    if (this.firstTexts.length < fewTexts) this.firstTexts = [...this.firstTexts, text === '' ? null : text]
    return Number.NaN
  }

  #newWord(key: string | number, text: string, value: number | undefined, line: number): number {
    const detachedKey = typeof key === 'string' ? detachedCopy(key) : key
    if (text === '') {
      this.#codes.set(detachedKey, Number.NaN)
      return Number.NaN
    }
    const word = {
      text:
        typeof detachedKey === 'string' && text.length === detachedKey.length
          ? detachedKey
          : detachedCopy(text),
      number: value ?? this.#numberOf(text),
      line,
      ...(value !== undefined && { isTyped: true }),
    }
    if (typeof detachedKey === 'string' && detachedKey.length > text.length) this.padded.push(detachedKey)
    this.#requireKind(word)
    if (losesDigits(text, word.number)) this.longNumber ??= word.text
    if (hasLeadingZeros(text)) this.zeroedNumber ??= word.text
    const code = this.words.push(word) - 1
    this.#codes.set(detachedKey, code)
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
    return this.error(
      line,
      `${quoted(text)} is no ${lack}: correct it, or give the column another kind with \`types\``,
    )
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
    if (kind !== undefined) throw this.contradiction(word, lackOf(this.role, word) ?? this.#nounOf(kind))
    return this.#readOdd(word.text)
  }

  #nounOf(kind: ColumnKind): string {
    return this.dates ? `date of the form ${this.dates.form}` : `${kind} as the others are`
  }

  /** A cell's time, if it goes with the dates so far. */
  #readDate(word: Word): number | undefined {
    const next = nextDate(this.dates!, word, this.role.kind === 'date')
    if (next?.isSwapped) {
      const { hashes } = this.odd
      this.#grid.map(this.index, 0, (cell) => (hashes.has(cell) ? cell : withDayAsMonth(cell)))
    }
    return next?.time
  }

  /** Counts a cell that is no number, or no date; with too many of them, the column is one of texts. */
  #readOdd(text: string): number {
    const hash = addOdd(this.odd, text)
    const { hashes, texts } = this.odd
    if (hashes.size > maxWords) {
      const summary = this.#beginTexts()
      for (const text of texts) summary.add(text)
      this.#grid.map(this.index, 0, (cell) => (hashes.has(cell) ? cell : this.#readText(String(cell))))
      hashes.clear()
    }
    return hash
  }

  #beginTexts(): TextSummary {
    this.mode = 'texts'
    this.texts = new TextSummary()
    return this.texts
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
    const other =
      kind === undefined || isComplete ? undefined : present.find((word) => !reading?.cells.has(word))
    if ((!isComplete || reading.isUndecided) && this.role.maxCategories > words.length) {
      this.#maxWords = Number.POSITIVE_INFINITY
      return newest
    }
    let cellOf: (word: Word) => number
    if (!reading || (kind === undefined && this.longNumber !== undefined)) {
      this.#beginTexts()
      cellOf = ({ text }) => this.#readText(text)
    } else {
      const { cells } = reading
      if (reading.kind === 'date') {
        const { form, order, isUndecided, doubtful } = reading
        this.mode = 'dates'
        this.dates = { form, order: isUndecided ? undefined : order, doubtful }
      } else {
        requireDecided(this, reading)
        this.mode = 'numbers'
        this.style = reading.style
        this.digits = reading.digits
        this.doubtful = reading.doubtful
      }
      if (other) throw this.contradiction(other, this.#nounOf(kind!))
      this.missingWord = words.find(({ text }) => isMissingWord(text))?.text
      cellOf = (word) => cells.get(word) ?? (isMissingWord(word.text) ? Number.NaN : this.#readOdd(word.text))
    }
    this.firstTexts = firstTextsOf(this, this.#grid)
    // each cell is read again, so that odd ones are counted
    this.#grid.map(this.index, 0, (code) => cellOf(words[code]!))
    const last = words[newest]!
    this.words = []
    this.#codes.clear()
    return cellOf(last)
  }
}
