import { InputError, nearest, unknownName } from '../core/errors.ts'
import { type Condition, type Points, sliceRows } from '../core/points.ts'
import { parseDate } from './dates.ts'
import { blocksOf, dimensionsOf, type Encoding, encodeCells } from './encoding.ts'
import { type EncodedColumn, encodingKindOf } from './encodings/index.ts'
import { type Column, namesOf } from './table.ts'

/** What is known of rows: cells that they will have as they are here, and that they lack none of the others. */
export interface Known {
  /** [rows, columns], NaN where a cell is to be drawn; a single row is every sample's. */
  readonly cells: Points<Float64Array>
  /** Columns whose cells are known to be missing. */
  readonly missing?: ReadonlySet<number> | undefined
  /** Whether a cell that is drawn may be missing: true without. */
  readonly mayLack?: boolean | undefined
}

/** Known cells as `given` has them, by column name: a name, a number, true or false, a date as text; null is a missing cell. */
export type Given = Readonly<Record<string, string | number | boolean | null>>

/**
 * The known cells that `given` names. Throws InputError on a column or a category that the model does not have, or a
 * value of another kind than its column's.
 */
export function knownOf({ columns }: Encoding, given: Given): Pick<Known, 'cells' | 'missing'> {
  const data = new Float64Array(columns.length).fill(Number.NaN)
  const missing = new Set<number>()
  for (const [name, value] of Object.entries(given)) {
    const d = columns.findIndex((column) => column.name === name)
    const column = columns[d]
    if (!column) throw unknownName('given', name, namesOf({ columns }), { what: 'column' })
    if (value === null || value === '') {
      if (!column.gaps) throw badCell(column, value, 'it is never missing in the training rows: give a value')
      missing.add(d)
    } else data[d] = cellOf(column, value)
  }
  return { cells: { data, count: 1, dim: columns.length }, missing }
}

/** A value as a cell of its column. Throws InputError where it is none. */
function cellOf(column: EncodedColumn, value: string | number | boolean): number {
  const { kind, categories, as } = column
  if (as === 'key') throw badCell(column, value, 'a key is the number of a row: leave it out')
  if (as === 'constant' && column.value !== cellOfKind(column, value))
    throw badCell(column, value, `it is ${categories?.[column.value] ?? column.value} in every row`)
  const cell = cellOfKind(column, value)
  if (kind === 'integer' && !Number.isInteger(cell)) throw badCell(column, value, 'give a whole number')
  // a value that has no code is refused here, before anything is drawn
  encodingKindOf(column).encoder(column)(cell)
  return cell
}

/** A value as a cell of a column of this kind. Throws InputError where it is none. */
export function cellOfKind(column: Column, value: string | number | boolean): number {
  const { kind, categories = [] } = column
  if (kind === 'boolean' && typeof value === 'boolean') return value ? 1 : 0
  if (kind === 'category' || kind === 'boolean') {
    const text = String(value).trim()
    const index = categories.indexOf(text)
    const words = categories.map((category) => category.toLowerCase())
    const near = index < 0 && kind === 'boolean' ? words.indexOf(text.toLowerCase()) : index
    if (near >= 0) return near
    const shown = `${categories.slice(0, 20).join(', ')}${categories.length > 20 ? ', …' : ''}`
    throw badCell(column, value, `choose from ${shown}`, nearest(text, categories))
  }
  if (kind === 'date') {
    const date = parseDate(String(value).trim())
    if (!date) throw badCell(column, value, `give a date such as ${column.form}`)
    return date.time
  }
  const number = typeof value === 'number' ? value : Number(String(value).trim())
  if (!Number.isFinite(number)) throw badCell(column, value, 'give a number')
  return number
}

function badCell({ name }: Pick<Column, 'name'>, value: unknown, remedy: string, near = ''): InputError {
  const shown = value === null ? 'missing' : typeof value === 'string' ? `'${value}'` : String(value)
  return new InputError(`column ${name} is ${shown}${near}: ${remedy}`, 'out-of-range', {
    option: 'given',
    value,
  })
}

/** What is odd about known cells, or nothing: a number outside what the model has seen is taken as the nearest that it has. */
export function knownWarnings({ columns }: Encoding, { cells }: Pick<Known, 'cells'>): string[] {
  return columns.flatMap((column, d) => {
    const range = rangeOf(column)
    if (!range) return []
    for (let k = d; k < cells.data.length; k += cells.dim) {
      const cell = cells.data[k]!
      if (cell < range.min || cell > range.max)
        return [
          `column ${column.name} is ${cell}${cells.count > 1 ? ` in row ${Math.floor(k / cells.dim) + 1}` : ''}: the training rows have ${range.min} to ${range.max}, ` +
            'so the rest of the row is drawn as for the nearest of these',
        ]
    }
    return []
  })
}

function rangeOf(column: EncodedColumn): { min: number; max: number } | undefined {
  const values = column.as === 'steps' ? column.values : column.as === 'quantile' ? column.x : undefined
  return values && column.kind !== 'date' ? { min: values[0]!, max: values.at(-1)! } : undefined
}

/** The rows `from` to `from + count` of what is known, as a network takes them. */
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
    for (const [b, { column, part, size, start }] of blocks.entries()) {
      const code = codes.data[i * codes.dim + column]!
      const isKnown = !Number.isNaN(code)
      const isGap = missing?.has(column) === true
      if (!(isKnown || (part === 'gap' && (isGap || !mayLack)))) continue
      marks[i * blocks.length + b] = 1
      const at = i * dim + start
      if (size === 1) values[at] = code
      else {
        values.fill(-1, at, at + size)
        values[at + (part === 'value' ? code : isGap ? 1 : 0)] = 1
      }
    }
  const whole = {
    known: { data: marks, count: rows.count, dim: blocks.length },
    values: { data: values, count: rows.count, dim },
  }
  return isSame ? { known: repeated(whole.known, count), values: repeated(whole.values, count) } : whole
}

function repeated({ data, dim }: Points, count: number): Points {
  const all = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) all.set(data, i * dim)
  return { data: all, count, dim }
}

/** Puts the known cells into decoded rows, which are the rows `from` and on: what is known holds to the last digit. */
export function keepKnown(
  { data, dim }: Points<Float64Array>,
  { cells, missing }: Known,
  from: number,
): void {
  const isSame = cells.count === 1
  for (let k = 0; k < data.length; k++) {
    const cell = cells.data[isSame ? k % dim : from * dim + k]!
    if (!Number.isNaN(cell)) data[k] = cell
    else if (missing?.has(k % dim)) data[k] = Number.NaN
  }
}
