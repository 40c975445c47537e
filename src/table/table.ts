/**
 * Tables and their kinds of columns. formats/ reads and writes files, inference/ finds the kinds,
 * encodings/ are what a network sees.
 */
import { columnOf, type FloatArray, type Points } from '../numerics/points.ts'
import { type DateForm, type DateOrder, orderOf } from './dates/form.ts'
import type { Maker } from './generated/maker.ts'
import type { NumberForm } from './number-form.ts'

export type { DateForm, DateOrder } from './dates.ts'
export type { NumberForm } from './number-form.ts'

export const columnKinds = ['number', 'integer', 'category', 'boolean', 'date', 'key', 'text'] as const

/**
 * What a column holds: numbers; whole numbers; names; two names, for no and yes; points in time; the row's own number, which
 * is unique; or texts that are made for each row, not learned.
 */
export type ColumnKind = (typeof columnKinds)[number]

/** Whether a column's cells are made for each row, not learned. */
export function isGenerated({ kind }: Pick<Column, 'kind'>): boolean {
  return kind === 'key' || kind === 'text'
}

export interface Column {
  readonly name: string
  readonly kind: ColumnKind
  /** The names of a category, or of a boolean's no and yes, or a sample's texts; a cell holds the index of one. */
  readonly categories?: readonly string[] | undefined
  /** The first number of a key; 0 by default. */
  readonly first?: number | undefined
  /** How texts are made. */
  readonly maker?: Maker | undefined
  /** How a date is written; a time of day is on 1 January 1970. */
  readonly form?: DateForm | undefined
  /** How numbers are written in text, such as CSV; JSON and Parquet have plain numbers. */
  readonly numberForm?: NumberForm | undefined
}

/**
 * A column with its cells, one for each row. Every cell is a number: the index of a category, 0 or 1 for a boolean, milliseconds
 * since 1970 in UTC for a date, the row's number for a key, the index of a text, and NaN for a missing value.
 */
export interface TableColumn extends Column {
  readonly cells: Float64Array
  /** Whether the cells are numbers of float32, as models of points draw them: they are written with fewer digits. */
  readonly isFloat32?: boolean | undefined
}

/** Rows of named columns. */
export interface Table {
  /** Of rows. */
  readonly count: number
  readonly columns: readonly TableColumn[]
}

/** A table with its name in messages, such as its file. */
export interface NamedTable extends Table {
  readonly name: string
}

/** A column without its cells. */
export function definitionOf<C extends Column>({
  cells,
  isFloat32,
  ...definition
}: C & Pick<TableColumn, 'cells' | 'isFloat32'>): Omit<C, 'cells' | 'isFloat32'> {
  return definition as unknown as Omit<C, 'cells' | 'isFloat32'>
}

/** A table of row-major points, which `columns` describe. */
export function tableOfPoints(
  columns: readonly (Column & { readonly cells?: Float64Array })[],
  points: Points<FloatArray>,
): Table {
  return {
    count: points.count,
    columns: columns.map((column, d) => ({
      ...column,
      cells: columnOf(points, d),
      ...(points.data instanceof Float32Array && { isFloat32: true }),
    })),
  }
}

/** A table's cells row by row, as the points of a network of points. */
export function pointsOf({
  count,
  columns,
}: {
  readonly count: number
  readonly columns: readonly Pick<TableColumn, 'cells'>[]
}): Points<Float64Array> {
  const dim = columns.length
  const data = new Float64Array(count * dim)
  for (const [d, { cells }] of columns.entries())
    for (let i = 0; i < count; i++) data[i * dim + d] = cells[i]!
  return { data, count, dim }
}

/** The cells of a table's columns. */
export function columnCells({ columns }: Table): readonly Float64Array[] {
  return columns.map(({ cells }) => cells)
}

/** Default column names: x0, x1, ... */
export function numberedNames(count: number): string[] {
  return Array.from({ length: count }, (_, d) => `x${d}`)
}

export function namesOf({ columns }: { readonly columns: readonly Pick<Column, 'name'>[] }): string[] {
  return columns.map(({ name }) => name)
}

/**
 * A kind, for dates with which of day, month and year comes first, for numbers with the separators of 1234.5; for texts with
 * their form as a regular expression, or the method of faker that makes them, if need be with its language.
 */
export type ColumnType =
  | ColumnKind
  | `date:${DateOrder}`
  | `${'number' | 'integer'}:${'1,234.5' | '1.234,5'}`
  | `/${string}/`
  | `${string}.${string}`

export const columnTypes: readonly ColumnType[] = [
  ...columnKinds,
  'date:dmy',
  'date:mdy',
  'date:ymd',
  'number:1,234.5',
  'number:1.234,5',
  'integer:1,234.5',
  'integer:1.234,5',
]

/** Kinds by column name, to read a file whose columns are these; with what their cells may be read by, if need be. */
export function kindsOf({ columns }: { readonly columns: readonly Column[] }): Record<string, ColumnType> {
  return Object.fromEntries(columns.map((column) => [column.name, typeOfColumn(column)]))
}

function typeOfColumn({ kind, form, numberForm }: Column): ColumnType {
  if (kind === 'date' && form !== undefined) {
    const order = orderOf(form)
    return order === undefined || order === 'ymd' ? kind : `date:${order}`
  }
  if (kind !== 'number' && kind !== 'integer') return kind
  const { decimal, prefix, suffix, group, parentheses } = numberForm ?? {}
  if (decimal === ',') return `${kind}:1.234,5`
  return prefix || suffix || group || parentheses ? `${kind}:1,234.5` : kind
}

/** The cells of these rows, in this order; a row of -1 has none. */
export function gathered<C extends TableColumn>(column: C, rows: ArrayLike<number>): C {
  return { ...column, cells: Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : column.cells[row]!)) }
}

/** The rows of these places, in this order; a place of -1 is a row of missing values. */
export function rowsAt<T extends Table>(table: T, places: ArrayLike<number>): T {
  return { ...table, count: places.length, columns: table.columns.map((column) => gathered(column, places)) }
}

/** Rows `start` (included) to `end` (excluded), as views on the same memory. */
export function rowsBetween<T extends Table>(table: T, start: number, end: number): T {
  const columns = table.columns.map((column) => ({ ...column, cells: column.cells.subarray(start, end) }))
  return { ...table, count: end - start, columns }
}

/** The columns of these places, in this order. */
export function columnsAt<T extends Table>(table: T, places: readonly number[]): T {
  return { ...table, columns: places.map((d) => table.columns[d]!) }
}

/** A table's other columns than those of these names. */
export function withoutColumns<T extends Table>(table: T, names: readonly string[]): T {
  return names.length === 0
    ? table
    : { ...table, columns: table.columns.filter(({ name }) => !names.includes(name)) }
}

/** Room for a table of as many rows, with the columns of another, whose texts may be added to. */
export function emptyLike({ columns }: Table, count: number): Table {
  return {
    count,
    columns: columns.map((column) => ({
      ...column,
      ...(column.kind === 'text' && column.categories && { categories: [...column.categories] }),
      cells: new Float64Array(count),
    })),
  }
}

/** Writes the rows of a table into one that `emptyLike` made of the first of them, from `row` on. */
export function writeRows(all: Table, { columns, count }: Table, row: number): void {
  for (const [d, { kind, categories, cells }] of columns.entries()) {
    const into = all.columns[d]!
    into.cells.set(cells, row)
    if (row === 0 || kind !== 'text' || !categories) continue
    const texts = into.categories as string[]
    const before = texts.length
    for (const text of categories) texts.push(text)
    for (let i = row; i < row + count; i++) into.cells[i]! += before
  }
}

/** The rows of tables of the same columns, one after the other. */
export function joinTables(tables: readonly Table[]): Table {
  const all = emptyLike(
    tables[0]!,
    tables.reduce((sum, { count }) => sum + count, 0),
  )
  let row = 0
  for (const table of tables) {
    writeRows(all, table, row)
    row += table.count
  }
  return all
}

/** A table of points, with the kinds of columns inferred from their values. */
export function tableOf(
  points: Points<FloatArray>,
  names: readonly string[] = numberedNames(points.dim),
): Table {
  const columns = names.map((name): Column => ({ name, kind: 'number' }))
  const table = tableOfPoints(columns, points)
  const kindOf = (cells: Float64Array) => (cells.every(Number.isInteger) ? 'integer' : 'number')
  return { ...table, columns: table.columns.map((column) => ({ ...column, kind: kindOf(column.cells) })) }
}

/** A row in code: an object of values by column name, of any interface, or an array of values in order. */
export type Row = object

/** A table in code: with its columns, as rows (`tableOfRows` in rows.ts), or as points without column names. */
export type TableSource = Table | readonly Row[] | Points<FloatArray>
