import { InputError } from '../../core/errors.ts'
import { humanCount, printable } from '../../core/format.ts'
import { joinForms, parseDate, textOfDate } from '../dates.ts'
import type { DateForm } from '../table.ts'
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
import type { Grid } from './grid.ts'
import { booleanOfWord, isInfinite, lackOf, notFinite, quoted, type Word } from './words.ts'

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

/** The other cells of a column of numbers or dates. */
export interface Strangers {
  /** The first cell that isn't a number, and the first that isn't a date. */
  number?: Word | undefined
  date?: Word | undefined
  /** The numbers of cells that are numbers and dates. */
  numbers: number
  dates: number
}

/** The maximum number of words to keep: a column with more holds numbers or dates, or cannot be learned. */
const maxWords = 20_000

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
  /** Whether some numbers are not written as texts. */
  hasNumbers: boolean
  /** The form of the dates, once the words are dropped. */
  form: DateForm | undefined
  /** For texts, once the words are dropped. */
  strangers: Strangers = { numbers: 0, dates: 0 }
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
    if (this.mode === 'key') return Number.NaN
    const trimmed = text.trim()
    const number = this.#numberOf(trimmed)
    // nearly every cell of a large file ends here
    if (this.mode === 'numbers' && Math.abs(number) <= this.#plainest) return number
    return trimmed === '' ? Number.NaN : this.#read(trimmed, number, line)
  }

  /** The same for a number. Also throws InputError if it is infinite. */
  number(number: number, row: number): number {
    if (this.mode === 'key' || Number.isNaN(number)) return Number.NaN
    if (isInfinite(number))
      throw new InputError(
        `${this.source.name}, ${this.source.place} ${row}, column ${printable(this.name)} is ${number}: give finite numbers`,
        'bad-data',
      )
    this.hasNumbers = true
    if (mayLackDigits(number)) this.longNumber ??= String(number)
    if (this.mode === 'numbers' && this.role.kind !== 'integer') return number
    if (this.mode !== 'words') return this.#read(String(number), number, row)
    // a Map treats -0 as 0
    const key = Object.is(number, -0) ? '-0' : number
    return this.#codes.get(key) ?? this.#newWord(key, String(key), number, row)
  }

  /** The same for a value of any type. Also throws InputError if no cell can hold it. */
  value(value: unknown, row: number): number {
    if (value === null || value === undefined) return Number.NaN
    switch (typeof value) {
      case 'string':
        return this.text(value, row)
      case 'boolean':
        return this.text(String(value), row)
      case 'number':
        return this.number(value, row)
      case 'bigint':
        if (Number.isSafeInteger(Number(value))) return this.number(Number(value), row)
        this.hasNumbers = true
        return this.text(String(value), row)
    }
    const date = value instanceof Date ? textOfDate(value) : undefined
    if (date !== undefined) return this.text(date, row)
    const description = Array.isArray(value)
      ? 'an array'
      : value instanceof Date
        ? 'an invalid date'
        : `this ${typeof value}`
    throw this.error(
      row,
      `${description} is no cell: give a number, a text, true, false or null, or \`drop\` the column`,
    )
  }

  /** Whether a word counts as a number. */
  isNumber({ number }: Pick<Word, 'number'>): boolean {
    return this.hasNumbers && Number.isFinite(number)
  }

  error(line: number, problem: string): InputError {
    const { name, place } = this.source
    return new InputError(`${name}, ${place} ${line}, column ${printable(this.name)}: ${problem}`, 'bad-data')
  }

  #numberOf(text: string): number {
    return numberOf(text, this.source.hasDecimalCommas ?? false)
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
    }
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
    const lack = lackOf(kind, word)
    if (lack !== undefined) throw this.#contradiction(word, lack)
    if (isMissingWord(word.text)) return
    if (kind === 'date' && !this.#joinForm(parseDate(word.text)!.form))
      throw this.#contradiction(word, `date of the form ${this.form}`)
    if (kind === 'boolean') {
      const first = this.words.find(({ text }) => !isMissingWord(text))
      if (first && booleanOfWord(first)!.pair !== booleanOfWord(word)!.pair)
        throw this.#contradiction(word, `boolean as '${first.text}' is`)
    }
  }

  #contradiction({ text, line }: Word, lack: string): InputError {
    return this.error(
      line,
      `${quoted(text)} is no ${lack}: correct it, or give the column another kind with \`types\``,
    )
  }

  /** Widens the column's form to include this one; returns false if they don't go together. */
  #joinForm(form: DateForm): boolean {
    const joined = this.form === undefined ? form : joinForms(this.form, form)
    if (joined === undefined) return false
    this.form = joined
    return true
  }

  /** Reads a cell once the words are dropped. */
  #read(text: string, number: number, line: number): number {
    if (this.mode === 'texts')
      return this.#readText({ text, number, line }, parseDate(text) !== undefined, hashOf(text))
    const { kind } = this.role
    if (this.mode === 'numbers') {
      if (losesDigits(text, number)) this.longNumber ??= detachedCopy(text)
      if (kind === 'integer' ? Number.isInteger(number) : Number.isFinite(number)) return number
    } else {
      const date = parseDate(text)
      if (date && this.#joinForm(date.form)) return date.time
    }
    if (isMissingWord(text)) {
      this.missingWord ??= detachedCopy(text)
      return Number.NaN
    }
    const word = { text: detachedCopy(text), number, line }
    if (kind !== undefined)
      throw this.#contradiction(word, lackOf(kind, word) ?? `${kind} of the form ${this.form}`)
    if (this.mode === 'numbers' && isInfinite(number)) throw this.error(line, notFinite(word))
    this.#grid.clearNewest(this.index)
    const before = this.#grid.cells(this.index, 0).length
    this.strangers = this.mode === 'numbers' ? { numbers: before, dates: 0 } : { numbers: 0, dates: before }
    this.mode = 'texts'
    return this.#readText(word, parseDate(text) !== undefined, hashOf(text))
  }

  /** Counts a cell by its type; returns its number, or the hash of its text. */
  #readText(word: Word, isDate: boolean, hash: number): number {
    if (this.isNumber(word)) {
      this.strangers.numbers++
      return word.number
    }
    const detached = () => ({ ...word, text: detachedCopy(word.text) })
    this.strangers.number ??= detached()
    if (isDate) this.strangers.dates++
    else this.strangers.date ??= detached()
    return hash
  }

  /** Replaces the cells so far, which are indices of words, and returns the newest one's replacement. */
  #giveUpWords(newest: number): number {
    const { words } = this
    const { kind } = this.role
    const present = words.filter(({ text }) => !isMissingWord(text))
    const dates = words.map(({ text }) => parseDate(text))
    let cellOf: (code: number) => number
    if (present.every(({ number }) => !Number.isNaN(number)) && (this.hasNumbers || kind !== undefined)) {
      const infinite = present.find(({ number }) => isInfinite(number))
      if (infinite) throw this.error(infinite.line, notFinite(infinite))
      this.mode = 'numbers'
      cellOf = (code) => words[code]!.number
    } else if (
      words.every(
        ({ text }, code) => isMissingWord(text) || (dates[code] && this.#joinForm(dates[code].form)),
      )
    ) {
      this.mode = 'dates'
      cellOf = (code) => dates[code]?.time ?? Number.NaN
    } else if (this.role.maxCategories > words.length) {
      this.#maxWords = Number.POSITIVE_INFINITY
      return newest
    } else {
      this.mode = 'texts'
      const hashes = words.map(({ text }) => hashOf(text))
      cellOf = (code) => this.#readText(words[code]!, dates[code] !== undefined, hashes[code]!)
    }
    if (this.mode !== 'texts') this.missingWord = words.find(({ text }) => isMissingWord(text))?.text
    this.#grid.clearNewest(this.index)
    this.#grid.map(this.index, 0, cellOf)
    this.words = []
    this.#codes.clear()
    return cellOf(newest)
  }
}
