import { InputError, nearest, unknownName } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { type Condition, type Points, sliceRows } from '../numerics/points.ts'
import { textOf } from './cell-text.ts'
import { epochUnitOf, formatDate, orderOf, parseDate } from './dates.ts'
import { blocksOf, dimensionsOf, type Encoding, encodeCells } from './encodings/encoding.ts'
import { type EncodedColumn, encodingKindOf } from './encodings/index.ts'
import { readNumber } from './number-form.ts'
import { chooseUnseenSources, type KnownCells, requirePossible } from './relations/restore.ts'
import { type Column, namesOf } from './table.ts'

/** Known cells of rows, which sampling keeps exactly, and whether the other cells may be missing. */
export interface Known {
  /** [rows, columns], NaN for a cell to draw; a single row applies to every sample. */
  readonly cells: Points<Float64Array>
  /** Columns whose known cell is missing. */
  readonly missing?: ReadonlySet<number> | undefined
  /** Whether a drawn cell may be missing. Default: true. */
  readonly mayLack?: boolean | undefined
}

/**
 * Known cells by column name: a category's name, a number, true or false, or a date as text; null is a missing cell.
 */
export type Given = Readonly<Record<string, string | number | boolean | null>>

/**
 * ['sex=female'] as values by column, split at the first =, since a value may contain one. An empty value is a missing
 * cell. Throws InputError on a text of another form, or a column that is given twice.
 */
export function givenFrom(pairs: readonly string[]): Given {
  const given = new Map<string, string | null>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const problem = (text: string, code: 'wrong-type' | 'conflict') =>
      new InputError(`\`given\` ${printable(pair).slice(0, 100)}: ${text}`, code, {
        option: 'given',
        value: pair,
      })
    if (at < 1) throw problem('give a column and its value, such as sex=female', 'wrong-type')
    const name = pair.slice(0, at).trim()
    if (given.has(name)) throw problem(`column ${printable(name)} is given twice: give one value`, 'conflict')
    const value = pair.slice(at + 1)
    given.set(name, value.trim() === '' ? null : value)
  }
  return Object.fromEntries(given)
}

/**
 * The known cells in `given`. Throws InputError on an unknown column or category, a value that doesn't fit its column's
 * kind, or values that contradict a relation.
 */
export function knownOf(encoding: Encoding, given: Given): Pick<Known, 'cells' | 'missing'> {
  const { columns } = encoding
  const data = new Float64Array(columns.length).fill(Number.NaN)
  const missing = new Set<number>()
  for (const [name, value] of Object.entries(given)) {
    const d = columns.findIndex((column) => column.name === name)
    const column = columns[d]
    if (!column) throw unknownName('given', name, namesOf({ columns }), { noun: 'column' })
    if (value === null || value === '') {
      if (!column.gaps) throw badCell(column, value, 'the training rows have no gaps in it: give a value')
      missing.add(d)
    } else data[d] = cellOf(column, value)
  }
  requirePossible(encoding, data, (d) => !Number.isNaN(data[d]) || missing.has(d))
  return { cells: { data, count: 1, dim: columns.length }, missing }
}

/** A value as a cell of its column. Throws InputError if it doesn't fit. */
function cellOf(column: EncodedColumn, value: string | number | boolean): number {
  const { kind, categories, as } = column
  if (as === 'key') throw badCell(column, value, 'a key is the number of its row: leave it out')
  if (as === 'constant' && column.value !== cellOfKind(column, value))
    throw badCell(column, value, `it is ${categories?.[column.value] ?? column.value} in every row`)
  const cell = cellOfKind(column, value)
  if (kind === 'integer' && !Number.isInteger(cell)) throw badCell(column, value, 'give a whole number')
  // refuse a value without a code before anything is drawn
  encodingKindOf(column).encoder(column)(cell)
  return cell
}

/** A value as a cell of this kind. Throws InputError if it doesn't fit. */
export function cellOfKind(column: Column, value: string | number | boolean): number {
  const { kind, categories = [] } = column
  if (kind === 'boolean' && typeof value === 'boolean') return value ? 1 : 0
  if (kind === 'category' || kind === 'boolean') {
    const text = String(value).trim()
    const index = categories.indexOf(text)
    const words = categories.map((category) => category.toLowerCase())
    const near = index < 0 && kind === 'boolean' ? words.indexOf(text.toLowerCase()) : index
    if (near >= 0) return near
    const choices = `${categories.slice(0, 20).join(', ')}${categories.length > 20 ? ', …' : ''}`
    throw badCell(column, value, `choose from ${choices}`, nearest(text, categories))
  }
  if (kind === 'date') {
    const time = timeOf(column, String(value).trim())
    if (time === undefined) throw badCell(column, value, `give a date such as ${exampleOf(column)}`)
    return time
  }
  const number = typeof value === 'number' ? value : numberOf(column, value)
  if (!Number.isFinite(number)) throw badCell(column, value, 'give a number')
  return number
}

/** A date in the column's form, or in another that has one reading. */
function timeOf({ form = 'YYYY-MM-DD' }: Column, text: string): number | undefined {
  const epoch = epochUnitOf(form)
  if (epoch !== undefined && /^-?\d+$/.test(text)) return Number(text) * epoch
  return parseDate(text, orderOf(form))?.time
}

/** The form, or for numbers that count the time, one of them. */
function exampleOf({ form = 'YYYY-MM-DD' }: Column): string {
  return epochUnitOf(form) === undefined ? form : formatDate(Date.UTC(2024, 2, 5), form)
}

/** A number as the column's are written, or in plain decimals; NaN for any other text. */
function numberOf({ numberForm = {} }: Column, value: string | boolean): number {
  const text = String(value).trim()
  const written = readNumber(text, numberForm.decimal ?? '.')
  const isOf = (part: string, of = '') => part === '' || part.trim() === of.trim()
  const { prefix, suffix, group } = numberForm
  const isOfColumn =
    written &&
    isOf(written.prefix, prefix) &&
    isOf(written.suffix, suffix) &&
    (written.group === '' || written.group === group)
  return isOfColumn && written.isDuration === (numberForm.duration ?? false) ? written.value : Number(text)
}

function badCell({ name }: Pick<Column, 'name'>, value: unknown, remedy: string, near = ''): InputError {
  const text = value === null ? 'missing' : typeof value === 'string' ? `'${value}'` : String(value)
  return new InputError(`column ${name} is ${text}${near}: ${remedy}`, 'out-of-range', {
    option: 'given',
    value,
  })
}

/** Warnings about known cells: a number or date that no training row has counts as the nearest one. */
export function knownWarnings({ columns }: Encoding, { cells }: Pick<Known, 'cells'>): string[] {
  const where = (k: number) => (cells.count > 1 ? ` in row ${Math.floor(k / cells.dim) + 1}` : '')
  return columns.flatMap((column, d) => {
    const range = rangeOf(column)
    if (!range) return []
    const text = textOf(column)
    for (let k = d; k < cells.data.length; k += cells.dim) {
      const cell = cells.data[k]!
      if (cell < range.min || cell > range.max)
        return [
          `column ${column.name} is ${text(cell)}${where(k)}: the training rows have ${text(range.min)} to ${text(range.max)}, ` +
            'so the rest of the row is drawn for the nearest of these',
        ]
      if (column.as === 'category' && !Number.isNaN(cell) && !column.values!.includes(cell))
        return [
          `column ${column.name} is ${text(cell)}${where(k)}: no training row has that, so the rest of the row is drawn for ` +
            'the nearest value',
        ]
    }
    return []
  })
}

function rangeOf(column: EncodedColumn): { min: number; max: number } | undefined {
  const values = column.as === 'quantile' ? column.x : 'values' in column ? column.values : undefined
  return values && { min: values[0]!, max: values.at(-1)! }
}

/** Rows `from` to `from + count` of the known cells, as network inputs. */
export function conditionOf(encoding: Encoding, known: Known, from: number, count: number): Condition {
  const { missing, mayLack = true } = known
  const isSame = known.cells.count === 1
  const rows = isSame ? known.cells : sliceRows(known.cells, from, from + count)
  const codes = encodeCells(encoding, { name: 'the rows', columns: encoding.columns, points: rows })
  const blocks = blocksOf(encoding)
  const dim = dimensionsOf(encoding)
  const marks = new Float32Array(rows.count * blocks.length)
  const values = new Float32Array(rows.count * dim)
  for (let i = 0; i < rows.count; i++)
    for (const [b, block] of blocks.entries()) {
      const { column, part, size, start } = block
      const code = codes.data[i * codes.dim + column]!
      const isKnown = !Number.isNaN(code)
      const isGap = missing?.has(column) === true
      if (!(isKnown || (part === 'gap' && (isGap || !mayLack)))) continue
      marks[i * blocks.length + b] = 1
      const at = i * dim + start
      if (size === 1) values[at] = code
      else {
        values.fill(-1, at, at + size)
        values[at + (part === 'value' ? block.split(code) : isGap ? 1 : 0)] = 1
      }
    }
  const condition = {
    known: { data: marks, count: rows.count, dim: blocks.length },
    values: { data: values, count: rows.count, dim },
  }
  return isSame
    ? { known: repeated(condition.known, count), values: repeated(condition.values, count) }
    : condition
}

function repeated({ data, dim }: Points, count: number): Points {
  const all = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) all.set(data, i * dim)
  return { data: all, count, dim }
}

/** The known cells with the sources of those that the network does not see: a row for each sample if there are any. */
export function withSources(
  encoding: Encoding,
  known: Known,
  count: number,
  uniform: KnownCells['uniform'],
): Known {
  const isUnseen = (d: number) => encoding.columns[d]!.as === 'derived'
  const { cells, missing } = known
  const hasUnseen = cells.data.some((cell, k) => isUnseen(k % cells.dim) && !Number.isNaN(cell))
  if (!hasUnseen) return known
  const { dim } = cells
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++)
    data.set(cells.count === 1 ? cells.data : cells.data.subarray(i * dim, (i + 1) * dim), i * dim)
  const all = { data, count, dim }
  chooseUnseenSources(encoding, all, { isKnown: (_, d) => missing?.has(d) === true, uniform })
  return { ...known, cells: all }
}

/** Whether the cell of row i, column d is known. */
export function knownIn({ cells: { data, count, dim }, missing }: Known): KnownCells['isKnown'] {
  return (i, d) => missing?.has(d) === true || !Number.isNaN(data[(count === 1 ? 0 : i) * dim + d]!)
}

/**
 * Writes the known cells into decoded rows that begin with row `from`, so that they are exact to the last digit. What
 * relations learn beside the columns stays as it is.
 */
export function keepKnown(
  { data, count, dim }: Points<Float64Array>,
  { cells, missing }: Known,
  from: number,
): void {
  const isSame = cells.count === 1
  for (let i = 0; i < count; i++)
    for (let d = 0; d < cells.dim; d++) {
      const cell = cells.data[(isSame ? 0 : from + i) * cells.dim + d]!
      if (!Number.isNaN(cell)) data[i * dim + d] = cell
      else if (missing?.has(d)) data[i * dim + d] = Number.NaN
    }
}
