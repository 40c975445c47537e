/** What users know of rows, by column name, as cells. */
import { InputError, shown, unknownName } from '../core/errors.ts'
import { textOf } from './cell-text.ts'
import { badCell, cellOfKind } from './cell-value.ts'
import { placeOf } from './columns.ts'
import type { Encoding } from './encodings/encoding.ts'
import { type EncodedColumn, encodingKindOf } from './encodings/index.ts'
import { endsOf } from './relations/range.ts'
import { requirePossible } from './relations/restore.ts'
import {
  boundsOf,
  type ColumnRange,
  describeRange,
  isWithin,
  type Range,
  rangeFields,
  rangeTest,
  type Value,
} from './rules/column-range.ts'
import { type Column, namesOf } from './table.ts'

/** Known cells of rows, which sampling keeps exactly, and whether the other cells may be missing. */
export interface Known {
  /** Of rows. A single one applies to every sample. */
  readonly count: number
  /** By column: NaN for a cell to draw. */
  readonly cells: readonly Float64Array[]
  /** Columns whose known cell is missing. */
  readonly missing?: ReadonlySet<number> | undefined
  /** Columns that are known in every row: a cell of NaN is missing there. */
  readonly context?: ReadonlySet<number> | undefined
  /** Whether a drawn cell may be missing. Default: true. */
  readonly allowsMissing?: boolean | undefined
}

/**
 * What is known of rows, by column name: a category's name, a number, true or false, or a date as text; null is a missing cell. A
 * range or several values state what the cell may be.
 *
 * @example
 * { sex: 'female', age: { from: 65 }, state: { in: ['CA', 'NY'] }, joined: { from: '2020-01-01', to: '2020-12-31' } }
 */
export type Given = Readonly<Record<string, string | number | boolean | null | Range>>

/** What a draw knows of each row. */
export interface KnownOfRow extends Pick<Known, 'count' | 'cells' | 'missing'> {
  /** The columns whose cells are to be within a range, or one of some. */
  readonly ranges: readonly ColumnRange[]
}

/**
 * The known cells and the ranges in `given`. Throws InputError on an unknown column or category, a value that doesn't fit its
 * column's kind, values that contradict a relation, or a range that no training row is in.
 */
export function knownOf(encoding: Encoding, given: Given): KnownOfRow {
  const { columns } = encoding
  const data = new Float64Array(columns.length).fill(Number.NaN)
  const missing = new Set<number>()
  const ranges: ColumnRange[] = []
  for (const [name, value] of Object.entries(given)) {
    const d = placeOf(columns, name)
    const column = columns[d]
    if (!column) throw unknownName('given', name, namesOf({ columns }), { noun: 'column' })
    if (value === null || value === '') {
      if (!column.gaps)
        throw badCell(column, value, 'the training rows have no missing value in it: give a value')
      missing.add(d)
    } else if (typeof value === 'object' && !isOneValue(value)) {
      requireRange(column, value)
      ranges.push({ column: name, ...value })
    } else data[d] = cellOf(column, typeof value === 'object' ? value.in[0]! : value)
  }
  requirePossible(encoding, data, (d) => !Number.isNaN(data[d]) || missing.has(d))
  return { count: 1, cells: Array.from(data, (cell) => Float64Array.of(cell)), missing, ranges }
}

/**
 * Whether a row has what is given, by its cells as the model's columns have them. Throws InputError as `knownOf` does.
 *
 * @returns A function from the cell of a column, by its name, to whether the row has it all.
 */
export function givenTest(encoding: Encoding, given: Given): (cellOf: (name: string) => number) => boolean {
  const { columns } = encoding
  const { cells, missing, ranges } = knownOf(encoding, given)
  const tests = columns.flatMap((column, d) => {
    const { name } = column
    const range = ranges.find((each) => each.column === name)
    if (range) return [{ name, meets: rangeTest({ isSet: true, ...range }, column) }]
    if (missing?.has(d)) return [{ name, meets: Number.isNaN }]
    const wanted = cells[d]![0]!
    // no cell is a negative zero
    return Number.isNaN(wanted) ? [] : [{ name, meets: (cell: number) => cell === wanted }]
  })
  return (cellOf) => tests.every(({ name, meets }) => meets(cellOf(name)))
}

/**
 * The known cells of each of several rows: values alone. Throws InputError as `knownOf` does, and on a range or a missing cell.
 */
export function knownOfEach(encoding: Encoding, all: readonly Given[]): KnownOfRow {
  const each = encoding.columns.map(() => new Float64Array(all.length))
  // rows of a plan are often repeated
  const cellsByGiven = new Map<Given, Known['cells']>()
  for (const [i, given] of all.entries()) {
    let cells = cellsByGiven.get(given)
    if (!cells) {
      const { cells: knownCells, missing, ranges } = knownOf(encoding, given)
      if (ranges.length > 0 || (missing?.size ?? 0) > 0)
        throw new InputError(
          `\`given\`, row ${i + 1}: give values alone; a range or a missing cell is given for all samples`,
          'out-of-range',
          { option: 'given' },
        )
      cells = knownCells
      cellsByGiven.set(given, cells)
    }
    for (const [d, [cell]] of cells.entries()) each[d]![i] = cell!
  }
  return { count: all.length, cells: each, ranges: [] }
}

/** Whether a range is one value, which is known then. */
function isOneValue(range: Range): range is Range & { readonly in: readonly [Value] } {
  return Object.keys(range).length === 1 && Array.isArray(range.in) && range.in.length === 1
}

/** Throws InputError on a range of another form, or one that no training row is in. */
function requireRange(column: EncodedColumn, range: Range): void {
  const reason = howMade(column)
  if (reason) throw badRange(column, range, reason)
  const fields = Object.keys(range)
  const other = fields.find((field) => !(field in rangeFields))
  if (fields.length === 0 || other !== undefined)
    throw badCell(
      column,
      // what is in it may be of any depth
      other === undefined ? '{}' : `{ ${other}: … }`,
      `give a range such as { from: 18, below: 65 }, or values such as { in: ['a', 'b'] }`,
    )
  const bounds = boundsOf(range, column)
  const [least, most] = endsOf(column)
  const named =
    column.categories?.map((_, k) => k) ?? ('values' in column ? (column.values ?? []) : undefined)
  const isPossible = named
    ? named.some((cell) => isWithin(bounds, cell))
    : [...(bounds.in ?? [])].some((cell) => cell >= least && cell <= most) ||
      !(bounds.in || bounds.low > most || bounds.high < least)
  if (isPossible && !(bounds.low > bounds.high)) return
  const text = textOf(column)
  const rows = Number.isFinite(least) ? `: they have about ${text(least)} to ${text(most)}` : ''
  throw badRange(
    column,
    range,
    bounds.low > bounds.high ? 'it ends before it begins' : `few training rows have that, or none${rows}`,
  )
}

/** A value as a cell of its column. Throws InputError if it doesn't fit. */
function cellOf(column: EncodedColumn, value: string | number | boolean): number {
  const { kind, categories, as } = column
  const reason = howMade(column)
  if (reason) throw badCell(column, value, reason)
  if (as === 'constant' && column.value !== cellOfKind(column, value))
    throw badCell(column, value, `it is ${categories?.[column.value] ?? column.value} in every row`)
  const cell = cellOfKind(column, value)
  if (kind === 'integer' && !Number.isInteger(cell)) throw badCell(column, value, 'give a whole number')
  // refuse a value without a code before anything is drawn
  encodingKindOf(column).encoder(column)(cell)
  return cell
}

/** Why no value is given of a column that is generated; undefined of one that is learned. */
function howMade({ as }: EncodedColumn): string | undefined {
  if (as === 'key') return 'a key is the number of its row: leave it out'
  return as === 'generated' ? 'its texts are made for each row: leave it out' : undefined
}

function badRange(column: Column, range: Range, problem: string): InputError {
  const text = describeRange({ column: column.name, ...range })
  return new InputError(`\`given\` ${shown(text)}: ${problem}`, 'out-of-range', {
    option: 'given',
    value: text,
  })
}

/** Warnings about known cells: a number or date that few training rows have, or none, counts as the nearest one. */
export function knownWarnings({ columns }: Encoding, { count, cells }: Known): string[] {
  const where = (i: number) => (count > 1 ? ` in row ${i + 1}` : '')
  return columns.flatMap((column, d) => {
    const [least, most] = endsOf(column)
    const isBeyond = (cell: number) => cell < least || cell > most
    const isUnknown = (cell: number) =>
      column.as === 'category' && !Number.isNaN(cell) && column.values?.includes(cell) === false
    const i = cells[d]!.findIndex((cell) => isBeyond(cell) || isUnknown(cell))
    if (i < 0) return []
    const text = textOf(column)
    const cell = cells[d]![i]!
    const [why, nearest] = isBeyond(cell)
      ? [`the training rows have about ${text(least)} to ${text(most)}`, 'nearest of these']
      : ['few training rows have that, or none', 'nearest value']
    return [
      `column ${column.name} is ${text(cell)}${where(i)}: ${why}, so the rest of the row is drawn for the ${nearest}`,
    ]
  })
}
