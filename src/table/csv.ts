import papaparse from 'papaparse'
import { InputError } from '../core/errors.ts'
import { counted, shortFloat32 } from '../core/format.ts'
import type { Points } from '../core/points.ts'
import { numberedNames, type Table, tableOf } from './table.ts'

/**
 * Numbers from CSV text: comma, semicolon (then with decimal commas or points) or tab; quotes; a header where
 * the first line holds anything but numbers, else the columns are x0, x1, … `file` names it in messages.
 * Throws: no rows, one row, a line with too few or too many cells, a cell that is empty or no finite number.
 */
export function parseCsv(text: string, file: string): Table<Float64Array> {
  const delimiter = delimiterOf(text)
  const { data: lines, errors } = papaparse.parse<string[]>(text, { delimiter })
  const quotes = errors.find(({ type }) => type === 'Quotes')
  if (quotes)
    throw new InputError(
      `${file}, line ${(quotes.row ?? 0) + 1}: a quote is not closed: close it or take it out`,
      'bad-data',
    )
  const number = (cell: string) => toNumber(cell, delimiter)
  const isBlank = (cells: readonly string[]) => cells.every((cell) => cell.trim() === '')
  const first = lines.findIndex((cells) => !isBlank(cells))
  if (first < 0) throw new InputError(`${file} is empty: give a row of numbers for each point`, 'bad-data')
  const hasHeader = lines[first]!.some((cell) => Number.isNaN(number(cell)) && !notFinite.test(cell.trim()))
  const columns = hasHeader ? headerOf(lines[first]!, file) : numberedNames(lines[first]!.length)
  const values: number[] = []
  for (let i = hasHeader ? first + 1 : first; i < lines.length; i++) {
    const cells = lines[i]!
    if (cells.length <= 1 && isBlank(cells)) continue
    if (cells.length !== columns.length)
      throw new InputError(
        `${file}, line ${i + 1}: ${counted(cells.length, 'cell')}, not ${columns.length}: give every line a cell for each column`,
        'bad-data',
      )
    for (const [d, cell] of cells.entries()) {
      const value = number(cell)
      if (!Number.isFinite(value)) throw badCell(cell, `${file}, line ${i + 1}, column ${columns[d]}`)
      values.push(value)
    }
  }
  const dim = columns.length
  const count = values.length / dim
  if (count < 2)
    throw new InputError(
      `${file} has ${count === 1 ? 'one row' : 'no rows'} of numbers: give at least 2, better 1000`,
      'bad-data',
    )
  return tableOf({ data: Float64Array.from(values), count, dim }, columns)
}

/** The first line tells: a tab or a semicolon outside quotes, else the comma. */
function delimiterOf(text: string): string {
  const line = (/[^\r\n]*\S[^\r\n]*/.exec(text)?.[0] ?? '').replace(/"[^"]*"/g, '')
  return ['\t', ';'].find((delimiter) => line.includes(delimiter)) ?? ','
}

function toNumber(cell: string, delimiter: string): number {
  const trimmed = cell.trim()
  const text = delimiter === ';' ? trimmed.replace(/^([+-]?\d*),(\d+)/, '$1.$2') : trimmed
  // what Number takes besides decimals (0x10, an empty cell as 0) is no number in a CSV file
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
}

/** What a program writes for a number that it does not have. */
const notFinite = /^[+-]?(nan|inf(inity)?)$/i

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
