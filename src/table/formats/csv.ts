import papaparse from 'papaparse'
import { InputError } from '../../core/errors.ts'
import { counted, shortFloat32 } from '../../core/format.ts'
import type { Points } from '../../numerics/points.ts'
import type { ColumnChoice, ReadingOptions } from '../inference/choice.ts'
import { type Limits, limitsOf, tooLong, tooManyColumns } from '../inference/limits.ts'
import { type ReadTable, TableBuilder } from '../inference/table-builder.ts'
import { quoted, shortened } from '../inference/words.ts'
import { numberedNames } from '../table.ts'
import { type CsvFormat, formatOf, headHasMore, inspectFirstRow, kindOfHead } from './csv-head.ts'
import { recordsIn } from './csv-records.ts'
import { isRowLike } from './first-row.ts'
import { headerOf } from './header.ts'

export type { ReadTable } from '../inference/table-builder.ts'

/** So many characters show how a text is written. */
const firstLook = 2 ** 16

/**
 * Reads a table from CSV text that arrives in pieces. Cells are separated by comma, semicolon (with decimal commas or
 * points), tab, `|` or spaces, and may be quoted. The first line is a header if it holds a text and is not like the rows below, or numbers
 * nowhere near those below, or as the choice says; otherwise the columns are x0, x1, … `file` is its name in messages. `push` and `end` throw InputError on
 * fewer than two rows, too few or too many cells, a line that is too long, and cells that fit no kind or not the given one.
 */
export class CsvReader {
  readonly #file: string
  readonly #options: ReadingOptions
  /** The total number of characters, if the source gives it: memory is then allocated once. */
  readonly #size: number | undefined
  /** Text not parsed yet. */
  #rest = ''
  #format: CsvFormat | undefined
  #builder: TableBuilder | undefined
  /** The first line's cells: names, or numbers that may be names. */
  #head: readonly string[] = []
  #headKind: 'names' | 'row' | 'numbers' = 'names'
  /** What to note about the names. */
  readonly #notes: string[] = []
  /** The number of the next line. */
  #line = 1
  #characters = 0
  readonly #limits: Limits
  /** Text shorter than this is not parsed: in a long line, each attempt would begin anew. */
  #least = 0

  constructor(file: string, options: ReadingOptions = { choice: {}, minRows: 2 }, size?: number) {
    this.#file = file
    this.#options = options
    this.#size = size
    this.#limits = limitsOf(options.maxSize)
  }

  push(text: string): void {
    this.#rest += text
    if (this.#rest.length < this.#least) return
    this.#parse(false)
    const { length } = this.#rest
    // what is too long in a quote may not be closed
    if (length > this.#limits.record)
      throw this.#rest.includes('"') && /[\r\n]/.test(this.#rest)
        ? this.#unclosed(this.#line)
        : tooLong(this.#place, this.#limits)
    this.#least = Math.min(2 * length, this.#limits.record + 1)
  }

  end(): ReadTable {
    this.#parse(true)
    const builder = this.#builder
    if (!builder)
      throw new InputError(`${this.#file} is empty: give a row of cells for each line`, 'bad-data')
    if (this.#headKind !== 'numbers') {
      const table = builder.finish()
      return {
        ...table,
        notes: [
          ...this.#notes,
          ...table.notes,
          ...(this.#headKind === 'names' && this.#options.choice.header === undefined
            ? this.#rowlike(table)
            : []),
        ],
      }
    }
    const { isNames, note } = inspectFirstRow(builder, this.#head, this.#hasDecimalCommas)
    if (isNames) builder.rename(headerOf(this.#head, this.#file).names)
    const table = builder.finish(isNames ? 1 : 0)
    return { ...table, notes: [...table.notes, ...(note ? [`${this.#file}: ${note}`] : [])] }
  }

  get #place(): string {
    return `${this.#file}, line ${this.#line}`
  }

  get #hasDecimalCommas(): boolean {
    return this.#format?.delimiter === ';'
  }

  #parse(isLast: boolean): void {
    const { columns } = this.#limits
    // millions of names are not worth splitting, or waiting for
    if (!this.#format && headHasMore(this.#rest, columns))
      throw tooManyColumns(this.#file, columns + 1, this.#limits)
    // whatever pieces the text arrives in, the first line is compared with the same rows
    if (!this.#format && !isLast && this.#rest.length < firstLook) return
    this.#format ??= formatOf(this.#rest, isLast)
    if (!this.#format || this.#rest === '') return
    const isSpaced = this.#format.delimiter === ' '
    const text = isSpaced ? withSingleSpaces(this.#rest).replaceAll(/^ | ?([\r\n]) ?/g, '$1') : this.#rest
    const hasQuotes = text.includes('"')
    const { rows, missing, end, isUnclosed } = recordsIn(text, this.#format, isLast)
    const linesOf = (cells: readonly string[]) =>
      hasQuotes ? cells.reduce((lines, cell) => lines + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1) : 1
    if (isUnclosed) throw this.#unclosed(rows.reduce((line, cells) => line + linesOf(cells), this.#line))
    for (const [i, cells] of rows.entries()) {
      this.#take(cells, missing.has(i), rows, i)
      this.#line += linesOf(cells)
    }
    this.#characters += end
    this.#rest = isLast ? '' : text.slice(end)
  }

  /** Takes the cells of a line, which is at `index` in those that are parsed. */
  #take(
    cells: readonly string[],
    isMissing: boolean,
    parsed: readonly (readonly string[])[],
    index: number,
  ): void {
    const isBlank = cells.every((cell) => cell.trim() === '')
    if (isBlank && !isMissing && (cells.length <= 1 || !this.#builder)) return
    if (!this.#builder) {
      this.#builder = this.#begin(cells, parsed.slice(index + 1))
      if (this.#headKind === 'names') return
    }
    const dim = this.#builder.names.length
    if (cells.length !== dim)
      throw new InputError(
        `${this.#place}: ${counted(cells.length, 'cell')}, not ${dim}: give every line one cell for each column`,
        'bad-data',
      )
    this.#builder.addTexts(cells, this.#line)
  }

  /** Creates the columns from the first line, which is compared with some below. */
  #begin(cells: readonly string[], below: readonly (readonly string[])[]): TableBuilder {
    const { choice } = this.#options
    const source = {
      name: this.#file,
      place: 'line',
      isText: true,
      hasDecimalCommas: this.#hasDecimalCommas,
    } as const
    const builder: TableBuilder = new TableBuilder(source, this.#options, (): number =>
      this.#size && this.#characters > 0 ? (1.05 * builder.grid.rows * this.#size) / this.#characters : 0,
    )
    builder.requireColumns(cells.length)
    this.#head = cells.map((cell) => cell.trim())
    const chosen = [...(choice.columns ?? []), ...(choice.drop ?? []), ...Object.keys(choice.types ?? {})]
    const isNamed = this.#options.watch !== undefined || chosen.some((name) => this.#head.includes(name))
    const isHeader = choice.header ?? (isNamed || undefined)
    this.#headKind = isHeader
      ? 'names'
      : isHeader === false
        ? 'row'
        : kindOfHead(cells, this.#hasDecimalCommas)
    if (
      isHeader === undefined &&
      this.#headKind === 'names' &&
      isRowLike(cells, below, this.#hasDecimalCommas)
    ) {
      this.#headKind = 'row'
      const first = shortened(this.#head.slice(0, 6).join(','))
      this.#notes.push(
        `${this.#file}: the first line, ${first}, is read as a row, as its cells are like those below: \`header\` takes it for names`,
      )
    }
    const header = headerOf(this.#head, this.#file)
    if (this.#headKind === 'names') this.#notes.push(...header.notes)
    const names = this.#headKind === 'names' ? header.names : numberedNames(cells.length)
    for (const [d, name] of names.entries()) builder.addColumn(name, this.#head[d] === '')
    builder.requireChosenColumns()
    return builder
  }

  /** A note if a column's name is also one of its values, as in a file without a header. */
  #rowlike(table: ReadTable): string[] {
    const column = table.columns.find(({ name, categories }) => categories?.includes(name))
    if (!column) return []
    const problem = `the first line names the columns, although ${quoted(column.name)} is a value of its column too`
    return [`${this.#file}: ${problem}: if it is a row, set \`header\` to false`]
  }

  #unclosed(line: number): InputError {
    return new InputError(
      `${this.#file}: line ${line}: a quote is not closed: close it or take it out`,
      'bad-data',
    )
  }
}

/** Reads a table from a complete CSV text. Throws as `CsvReader` does. */
export function readCsv(text: string, name: string, choice: ColumnChoice = {}, keepsAll = false): ReadTable {
  const reader = new CsvReader(name, { choice, keepsAll, minRows: 2 })
  reader.push(text.replace(/^\ufeff/, ''))
  return reader.end()
}

/** The same, but keeps every column. */
export function parseCsv(text: string, file: string): ReadTable {
  return readCsv(text, file, {}, true)
}

/** Points as CSV: a header of column names, then one point per line. */
export function pointsToCsv(points: Points, columns: readonly string[]): string {
  return `${rowsToCsv([columns], { isHead: true })}${rowsToCsv(rowsOf(points))}`
}

/** Rows as lines of text. `isHead` marks column names, in which no character may pass for a delimiter. */
export function rowsToCsv(
  rows: readonly (readonly unknown[])[],
  { delimiter = ',', isHead = false } = {},
): string {
  const isSingle = rows[0]?.length === 1
  // an empty line isn't a row, and a line without a delimiter is searched for another one
  const mustQuote = isSingle ? /^$|[\t;|, ]/ : /[\t;|,]/
  const quotes = (cell: unknown) => (isSingle || isHead) && mustQuote.test(String(cell))
  return `${papaparse.unparse(rows as unknown[][], { newline: '\n', delimiter, quotes })}\n`
}

/** The values of each row, as the shortest decimals that read back as the same float32. */
export function rowsOf({ data, count, dim }: Points): number[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from(data.subarray(i * dim, (i + 1) * dim), shortFloat32),
  )
}

/** A pass shortens each run of spaces to a thousandth, as no expression may repeat a million of them (decision 61). */
function withSingleSpaces(text: string): string {
  const shorter = text.replaceAll(/ {2,1000}/g, ' ')
  return shorter.length < text.length ? withSingleSpaces(shorter) : text
}
