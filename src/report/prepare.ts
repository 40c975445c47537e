import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { type FloatArray, gatherRows, type Points } from '../core/points.ts'
import { shuffled } from '../core/random.ts'
import { sharedColumns } from '../evaluate/closeness.ts'
import { type Column, matchColumns, type NamedTable } from '../table/table.ts'
import type { Feature } from './bins.ts'

/** The tables of a report made comparable: the same columns, the same names in them, and rows in an order that chance gave. */
export interface ReportTables {
  readonly samples: NamedTable<Float64Array>
  /** Real rows that no model was trained on. */
  readonly against: NamedTable<Float64Array>
  /** Real rows that the model was trained on. */
  readonly train: NamedTable<Float64Array>
}

/** Fewer rows of a table say nothing of it. */
export const minRows = 20

/** What the orders of rows are drawn for: the last word that tells one shuffle from another of the same seed. */
export const draws = { samples: 200, against: 201, train: 202, halves: 300, folds: 400 } as const

/**
 * Puts the tables' columns in the order of `against`, leaves out keys, and shuffles the rows by the seed. The rows are
 * sorted first: the order that they came in decides nothing. Where a table is float32, all are rounded to that, so that no
 * more than the rounding tells it from the others.
 * Throws InputError on other columns than `against` has, or fewer than 20 rows.
 */
export function prepareTables(
  tables: Readonly<Record<keyof ReportTables, NamedTable>>,
  seed: number,
): ReportTables {
  const { samples, against, train } = tables
  for (const table of [samples, against, train])
    if (table.points.count < minRows)
      throw new InputError(
        `${table.name} has ${counted(table.points.count, 'row')}: a report takes ${minRows} or more of each table`,
        'bad-data',
      )
  const among = { name: against.name, columns: sharedColumns(against, [train, samples]) }
  const isSingle = [samples, against, train].some(({ points }) => points.data instanceof Float32Array)
  const compared = among.columns.flatMap((column, d) => (column.kind === 'key' ? [] : [d]))
  if (compared.length === 0)
    throw new InputError(`${against.name} has no column but keys: a report takes others`, 'bad-data')
  const columns = compared.map((d) => among.columns[d]!)
  const prepare = (table: NamedTable, draw: number) => {
    const points = roundedColumns(matchColumns(table, among), compared, isSingle)
    const sorted = gatherRows(points, sortedRows(columns, points))
    return { name: table.name, columns, points: gatherRows(sorted, shuffled(sorted.count, seed, draw)) }
  }
  return {
    samples: prepare(samples, draws.samples),
    against: prepare(against, draws.against),
    train: prepare(train, draws.train),
  }
}

function roundedColumns(
  { data, count, dim }: Points<FloatArray>,
  order: readonly number[],
  isSingle: boolean,
): Points<Float64Array> {
  const width = order.length
  const result = new Float64Array(count * width)
  for (let i = 0; i < count; i++)
    for (const [d, from] of order.entries()) {
      const cell = data[i * dim + from]!
      // no negative zero: it is the same value
      result[i * width + d] = (isSingle ? Math.fround(cell) : cell) + 0
    }
  return { data: result, count, dim: width }
}

/**
 * The rows in an order that depends on neither the order that they came in, nor that of the columns, nor the names of
 * categories: by one column after another, as their names follow; a missing cell first, numbers by size, categories by
 * how many rows have them. Rows that are equal by that stay in their order.
 */
function sortedRows(columns: readonly Column[], { data, count, dim }: Points<Float64Array>): Int32Array {
  const keys = columns
    .map((column, d) => ({ column, d }))
    .sort((a, b) => (a.column.name < b.column.name ? -1 : 1))
    .map(({ column, d }) => {
      const cells = Float64Array.from({ length: count }, (_, i) => data[i * dim + d]!)
      const counts = new Map<number, number>()
      if (column.categories) for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
      return cells.map((cell) =>
        Number.isNaN(cell) ? Number.NEGATIVE_INFINITY : column.categories ? counts.get(cell)! : cell,
      )
    })
  return Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
    for (const key of keys) {
      const [x, y] = [key[a]!, key[b]!]
      if (x !== y) return x < y ? -1 : 1
    }
    return a - b
  })
}

/** A table's cells in a column, NaN where one is missing. */
export function cellsOf({ points: { data, count, dim } }: NamedTable, d: number): Float64Array {
  const cells = new Float64Array(count)
  for (let i = 0; i < count; i++) cells[i] = data[i * dim + d]!
  return cells
}

/** What trees learn from: the columns `which`, in the order of their names, so that the table's own order decides nothing. */
export function featuresOf(table: NamedTable, which: (column: Column) => boolean = () => true): Feature[] {
  return table.columns
    .map((column, d) => ({ column, d }))
    .filter(({ column }) => which(column))
    .sort((a, b) => (a.column.name < b.column.name ? -1 : 1))
    .map(({ column, d }) => ({ cells: cellsOf(table, d), isCategory: column.categories !== undefined }))
}

/** The first `count` rows: of a shuffled table, as many by chance. */
export function firstRows<A extends FloatArray>(table: NamedTable<A>, count: number): NamedTable<A> {
  const { points } = table
  if (points.count <= count) return table
  return { ...table, points: { ...points, data: points.data.subarray(0, count * points.dim) as A, count } }
}

/**
 * Two sets of other real rows of up to `count` each, drawn from all of them: what chance alone makes of two sets of rows that
 * are of one kind. `draw` tells one pair of sets from the next.
 */
export function realHalves(
  { against, train }: ReportTables,
  count: number,
  seed: number,
  draw: number,
): [NamedTable<Float64Array>, NamedTable<Float64Array>] {
  const { dim } = against.points
  const data = new Float64Array(against.points.data.length + train.points.data.length)
  data.set(against.points.data)
  data.set(train.points.data, against.points.data.length)
  const all = { data, count: against.points.count + train.points.count, dim }
  const order = shuffled(all.count, seed, draws.halves + draw)
  const size = Math.min(count, Math.floor(all.count / 2))
  const half = (from: number) => ({
    ...against,
    points: gatherRows(all, order.subarray(from, from + size)),
  })
  return [half(0), half(size)]
}
