import { InputError } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'
import type { ReadingOptions } from '../inference/choice.ts'
import { type Limits, limitsOf, tooLong, tooManyColumns } from '../inference/limits.ts'
import { noRows, RowReader } from '../inference/rows.ts'
import type { ReadTable } from '../inference/table-builder.ts'
import { jsonProblem, type Place, placeAfter, validLength } from './json-problem.ts'

/**
 * Reads a table from JSON text that arrives in pieces: an array of rows as in `tableOfRows`, an object that holds one, or
 * the columns (`rowsIn`), or one row after the other. Throws InputError on anything else.
 */
export async function readJson(
  pieces: AsyncIterable<string>,
  name: string,
  options: ReadingOptions,
): Promise<ReadTable> {
  const reader = new RowReader(name, 'row', options)
  let count = 0
  const push = (row: unknown) => reader.push(row, ++count)
  /** A value outside of an array: the whole text if it stays the only one. */
  let single: unknown
  const values = new JsonReader(name, limitsOf(options.maxSize), (value, isItem) => {
    if (isItem) push(value)
    else if (single === undefined) single = value
    else {
      if (count === 0) push(single)
      push(value)
    }
  })
  for await (const piece of pieces) values.push(piece)
  values.end()
  const { rows, notes } = count === 0 ? rowsIn(single, name) : { rows: [], notes: [] }
  for (const row of rows) push(row)
  const table = reader.end()
  return { ...table, notes: [...notes, ...table.notes] }
}

/** Reads a table from JSON text with one row per line, line by line. */
export async function readJsonLines(
  pieces: AsyncIterable<string>,
  name: string,
  options: ReadingOptions,
): Promise<ReadTable> {
  const reader = new RowReader(name, 'line', options)
  const limits = limitsOf(options.maxSize)
  let [rest, line] = ['', 0]
  const take = (text: string) => {
    line++
    if (text.trim() === '') return
    let row: unknown
    try {
      row = JSON.parse(text)
    } catch {
      const remedy = 'give a row a line, such as {"x": 1, "y": 2}'
      throw jsonProblem(text, validLength(text), { file: name, from: { line, column: 1 }, remedy })
    }
    reader.push(row, line)
  }
  for await (const piece of pieces) {
    const lines = piece.split('\n')
    // a long line stays in pieces until it ends
    for (const [i, text] of lines.entries()) {
      rest += text
      if (rest.length > limits.record) throw tooLong(`${name}, line ${line + 1}`, limits)
      if (i === lines.length - 1) break
      take(rest)
      rest = ''
    }
  }
  take(rest)
  return reader.end()
}

/** Names of the rows in an object, from the likeliest on. */
const namesOfRows = ['data', 'rows', 'records', 'items', 'results']

/**
 * The rows in an object of JSON, as servers answer: the array of rows among other things, such as {"data": [{…}]}, or an
 * array for each column, as {"a": [1, 2], "b": [3, 4]}; with what to note. Throws InputError if it has neither, several
 * arrays of rows of other names, or columns of different lengths.
 */
function rowsIn(value: unknown, file: string): { rows: Iterable<unknown>; notes: string[] } {
  if (typeof value !== 'object' || value === null) throw noRows(file)
  const entries = Object.entries(value)
  const ofRows = entries.filter(([, value]) => isRows(value))
  if (ofRows.length > 0) {
    const named = namesOfRows.map((name) => ofRows.find(([key]) => key === name)).find(Boolean)
    const chosen = named ?? ofRows[0]!
    if (!named && ofRows.length > 1)
      throw new InputError(
        `${file} has several arrays of rows, ${listed(ofRows)}: give one of them alone, or call it data`,
        'bad-data',
      )
    const others = entries.filter(([key]) => key !== chosen[0])
    const more = others.length > 0 ? `, without ${listed(others)}` : ''
    return {
      rows: chosen[1],
      notes: [`${file}: the rows are those of ${printable(chosen[0])}${more}`],
    }
  }
  const columns = entries.filter(([, value]) => Array.isArray(value)) as [string, readonly unknown[]][]
  if (columns.length === 0 || columns.length < entries.length) throw noRows(file)
  const count = columns[0]![1].length
  const other = columns.find(([, cells]) => cells.length !== count)
  if (other)
    throw new InputError(
      `${file}, column ${printable(other[0])} has ${counted(other[1].length, 'cell')}, not the ${count} of ${printable(columns[0]![0])}: give every column as many`,
      'bad-data',
    )
  return { rows: rowsOfColumns(columns, count), notes: [] }
}

/** Makes one row at a time: all would take many times the memory of the columns. */
function* rowsOfColumns(columns: readonly (readonly [string, readonly unknown[]])[], count: number) {
  for (let i = 0; i < count; i++) yield Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]]))
}

/** Whether a value is an array of objects, or of arrays. */
function isRows(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null
}

function listed(entries: readonly (readonly [name: string, value: unknown])[]): string {
  const names = entries.slice(0, 5).map(([name]) => printable(name))
  return `${names.join(', ')}${entries.length > 5 ? ', …' : ''}`
}

/** Receives a value: an item of the outermost array, or a value that stands outside of one. */
type OnValue = (value: unknown, isItem: boolean) => void

/**
 * Reads the values in a text of JSON that arrives in pieces: the items of its outermost array a few at a time, so that a
 * long array takes only their memory; or objects that follow each other. `push` and `end` throw InputError, with line and
 * column, on what is no JSON, and on a value that is longer than a record may be or has more fields than a table may have
 * columns.
 */
class JsonReader {
  readonly #name: string
  readonly #limits: Limits
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

  constructor(name: string, limits: Limits, onValue: OnValue) {
    this.#name = name
    this.#limits = limits
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
      const mark = piece[at]!
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (mark === '\\') this.#isEscaped = true
        else if (mark === '"') this.#isInString = false
        continue
      }
      const isOpening = mark === '{' || mark === '['
      const isClosing = mark === '}' || mark === ']'
      if (mark === '"') this.#isInString = true
      else if (this.#depth > 0) {
        if (isOpening) this.#depth++
        else if (isClosing) {
          this.#depth--
          if (this.#depth === 0 && this.#state === 'outside')
            takeUpTo(at + 1, (text) => this.#onValue(this.#parsed(text), false))
        } else if (mark === ',' && this.#depth === 1) this.#countField()
      } else if (mark === '[' && this.#state === 'outside') {
        takeUpTo(at + 1, (text) => {
          if (text.trim() !== '[') throw this.#problemIn(text)
        })
        this.#state = 'items'
      } else if (isOpening && this.#state !== 'done') {
        this.#depth = 1
        this.#fields = 1
      } else if (this.#state === 'items' && mark === ',') lastComma = at
      else if (this.#state === 'items' && mark === ']') {
        takeUpTo(at + 1, (text) => this.#takeItems(text))
        this.#state = 'done'
        lastComma = -1
      } else if (isOpening || isClosing || mark === ',')
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
    const remedy = 'give an array of points, such as [{"x": 1, "y": 2}]'
    return jsonProblem(text, length, { file: this.#name, from: this.#from, remedy })
  }
}
