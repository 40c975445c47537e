import { endOfQuotes } from '../condition-text.ts'
import { readDates } from '../dates.ts'
import { isMissingWord, numberOf } from '../inference/cells.ts'
import type { TableBuilder } from '../inference/table-builder.ts'
import { isInfinite } from '../inference/words.ts'

/** How a text separates cells and lines. */
export interface CsvFormat {
  readonly delimiter: string
  readonly newline: '\n' | '\r' | '\r\n'
}

const allDelimiters = ['\t', ';', '|', ',']

/**
 * Whether a text's first line surely has more cells than `most`, though it may go on: quotes, or delimiters of two kinds,
 * leave that open.
 */
export function headHasMore(text: string, most: number): boolean {
  let cells = 1
  let delimiter = ''
  for (let i = text.search(/\S/); i >= 0 && i < text.length; i++) {
    const letter = text[i]!
    if (letter === '\n' || letter === '\r' || letter === '"') return false
    if (!allDelimiters.includes(letter)) continue
    if (delimiter !== '' && letter !== delimiter) return false
    delimiter = letter
    if (++cells > most) return true
  }
  return false
}

/** Infers the format from the first two lines; undefined if it takes more text. */
export function formatOf(text: string, isLast: boolean): CsvFormat | undefined {
  // the last line may be incomplete
  const { lines, newline } = firstLines(text)
  if (!isLast && lines.length < 3) return undefined
  const [first = '', second = ''] = lines
  const parts = (line: string, delimiter: string) => line.split(delimiter).length
  const delimiters = allDelimiters.filter((delimiter) => first.includes(delimiter))
  // a name or a text may contain another delimiter, but rarely equally often in two lines
  const even = delimiters.find((delimiter) => parts(first, delimiter) === parts(second, delimiter))
  const [names, cells] = [wordsOf(first), wordsOf(second)] as const
  const bySpaces =
    names.length > 1 &&
    names.length === cells.length &&
    cells.some((cell) => !Number.isNaN(numberOf(cell, false)) || isMissingWord(cell))
  return { delimiter: even ?? delimiters[0] ?? (bySpaces ? ' ' : ','), newline }
}

function wordsOf(line: string): string[] {
  return line.split(/ {1,1000}/).filter((word) => word !== '')
}

/** The first three lines that are not blank, and how lines end. The content of quotes says nothing about the format: it is an x. */
function firstLines(text: string): { lines: string[]; newline: CsvFormat['newline'] } {
  const lines: string[] = []
  let newline: CsvFormat['newline'] | undefined
  let [line, from] = ['', 0]
  const endLine = (at: number) => {
    line += text.slice(from, at)
    if (line.trim() !== '') lines.push(line)
    line = ''
  }
  const marks = /["\r\n]/g
  while (lines.length < 3) {
    const mark = marks.exec(text)
    if (!mark) break
    const { 0: letter, index: at } = mark
    if (letter !== '"') {
      endLine(at)
      const end = text.startsWith('\r\n', at) ? '\r\n' : (letter as '\r' | '\n')
      // what follows a last \r may be \n
      if (end !== '\r' || at + 1 < text.length) newline ??= end
      from = marks.lastIndex = at + end.length
    } else if (at === 0 || beforeQuotes.includes(text.charAt(at - 1))) {
      const closed = endOfQuotes(text, at)
      if (closed < 0) continue
      line += `${text.slice(from, at)}x`
      from = marks.lastIndex = closed
    }
  }
  if (lines.length < 3) endLine(text.length)
  return { lines, newline: newline ?? '\n' }
}

/** What a quote stands behind that opens a cell. */
const beforeQuotes = '\t;|, \r\n'

/** What a first line is: column names, a row, or numbers that may be names, as in 2019,2020. */
export function kindOfHead(cells: readonly string[], hasDecimalCommas: boolean): 'names' | 'row' | 'numbers' {
  const texts = cells.map((cell) => cell.trim())
  const isNumber = (text: string) => !Number.isNaN(numberOf(text, hasDecimalCommas))
  const isDate = (text: string) => readDates(text).length > 0
  const filled = texts.filter((text) => text !== '')
  if (filled.some((text) => !isNumber(text) && !isMissingWord(text) && !isDate(text))) return 'names'
  if (filled.every(isDate)) return 'names'
  // pandas numbers unnamed columns, and leaves its index without a name
  if (texts.length > 1 && texts.every((text, d) => text === (d === 0 ? '' : String(d - 1)))) return 'names'
  return filled.every(isNumber) ? 'numbers' : 'row'
}

/** With at most this number of rows, a first row cannot be called far from the others. */
const tooFewRows = 10

/**
 * Whether a first row of numbers names the columns, because its numbers are nowhere near those below; with a note to
 * show, if any.
 */
export function inspectFirstRow(
  builder: TableBuilder,
  cells: readonly string[],
  hasDecimalCommas: boolean,
): { isNames: boolean; note?: string } {
  const { grid, columns, keptColumns } = builder
  const first = cells.map((cell) => numberOf(cell.trim(), hasDecimalCommas))
  const filled = first.filter((value, d) => d > 0 || !Number.isNaN(value))
  if (!filled.every(Number.isInteger) || new Set(filled).size !== filled.length) return { isNames: false }
  const firstCells = first.length > 6 ? `${first.slice(0, 6).join(',')},…` : first.join(',')
  const line = `the first line, ${firstCells},`
  const below = keptColumns.map(({ mode, words }, index) => {
    if (mode !== 'words' && mode !== 'numbers') return new Float64Array()
    const numbers = grid.cells(index, 1)
    return mode === 'words'
      ? numbers.map((code) => words[code]!.number).filter((value) => !Number.isNaN(value))
      : numbers
  })
  const isFar = columns.every((column, d) => {
    const value = first[d]!
    return !column || Number.isNaN(value) || isFarFrom(value, below[column.index]!)
  })
  if (grid.rows > tooFewRows && isFar)
    return { isNames: true, note: `${line} names the columns: its numbers are nowhere near those below it` }
  if (below.every((numbers) => numbers.every(Number.isInteger))) return { isNames: false }
  return {
    isNames: false,
    note: `${line} is read as a row: if it names the columns, put a letter into the names`,
  }
}

/** Whether a value is further from all others of its column than they are from each other. */
function isFarFrom(value: number, numbers: Float64Array): boolean {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const number of numbers) {
    if (number < min) min = number
    if (number > max) max = number
  }
  return isInfinite(min) || value > max + (max - min) || value < min - (max - min)
}
