import papaparse from 'papaparse'
import { InputError } from '../core/errors.ts'
import { counted, shortFloat32 } from '../core/format.ts'
import type { Points } from '../core/points.ts'
import { numberedNames, type Table, tableOf } from './table.ts'

/** A table that was read, and what to say of how: which of two readings was taken. */
export interface ReadTable {
  readonly table: Table<Float64Array>
  readonly notes: readonly string[]
}

/**
 * Numbers from CSV text that comes in pieces: comma, semicolon (then with decimal commas or points), tab, `|` or spaces
 * between cells; quotes; a header where the first line holds anything but numbers, or numbers that are nowhere near
 * those below them; else the columns are x0, x1, … `file` names it in messages. `push` and `end` throw InputError on no
 * rows, one row, a line with too few or too many cells, a cell that is empty or no finite number.
 */
export class CsvReader {
  readonly #file: string
  /** How many characters there are in all, where that is known: memory is then taken once. */
  readonly #size: number | undefined
  /** What is not parsed yet. */
  #rest = ''
  #format: { readonly delimiter: string; readonly newline: '\n' | '\r' | '\r\n' } | undefined
  #columns: string[] | undefined
  #hasHeader = false
  #lines = 0
  #characters = 0
  #values = new Float64Array(1024)
  #count = 0

  constructor(file: string, size?: number) {
    this.#file = file
    this.#size = size
  }

  push(text: string): void {
    this.#rest += text
    if (this.#rest.length > longestRecord)
      throw new InputError(`${this.#file}: ${unclosed(this.#lines + 1)}`, 'bad-data')
    this.#parse(false)
  }

  end(): ReadTable {
    this.#parse(true)
    const columns = this.#columns
    if (!columns)
      throw new InputError(`${this.#file} is empty: give a row of numbers for each point`, 'bad-data')
    const dim = columns.length
    let data = this.#values.subarray(0, this.#count)
    const notes: string[] = []
    let names = columns
    if (!this.#hasHeader) {
      const first = Array.from(data.subarray(0, dim))
      const below = data.subarray(dim)
      if (first.every(Number.isInteger) && new Set(first).size === dim) {
        const line = `${this.#file}: the first line, ${shownRow(first)},`
        const isJudged = this.#count > rowsToJudge * dim
        if (isJudged && first.every((value, d) => isFarFrom(value, below, d, dim))) {
          names = first.map(String)
          data = below
          notes.push(`${line} names the columns: its numbers are nowhere near those below it`)
        } else if (!below.every(Number.isInteger))
          notes.push(`${line} is read as a row: if it names the columns, put a letter into the names`)
      }
    }
    const count = data.length / dim
    if (count < 2)
      throw new InputError(
        `${this.#file} has ${count === 1 ? 'one row' : 'no rows'} of numbers: give at least 2, better 1000`,
        'bad-data',
      )
    return { table: tableOf({ data, count, dim }, names), notes }
  }

  #parse(isLast: boolean): void {
    this.#format ??= formatOf(this.#rest, isLast)
    if (!this.#format || this.#rest === '') return
    const { delimiter } = this.#format
    const isSpaced = delimiter === ' '
    const text = isSpaced
      ? this.#rest.replaceAll(/^ +| *([\r\n]) */g, '$1').replaceAll(/ +/g, ' ')
      : this.#rest
    const { data, errors, meta } = new papaparse.Parser(this.#format).parse(text, 0, !isLast) as Parsed
    const quotes = errors.find(({ type }) => type === 'Quotes')
    if (quotes)
      throw new InputError(`${this.#file}: ${unclosed(this.#lines + (quotes.row ?? 0) + 1)}`, 'bad-data')
    for (const cells of data) this.#take(cells, delimiter)
    this.#characters += meta.cursor
    this.#rest = isLast ? '' : text.slice(meta.cursor)
  }

  #take(cells: readonly string[], delimiter: string): void {
    this.#lines++
    if (isBlank(cells) && (cells.length <= 1 || !this.#columns)) return
    if (!this.#columns) {
      this.#hasHeader = cells.some(
        (cell) => Number.isNaN(toNumber(cell, delimiter)) && !notFinite.test(cell.trim()),
      )
      this.#columns = this.#hasHeader ? headerOf(cells, this.#file) : numberedNames(cells.length)
      if (this.#hasHeader) return
    }
    const dim = this.#columns.length
    if (cells.length !== dim)
      throw new InputError(
        `${this.#file}, line ${this.#lines}: ${counted(cells.length, 'cell')}, not ${dim}: give every line a cell for each column`,
        'bad-data',
      )
    if (this.#count + dim > this.#values.length) this.#grow()
    for (let d = 0; d < dim; d++) {
      const value = toNumber(cells[d]!, delimiter)
      if (!Number.isFinite(value))
        throw badCell(cells[d]!, `${this.#file}, line ${this.#lines}, column ${this.#columns[d]}`)
      this.#values[this.#count++] = value
    }
  }

  /** Makes room: for all that the text is likely to hold where its length is known, else for half as much again. */
  #grow(): void {
    const likely =
      this.#size && this.#characters > 0 ? (1.05 * this.#count * this.#size) / this.#characters : 0
    const least = this.#columns!.length + 1.5 * this.#values.length
    const larger = new Float64Array(Math.ceil(Math.max(likely, least)))
    larger.set(this.#values.subarray(0, this.#count))
    this.#values = larger
  }
}

interface Parsed {
  readonly data: readonly (readonly string[])[]
  readonly errors: readonly { readonly type: string; readonly row?: number }[]
  readonly meta: { readonly cursor: number }
}

/** The same of a text that is there as a whole. */
export function parseCsv(text: string, file: string): Table<Float64Array> {
  const reader = new CsvReader(file)
  reader.push(text.replace(/^\ufeff/, ''))
  return reader.end().table
}

/** Of so few rows nobody can tell whether the first lies far from the others. */
const rowsToJudge = 10

/** More characters than this without the end of a record are a quote that is not closed. */
const longestRecord = 2 ** 26

const unclosed = (line: number) => `line ${line}: a quote is not closed: close it or take it out`

const isBlank = (cells: readonly string[]) => cells.every((cell) => cell.trim() === '')

/** The separator that the first two lines tell, and how lines end; nothing where more text is needed. */
function formatOf(text: string, isLast: boolean) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')
  // of the last one an end may be missing
  if (!isLast && lines.length < 3) return undefined
  const newline = (/\r\n|\n|\r(?!$)/.exec(text)?.[0] ?? '\n') as '\n' | '\r' | '\r\n'
  const [first = '', second] = lines.map((line) => line.replaceAll(/"[^"]*"/g, '').trim())
  const isIn = (delimiter: string) => first.includes(delimiter)
  const words = (line = '') => line.split(/ +/).length
  const bySpaces = words(first) > 1 && words(first) === words(second)
  const delimiter = ['\t', ';', '|', ','].find(isIn) ?? (bySpaces ? ' ' : ',')
  return { delimiter, newline }
}

function toNumber(cell: string, delimiter: string): number {
  const trimmed = cell.trim()
  const text = delimiter === ';' ? trimmed.replace(/^([+-]?\d*),(\d+)/, '$1.$2') : trimmed
  // what Number takes besides decimals (0x10, an empty cell as 0) is no number in a CSV file
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
}

/** What a program writes for a number that it does not have. */
const notFinite = /^[+-]?(nan|inf(inity)?)$/i

/** Whether a value lies further from all others of its column than these lie from each other. */
function isFarFrom(value: number, data: Float64Array, d: number, dim: number): boolean {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let k = d; k < data.length; k += dim) {
    min = Math.min(min, data[k]!)
    max = Math.max(max, data[k]!)
  }
  return value > max + (max - min) || value < min - (max - min)
}

function shownRow(row: readonly number[]): string {
  return row.length > 6 ? `${row.slice(0, 6).join(',')},…` : row.join(',')
}

function headerOf(cells: readonly string[], file: string): string[] {
  const names = cells.map((cell, d) => cell.trim() || `x${d}`)
  const twice = names.find((name, d) => names.indexOf(name) !== d)
  if (twice !== undefined)
    throw new InputError(`${file}: two columns are named ${twice}: rename one`, 'bad-data')
  return names
}

function badCell(cell: string, where: string): InputError {
  const text = cell.trim()
  if (text === '')
    return new InputError(`${where}: the cell is empty: fill it in or take the row out`, 'bad-data')
  const finite = notFinite.test(text) ? 'finite number' : 'number'
  return new InputError(`${where}: '${text}' is no ${finite}: only numbers can be learned`, 'bad-data')
}

/** Points as CSV: a header of column names, then a row a point. */
export function pointsToCsv(points: Points, columns: readonly string[]): string {
  return rowsToCsv([columns, ...rowsOf(points)])
}

export function rowsToCsv(rows: readonly (readonly unknown[])[]): string {
  return `${papaparse.unparse(rows as unknown[][], { newline: '\n' })}\n`
}

/** The values of each row, as the shortest decimals that read back as the same float32. */
export function rowsOf({ data, count, dim }: Points): number[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from(data.subarray(i * dim, (i + 1) * dim), shortFloat32),
  )
}
