import type { InputError } from '../../core/errors.ts'
import { type Limits, tooLong, tooManyColumns } from '../inference/limits.ts'
import { jsonProblem, type Place, placeAfter, validLength } from './json-problem.ts'

/** Receives a value: an item of the outermost array, or a value that stands outside of one. */
type OnValue = (value: unknown, isItem: boolean) => void

/**
 * Reads the values in a text of JSON that arrives in pieces: the items of its outermost array a few at a time, so that a
 * long array takes only their memory; or objects that follow each other. `remedy` ends the messages. `push` and `end` throw
 * InputError, with line and column, on what is no JSON, and on a value that is longer than a record may be or has more
 * fields than a table may have columns.
 */
export class JsonReader {
  readonly #name: string
  readonly #limits: Limits
  readonly #remedy: string
  readonly #onValue: OnValue
  /** The text before the piece at hand that is not parsed yet, and where it stands. */
  #held = ''
  #from: Place = { line: 1, column: 1 }
  /** `items` is within the outermost array, `done` behind it. */
  #state: 'outside' | 'items' | 'done' = 'outside'
  #hasItems = false
  /** How many brackets of the value are open. */
  #depth = 0
  #fields = 1
  #isInString = false
  #isEscaped = false

  constructor(name: string, limits: Limits, remedy: string, onValue: OnValue) {
    this.#name = name
    this.#limits = limits
    this.#remedy = remedy
    this.#onValue = onValue
  }

  push(piece: string): void {
    // each piece is scanned once, however long a value is
    let [start, lastComma] = [0, -1]
    const takeUpTo = (end: number, take: (text: string) => void) => {
      const text = this.#held + piece.slice(start, end)
      take(text)
      this.#held = ''
      this.#from = placeAfter(text, this.#from)
      start = end
    }
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (code === backslash) this.#isEscaped = true
        else if (code === quote) this.#isInString = false
        continue
      }
      const isOpening = code === openBrace || code === openBracket
      if (code === quote) this.#isInString = true
      else if (this.#depth > 0) {
        if (isOpening) this.#depth++
        else if (code === closeBrace || code === closeBracket) {
          this.#depth--
          if (this.#depth === 0 && this.#state === 'outside')
            takeUpTo(at + 1, (text) => this.#onValue(this.#parsed(text), false))
        } else if (code === comma && this.#depth === 1) this.#countField()
      } else if (code === openBracket && this.#state === 'outside') {
        takeUpTo(at + 1, (text) => {
          if (text.trim() !== '[') throw this.#problemIn(text)
        })
        this.#state = 'items'
      } else if (isOpening && this.#state !== 'done') {
        this.#depth = 1
        this.#fields = 1
      } else if (this.#state === 'items' && code === comma) lastComma = at
      else if (this.#state === 'items' && code === closeBracket) {
        takeUpTo(at + 1, (text) => this.#takeItems(text))
        this.#state = 'done'
        lastComma = -1
      } else if (isOpening || code === closeBrace || code === closeBracket || code === comma)
        throw this.#problemIn(this.#held + piece.slice(start, at + 1))
    }
    if (lastComma >= 0) takeUpTo(lastComma + 1, (text) => this.#takeItems(text))
    this.#held += piece.slice(start)
    if (this.#held.length <= this.#limits.record) return
    const spaces = this.#held.slice(0, this.#held.search(/\S|$/))
    const { line, column } = placeAfter(spaces, this.#from)
    throw tooLong(`${this.#name}, line ${line}: the value from column ${column} on`, this.#limits)
  }

  /** Also throws InputError if the text ends within a value. */
  end(): void {
    const isBlank = this.#held.trim() === ''
    if (this.#state === 'items' || (this.#state === 'done' && !isBlank)) throw this.#problemIn(this.#held)
    if (!isBlank) this.#onValue(this.#parsed(this.#held), false)
  }

  #countField(): void {
    this.#fields++
    if (this.#fields > this.#limits.columns) throw tooManyColumns(this.#name, this.#fields, this.#limits)
  }

  /** Takes items of the outermost array, and the mark that ends the last of them. */
  #takeItems(text: string): void {
    const items = this.#parsed(`[${text.slice(0, -1)}]`, text) as unknown[]
    if (items.length === 0 && (this.#hasItems || text.endsWith(','))) throw this.#problemIn(text)
    this.#hasItems = true
    for (const item of items) this.#onValue(item, true)
  }

  #parsed(json: string, text = json): unknown {
    try {
      return JSON.parse(json)
    } catch {
      throw this.#problemIn(text)
    }
  }

  #problemIn(text: string): InputError {
    const isWithin = this.#state === 'items'
    // after a comma, no array may end
    const before = isWithin ? (this.#hasItems ? '[0,' : '[') : ''
    const length = this.#state === 'done' ? text.search(/\S/) : validLength(before + text) - before.length
    return jsonProblem(text, length, { file: this.#name, from: this.#from, remedy: this.#remedy })
  }
}

const codeOf = (mark: string) => mark.charCodeAt(0)
const [quote, backslash, comma] = [codeOf('"'), codeOf('\\'), codeOf(',')] as const
const [openBrace, closeBrace, openBracket, closeBracket] = [...'{}[]'].map(codeOf) as [
  number,
  number,
  number,
  number,
]
