/**
 * Tables and their kinds of columns. formats/ reads and writes files, inference/ finds the kinds,
 * encodings/ are what a network sees.
 */
import { InputError, nearest } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { type FloatArray, gatherColumns, joinRows, type Points } from '../numerics/points.ts'
import { type DateForm, type DateOrder, orderOf } from './dates/form.ts'
import type { Maker } from './generated/maker.ts'
import type { NumberForm } from './number-form.ts'

export type { DateForm, DateOrder } from './dates.ts'
export type { NumberForm } from './number-form.ts'

/**
 * What a column holds: numbers; whole numbers; names; two names, for no and yes; points in time; the row's own number, which
 * is unique; or texts that are made for each row, not learned.
 */
export type ColumnKind = 'number' | 'integer' | 'category' | 'boolean' | 'date' | 'key' | 'text'

export const columnKinds: readonly ColumnKind[] = [
  'number',
  'integer',
  'category',
  'boolean',
  'date',
  'key',
  'text',
]

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
 * Rows of named columns. Every cell is a number: the index of a category, 0 or 1 for a boolean, milliseconds since 1970
 * in UTC for a date, the row's number for a key, the index of a text, and NaN for a missing value.
 */
export interface Table<A extends FloatArray = FloatArray> {
  readonly columns: readonly Column[]
  /** [rows, columns]. */
  readonly points: Points<A>
}

/** A table with its name in messages, such as its file. */
export interface NamedTable<A extends FloatArray = FloatArray> extends Table<A> {
  readonly name: string
}

/** Default column names: x0, x1, ... */
export function numberedNames(count: number): string[] {
  return Array.from({ length: count }, (_, d) => `x${d}`)
}

export function namesOf({ columns }: Pick<Table, 'columns'>): string[] {
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
export function kindsOf({ columns }: Pick<Table, 'columns'>): Record<string, ColumnType> {
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

/** A column's cells, NaN for a missing one. */
export function cellsOf({ points: { data, count, dim } }: Pick<Table, 'points'>, d: number): Float64Array {
  const cells = new Float64Array(count)
  for (let i = 0; i < count; i++) cells[i] = data[i * dim + d]!
  return cells
}

/** A table's other columns than those of these names. */
export function withoutColumns<T extends Table>(table: T, names: readonly string[]): T {
  if (names.length === 0) return table
  const kept = table.columns.flatMap(({ name }, d) => (names.includes(name) ? [] : [d]))
  return { ...table, columns: kept.map((d) => table.columns[d]!), points: gatherColumns(table.points, kept) }
}

/** The rows of tables of the same columns, one after the other. */
export function joinTables(tables: readonly Table[]): Table {
  const [first] = tables
  const joined = {
    columns: first!.columns.map(ownTexts),
    points: joinRows(tables.map(({ points }) => points)),
  }
  let row = 0
  for (const table of tables) {
    if (row > 0) addTexts(joined, table, row)
    row += table.points.count
  }
  return joined
}

/** A column whose texts may be added to. */
export function ownTexts(column: Column): Column {
  return column.kind === 'text' && column.categories
    ? { ...column, categories: [...column.categories] }
    : column
}

/** Adds the texts of a table, whose cells are already those of rows from `row` on, to those of all. */
export function addTexts(all: Table, { columns, points: { count } }: Table, row: number): void {
  const { data, dim } = all.points
  for (const [d, { kind, categories }] of columns.entries()) {
    if (kind !== 'text' || !categories) continue
    const texts = all.columns[d]!.categories as string[]
    const before = texts.length
    for (const text of categories) texts.push(text)
    for (let k = row * dim + d; k < (row + count) * dim; k += dim) data[k]! += before
  }
}

/** A table of points, with the kinds of columns inferred from their values. */
export function tableOf<A extends FloatArray>(
  points: Points<A>,
  names: readonly string[] = numberedNames(points.dim),
): Table<A> {
  const { data, dim } = points
  const isWhole = (d: number) => {
    for (let k = d; k < data.length; k += dim) if (!Number.isInteger(data[k])) return false
    return true
  }
  return { columns: names.map((name, d) => ({ name, kind: isWhole(d) ? 'integer' : 'number' })), points }
}

/** A row in code: an object of values by column name, of any interface, or an array of values in order. */
export type Row = object

/** A table in code: with its columns, as rows (`tableOfRows` in rows.ts), or as points without column names. */
export type TableSource = Table | readonly Row[] | Points<FloatArray>

/** Throws InputError on the first number that is infinite. */
export function requireFinite({ name, columns, points: { data, dim } }: NamedTable): void {
  const k = data.findIndex((value) => !Number.isFinite(value) && !Number.isNaN(value))
  if (k >= 0)
    throw new InputError(
      `${name}, row ${Math.floor(k / dim) + 1}, column ${columns[k % dim]?.name} is ${data[k]}: give finite numbers`,
      'bad-data',
    )
}

/** Throws InputError on the first column that is not numeric, or the first missing cell. */
export function requireNumbers({ name, columns, points: { data, dim } }: NamedTable, consumer: string): void {
  const other = columns.find(({ kind }) => kind !== 'number' && kind !== 'integer')
  if (other)
    throw new InputError(
      `${name}, column ${other.name} is a ${other.kind}: ${consumer} takes only numbers`,
      'bad-data',
    )
  const k = data.findIndex(Number.isNaN)
  if (k >= 0)
    throw new InputError(
      `${name}, row ${Math.floor(k / dim) + 1}, column ${columns[k % dim]?.name}: the cell is empty: ${consumer} takes no gaps`,
      'bad-data',
    )
}

/**
 * The table's points with the columns in the order of `reference`: by name if both have names, otherwise by position.
 * Throws InputError if the number of columns differs, or the reference lacks a name.
 */
export function matchColumns<A extends FloatArray>(
  table: NamedTable<A>,
  reference: Pick<NamedTable, 'name' | 'columns'>,
): Points<A> {
  const [names, referenceNames] = [namesOf(table), namesOf(reference)]
  if (names.length !== referenceNames.length) {
    const lacking = referenceNames.filter((name) => !names.includes(name))
    const surplus = names.filter((name) => !referenceNames.includes(name))
    const listed = (which: readonly string[]) =>
      `${which.slice(0, 5).join(', ')}${which.length > 5 ? ', …' : ''}`
    const difference = [
      lacking.length > 0 ? `it lacks ${listed(lacking)}` : '',
      surplus.length > 0 ? `and ${reference.name} has no ${listed(surplus)}` : '',
    ]
    throw new InputError(
      `${table.name} has ${counted(names.length, 'column')}, ${reference.name} has ${referenceNames.length}: ` +
        `${difference.filter(Boolean).join(' ').replace(/^and /, '')}: give the same columns`,
      'bad-data',
    )
  }
  const stranger = names.find((name) => !referenceNames.includes(name))
  if (stranger !== undefined) {
    if ([names, referenceNames].some((all) => all.every((name, d) => name === `x${d}`))) return table.points
    throw new InputError(
      `${table.name} has a column ${stranger}, which ${reference.name} does not have (${referenceNames.join(', ')}): ` +
        'give points of the same columns',
      'bad-data',
    )
  }
  const points = gatherColumns(
    table.points,
    referenceNames.map((name) => names.indexOf(name)),
  )
  for (const [d, column] of reference.columns.entries())
    matchCells(points, d, table.columns[names.indexOf(column.name)]!, column, table.name)
  return points
}

/** The columns of a table that are among the reference's, as `matchColumns` gives them, and these of the reference. */
export function matchShared<C extends Column>(
  table: NamedTable,
  reference: readonly C[],
): { readonly columns: readonly C[]; readonly points: Points<FloatArray> } {
  const names = namesOf(table)
  const columns = reference.filter(({ name }) => names.includes(name))
  const places = columns.map(({ name }) => names.indexOf(name))
  const part = {
    name: table.name,
    columns: places.map((d) => table.columns[d]!),
    points: gatherColumns(table.points, places),
  }
  return { columns, points: matchColumns(part, { name: 'the model', columns }) }
}

/** Categories that the reference lacks count as this one, if the reference has it. */
export const otherCategory = 'other'

/** Converts a column's cells to the reference's: indices of its categories. */
function matchCells(
  { data, dim }: Points<FloatArray>,
  d: number,
  column: Column,
  reference: Column,
  table: string,
): void {
  const { name, categories } = reference
  const isSame =
    categories?.length === column.categories?.length &&
    (categories ?? []).every((category, i) => category === column.categories![i])
  // keys and texts are not shared between tables
  if (isGenerated(reference)) return
  if (isSame && (column.kind === 'date') === (reference.kind === 'date')) return
  const refuse = (k: number, problem: string) =>
    new InputError(`${table}, row ${Math.floor(k / dim) + 1}, column ${name}: ${problem}`, 'bad-data')
  const indices = new Map(categories?.map((category, i) => [category, i]))
  const isYesNo = column.kind === 'boolean' && reference.kind === 'boolean'
  for (let k = d; k < data.length; k += dim) {
    const cell = data[k]!
    if (Number.isNaN(cell) || isYesNo) continue
    const text = column.categories?.[cell] ?? String(cell)
    if (!categories) throw refuse(k, `${text} is a ${column.kind}: give a ${reference.kind}, as ${name} is`)
    const index = indices.get(text) ?? indices.get(otherCategory)
    if (index === undefined)
      throw refuse(
        k,
        `${text} is unknown${nearest(text, categories)}: give one of ${categories.slice(0, 20).join(', ')}${categories.length > 20 ? ', …' : ''}`,
      )
    data[k] = index
  }
}
