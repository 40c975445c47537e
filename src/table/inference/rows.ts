import { assigned, InputError } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { epochUnitOf, formatDate } from '../dates.ts'
import { typeOfCells } from '../formats/write-cells.ts'
import { requireFinite } from '../numbers.ts'
import {
  type Column,
  type NamedTable,
  numberedNames,
  type Row,
  type Table,
  type TableSource,
  tableOf,
} from '../table.ts'
import type { ColumnChoice, ReadingOptions } from './choice.ts'
import { requireValues } from './limits.ts'
import { requireSource, sourceRemedy } from './source.ts'
import { type ReadTable, TableBuilder } from './table-builder.ts'
import { shortened } from './words.ts'

/**
 * Reads a table row by row: objects, whose columns are their keys in order of appearance, or arrays of numbers. The fields
 * of an object in an object are columns with both names: address.city.
 */
export class RowReader {
  readonly #name: string
  readonly #place: 'line' | 'row'
  readonly #builder: TableBuilder
  #first = 0
  readonly #places = new Map<string, number>()
  /** The places of the fields of nested objects, by the object's key. */
  readonly #nested = new Map<string, Map<string, number>>()
  readonly #options: ReadingOptions
  /** The values of objects so far. */
  #values = 0
  #isOfArrays: boolean | undefined

  /** `place` is what messages number the rows by. */
  constructor(name: string, place: 'line' | 'row', options: ReadingOptions) {
    this.#name = name
    this.#place = place
    this.#options = options
    this.#builder = new TableBuilder({ name, place, isText: false }, options)
  }

  /** Throws InputError on anything but a row, an array among objects, or a value that no cell can hold. */
  push(row: unknown, number: number): void {
    if (typeof row !== 'object' || row === null || (Array.isArray(row) && row.length === 0))
      throw noRows(this.#name)
    this.#first ||= number
    this.#isOfArrays ??= Array.isArray(row)
    if (this.#isOfArrays !== Array.isArray(row)) throw this.#otherColumns(number)
    if (Array.isArray(row)) this.#pushNumbers(row, number)
    else this.#pushObject(row as Readonly<Record<string, unknown>>, number)
  }

  /** Throws InputError on too few rows, or a column that doesn't fit any kind. */
  end(): ReadTable {
    if (this.#builder.names.length === 0) throw noRows(this.#name)
    this.#builder.requireChosenColumns()
    // where there is no object, its key alone says so
    for (const key of this.#nested.keys()) this.#builder.forgetEmpty(key)
    const table = this.#builder.finish()
    const fields = [...this.#nested].flatMap(([key, places]) =>
      [...places.keys()].map((field) => `${key}.${field}`),
    )
    if (fields.length === 0) return table
    const listed = `${fields.slice(0, 5).map(printable).join(', ')}${fields.length > 5 ? ', …' : ''}`
    return {
      ...table,
      notes: [`${this.#name}: the fields of nested objects are columns: ${listed}`, ...table.notes],
    }
  }

  #pushNumbers(row: readonly unknown[], number: number): void {
    const { grid, columns, names } = this.#builder
    if (names.length === 0) for (const name of numberedNames(row.length)) this.#builder.addColumn(name)
    if (row.length !== names.length) throw this.#otherColumns(number)
    if (!this.#builder.takesRow(row)) return
    const place = grid.addRow()
    for (const [d, value] of row.entries()) {
      const column = columns[d]
      if (!column) continue
      if (value !== null && value !== undefined && typeof value !== 'number')
        throw column.error(
          number,
          `${plainly(value)} is no number: give rows of other values as objects, such as {"x": 1}`,
        )
      grid.columns[column.index]![place] = column.value(value, number)
    }
  }

  #pushObject(row: Readonly<Record<string, unknown>>, number: number): void {
    const { grid, columns } = this.#builder
    const values: unknown[] = []
    const places: number[] = []
    for (const [key, value] of Object.entries(row)) {
      const isNested = this.#isNested(key, value)
      if (isNested && !this.#nested.has(key)) this.#nested.set(key, new Map())
      const known = isNested ? this.#nested.get(key)! : this.#places
      for (const [field, cell] of isNested ? Object.entries(value) : [[key, value] as const]) {
        if (!known.has(field)) known.set(field, this.#addColumn(isNested ? `${key}.${field}` : key))
        const place = known.get(field)!
        values[place] = cell
        places.push(place)
      }
    }
    this.#values += places.length
    this.#requireValues()
    if (!this.#builder.takesRow(values)) return
    const at = grid.addRow()
    for (const place of places) {
      const column = columns[place]
      if (column) grid.columns[column.index]![at] = column.value(values[place], number)
    }
  }

  /** Adds a column; returns its place. */
  #addColumn(name: string): number {
    if (this.#nested.size > 0 && this.#builder.has(name))
      throw new InputError(`${this.#name}: two columns are named ${printable(name)}: rename one`, 'bad-data')
    this.#builder.addColumn(name)
    this.#requireValues()
    return this.#builder.names.length - 1
  }

  /** Throws InputError if nearly all cells are empty, with those of the next row. */
  #requireValues(): void {
    const { grid, keptColumns } = this.#builder
    const cells = (grid.rows + 1) * keptColumns.length
    requireValues(this.#name, { cells, values: this.#values, maxSize: this.#options.maxSize })
  }

  /** Whether a value is an object whose fields are columns; one whose key is dropped is not looked into. */
  #isNested(key: string, value: unknown): value is object {
    if (typeof value !== 'object' || value === null) return false
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return false
    const { drop = [], types = {} } = this.#options.choice
    return !drop.includes(key) && !(Object.hasOwn(types, key) && types[key] === 'drop')
  }

  #otherColumns(number: number): InputError {
    return new InputError(
      `${this.#name}, ${this.#place} ${number}: its columns differ from those of ${this.#place} ${this.#first}: give every row the same columns`,
      'bad-data',
    )
  }
}

/** A value of an array as a message has it; what is in it may be of any depth. */
function plainly(value: unknown): string {
  if (typeof value === 'string') return shortened(JSON.stringify(value.slice(0, 40)))
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : String(value)
}

/** A source that holds no rows. */
export function noRows(name: string): InputError {
  return new InputError(
    `${name} is no array of points: give one such as [{"x": 1, "y": 2}] or [[1, 2]]`,
    'bad-data',
  )
}

/**
 * Converts row objects, or arrays of numbers with columns x0, x1 and so on, to a table; `name` is its name in messages.
 * A value is a number, a text, a boolean, a Date or a bigint; null, undefined, NaN and an absent key are missing cells.
 * Throws InputError on no rows, a value of another type, or a column that doesn't fit any kind or its given one.
 *
 * @example
 * tableOfRows([{ age: 39, sex: 'male' }, { age: 50, sex: 'female' }], 'people').columns
 * // [{ name: 'age', kind: 'integer', cells: Float64Array [39, 50] },
 * //  { name: 'sex', kind: 'category', categories: ['female', 'male'], cells: Float64Array [1, 0] }]
 */
export function tableOfRows(rows: readonly Row[], name: string, choice: ColumnChoice = {}): ReadTable {
  return readRows(rows, name, { choice, minRows: 1 })
}

/** The same for rows from a file. */
export function readRows(rows: unknown, name: string, options: ReadingOptions): ReadTable {
  if (!Array.isArray(rows) || rows.length === 0) throw noRows(name)
  const reader = new RowReader(name, 'row', options)
  for (const [i, row] of rows.entries()) reader.push(row, i + 1)
  return reader.end()
}

/**
 * Converts `source` to a table, called `name` in messages; with `keepsTexts`, one of rows has its texts. Throws InputError on anything
 * else, or an infinite value.
 */
export function tableFrom(
  source: TableSource,
  name: string,
  choice: ColumnChoice = {},
  keepsTexts = false,
): NamedTable {
  requireSource(name, source)
  const table = isRows(source)
    ? readRows(source, name, { choice, keepsTexts, minRows: 1 })
    : shapedTable(source, name)
  requireFinite({ name, ...table })
  return { name, ...table }
}

/** Throws InputError on a table or points whose parts do not go together. */
function shapedTable(source: Table | Points<FloatArray>, name: string): Table {
  if (!('columns' in source)) {
    const { data, count, dim } = source
    if (data?.length === count * dim) return tableOf(source)
    throw misshapen(`${name} is no table of ${counted(numberedNames(dim).length, 'column')}`)
  }
  const { count, columns } = source
  if (!Number.isSafeInteger(count) || count < 0) throw misshapen(assigned(`\`count\` of ${name}`, count))
  if (!Array.isArray(columns)) throw misshapen(assigned(`\`columns\` of ${name}`, columns))
  for (const [d, column] of columns.entries()) {
    const { name: itsName = d + 1, cells } = column ?? {}
    const where = `${name}, column ${printable(String(itsName))}`
    if (!(cells instanceof Float64Array)) throw misshapen(`${where} has no Float64Array of \`cells\``)
    if (cells.length !== count)
      throw misshapen(`${where} has ${counted(cells.length, 'cell')}, and the table ${counted(count, 'row')}`)
  }
  return source
}

function misshapen(problem: string): InputError {
  return new InputError(`${problem}: ${sourceRemedy}`, 'wrong-type')
}

function isRows(source: TableSource): source is readonly Row[] {
  return Array.isArray(source)
}

/** A row by column name: names and dates as text, null for a missing cell. */
export type TableRow = Readonly<Record<string, string | number | boolean | null>>

/** A table whose rows are of a type, which only the compiler sees. */
export type TableOf<R extends object> = Table & { readonly [rowsAre]?: R }

declare const rowsAre: unique symbol

/**
 * Converts a table to an array of objects, one for each row. `train` and `impute` accept such arrays. `toRows<Person>` gives
 * rows of your own type, which is not checked; the table of `sample<Person>` has it already.
 *
 * @param table - The table, such as that of `sample` or `readTable`.
 * @returns Rows by column name, with the values of JSON: names, dates, yes and no as text, numbers, true and false, and null
 * for a missing cell.
 * @example
 * const { table } = await sample(model, { count: 2, given: { sex: 'female' } })
 * toRows(table) // [{ sex: 'female', age: 31, member: true, joined: '2015-04-01', fare: null }, …]
 */
export function toRows<R extends object = TableRow>(table: TableOf<R>): R[] {
  requireSource('the table', table)
  const { count, columns } = table
  const values = columns.map(readerOf)
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(
      columns.map(({ name, cells }, d) => {
        const cell = cells[i]!
        return [name, Number.isNaN(cell) ? null : values[d]!(cell)]
      }),
    ),
  ) as R[]
}

function readerOf(column: Column) {
  const { kind, categories = [], form = 'YYYY-MM-DD' } = column
  const type = typeOfCells(column)
  return (cell: number): string | number | boolean => {
    if (type === 'boolean') return cell === 1
    if (type === 'text') return categories[cell] ?? String(cell)
    if (kind !== 'date') return cell
    const text = formatDate(cell, form)
    return epochUnitOf(form) === undefined ? text : Number(text)
  }
}
