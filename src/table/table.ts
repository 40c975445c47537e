import { InputError, wrongType } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { type FloatArray, gatherColumns, type Points } from '../core/points.ts'

/** What a column holds: numbers, or whole numbers alone. */
export type ColumnKind = 'number' | 'integer'

export interface Column {
  readonly name: string
  readonly kind: ColumnKind
}

/** Rows of named columns, in the data's own units. */
export interface Table<A extends FloatArray = FloatArray> {
  readonly columns: readonly Column[]
  /** [rows, columns]. */
  readonly points: Points<A>
}

/** A table, and what to call it in messages: its file, say. */
export interface NamedTable<A extends FloatArray = FloatArray> extends Table<A> {
  readonly name: string
}

/** The names of columns that nobody named: x0, x1, ... */
export function numberedNames(count: number): string[] {
  return Array.from({ length: count }, (_, d) => `x${d}`)
}

export function namesOf({ columns }: Pick<Table, 'columns'>): string[] {
  return columns.map(({ name }) => name)
}

/** A table of points, the kinds of its columns as their values are. */
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

/** A row as code has it: values by column name, or in order. */
export type Row = Readonly<Record<string, unknown>> | readonly unknown[]

/**
 * A table of row objects with the same keys, or of arrays of numbers, whose columns are then x0, x1 and so on; `name` is
 * what messages call it. Throws InputError on no rows, rows of other columns than the first, or a value that is no number.
 */
export function tableOfRows(rows: readonly Row[], name: string): Table<Float64Array> {
  const isRow = (row: unknown) => typeof row === 'object' && row !== null && Object.keys(row).length > 0
  if (rows.length === 0 || !rows.every(isRow))
    throw new InputError(
      `${name} is no array of points: give one such as [{"x": 1, "y": 2}] or [[1, 2]]`,
      'bad-data',
    )
  const [first] = rows
  const keys = Object.keys(first as object)
  const names = Array.isArray(first) ? numberedNames(keys.length) : keys
  const data = new Float64Array(rows.length * keys.length)
  for (const [i, row] of rows.entries()) {
    if (Array.isArray(row) !== Array.isArray(first) || Object.keys(row).length !== keys.length)
      throw new InputError(
        `${name}, row ${i + 1}: it is not of the columns of row 1: give every row the same columns`,
        'bad-data',
      )
    for (const [d, key] of keys.entries()) {
      const value: unknown = row[key as keyof typeof row]
      if (typeof value !== 'number') {
        const shown = (JSON.stringify(value) ?? 'nothing').slice(0, 40)
        throw new InputError(
          `${name}, row ${i + 1}, column ${names[d]}: ${shown} is no number: give numbers alone`,
          'bad-data',
        )
      }
      data[i * keys.length + d] = value
    }
  }
  return tableOf({ data, count: rows.length, dim: keys.length }, names)
}

/** A table as code has it: with its columns, as rows (`tableOfRows`), or as points whose columns nobody named. */
export type TableSource = Table | readonly Row[] | Points<FloatArray>

/** The table that `source` is; `name` is what messages call it. Throws InputError where it is none, or has a value that is no finite number. */
export function tableFrom(source: TableSource, name: string): NamedTable {
  const remedy = 'give a table, points, or an array of rows such as [{ x: 1, y: 2 }]'
  if (typeof source !== 'object' || source === null) throw wrongType(name, source, remedy)
  const table = isRows(source) ? tableOfRows(source, name) : 'columns' in source ? source : tableOf(source)
  const { data, count, dim } = table.points ?? {}
  if (table.columns.length !== dim || data?.length !== count * dim)
    throw new InputError(
      `${name} is no table of ${counted(table.columns.length, 'column')}: ${remedy}`,
      'wrong-type',
    )
  requireFinite({ name, ...table })
  return { name, ...table }
}

function isRows(source: TableSource): source is readonly Row[] {
  return Array.isArray(source)
}

/** Throws InputError on the first number that is not finite. */
export function requireFinite({ name, columns, points: { data, dim } }: NamedTable): void {
  const k = data.findIndex((value) => !Number.isFinite(value))
  if (k >= 0)
    throw new InputError(
      `${name}, row ${Math.floor(k / dim) + 1}, column ${columns[k % dim]?.name} is ${data[k]}: give finite numbers`,
      'bad-data',
    )
}

/**
 * The table's points with their columns in the order of `reference`: by name where both name theirs, else as they stand.
 * Throws InputError on another number of columns, or names that the reference does not have.
 */
export function matchColumns<A extends FloatArray>(
  table: NamedTable<A>,
  reference: Pick<NamedTable, 'name' | 'columns'>,
): Points<A> {
  const [names, others] = [namesOf(table), namesOf(reference)]
  if (names.length !== others.length)
    throw new InputError(
      `${table.name} has ${counted(names.length, 'column')}, ${reference.name} has ${others.length}: give points of the same columns`,
      'bad-data',
    )
  const stranger = names.find((name) => !others.includes(name))
  if (stranger !== undefined) {
    if ([names, others].some((all) => all.every((name, d) => name === `x${d}`))) return table.points
    throw new InputError(
      `${table.name} has a column ${stranger}, which ${reference.name} has not (${others.join(', ')}): ` +
        'give points of the same columns',
      'bad-data',
    )
  }
  return gatherColumns(
    table.points,
    others.map((name) => names.indexOf(name)),
  )
}
