import { InputError } from '../core/errors.ts'
import { type FloatArray, gatherRows, type Points } from '../numerics/points.ts'
import { shuffled } from '../numerics/random.ts'
import { tableFrom } from '../table/inference/rows.ts'
import { type Column, matchColumns, type NamedTable, type TableSource } from '../table/table.ts'
import { sharedColumns } from './closeness.ts'
import { kindsOfNames } from './evaluate.ts'
import type { Feature } from './trees/bins.ts'

/** The tables of a report. */
export interface ReportSources {
  /** Samples of the generator, ideally as many as training rows. */
  readonly samples: TableSource
  /** Held-out rows: real rows from the same source that were not trained on. */
  readonly against: TableSource
  /** Training rows. */
  readonly train: TableSource
}

/** A report's tables made comparable: the same columns and categories, and rows in random order. */
export interface ReportTables {
  readonly samples: NamedTable<Float64Array>
  readonly against: NamedTable<Float64Array>
  readonly train: NamedTable<Float64Array>
}

/** Minimum number of rows of a table. */
export const minRows = 20

/** Distinguishes the shuffles of one seed. */
export const draws = { samples: 200, against: 201, train: 202, halves: 300, folds: 400 } as const

/**
 * Puts the tables' columns in the order of `against`, leaves out keys, and shuffles the rows by the seed. Rows are
 * sorted first, so that their order does not matter. If a table is float32, all are rounded to float32, so that
 * rounding alone does not distinguish it. Throws InputError if the columns differ from those of `against`, or all are
 * keys.
 */
export function prepareTables(sources: ReportSources, seed: number): ReportTables {
  const against = tableFrom(sources.against, 'against')
  // rows of the other tables are read like those of `against`
  const choice = { types: kindsOfNames(against) }
  const train = tableFrom(sources.train, 'train', choice)
  const samples = tableFrom(sources.samples, 'samples', choice)
  const among = { name: against.name, columns: sharedColumns(against, [train, samples]) }
  const isSingle = [samples, against, train].some(({ points }) => points.data instanceof Float32Array)
  const compared = among.columns.flatMap((column, d) => (column.kind === 'key' ? [] : [d]))
  if (compared.length === 0)
    throw new InputError(`${against.name} has only keys: a report needs other columns`, 'bad-data')
  const columns = compared.map((d) => among.columns[d]!)
  const points = [samples, against, train].map((table) =>
    roundedColumns(matchColumns(table, among), compared, isSingle),
  )
  const orders = sortedRows(columns, points)
  const prepare = (table: NamedTable, t: number, draw: number) => {
    const sorted = gatherRows(points[t]!, orders[t]!)
    return { name: table.name, columns, points: gatherRows(sorted, shuffled(sorted.count, seed, draw)) }
  }
  return {
    samples: prepare(samples, 0, draws.samples),
    against: prepare(against, 1, draws.against),
    train: prepare(train, 2, draws.train),
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
      // no negative zero, which equals 0
      result[i * width + d] = (isSingle ? Math.fround(cell) : cell) + 0
    }
  return { data: result, count, dim: width }
}

/**
 * Each table's rows in an order independent of the original order of rows and columns and of category names: by column
 * in the order of their names, missing cells first, numbers by value, categories by their counts in each table. Ties
 * keep their order.
 */
function sortedRows(columns: readonly Column[], tables: readonly Points<Float64Array>[]): Int32Array[] {
  const keys = columns
    .map((column, d) => ({ column, cells: tables.map((points) => cellsOf({ points }, d)) }))
    .sort((a, b) => (a.column.name < b.column.name ? -1 : 1))
    .map(({ column, cells }) => {
      const counts = column.categories ? cells.map(countsOf) : []
      // weights that give distinct counts distinct sums
      const rank = (cell: number) =>
        counts.reduce((sum, of, t) => sum + (of.get(cell) ?? 0) * Math.sqrt(2 * t + 1), 0)
      return cells.map((own) =>
        own.map((cell) =>
          Number.isNaN(cell) ? Number.NEGATIVE_INFINITY : column.categories ? rank(cell) : cell,
        ),
      )
    })
  return tables.map(({ count }, t) =>
    Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
      for (const ofTables of keys) {
        const [x, y] = [ofTables[t]![a]!, ofTables[t]![b]!]
        if (x !== y) return x < y ? -1 : 1
      }
      return a - b
    }),
  )
}

/** Number of occurrences of each value in a column; NaN is one. */
export function countsOf(cells: Float64Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  return counts
}

/** A table's cells in a column, NaN for missing ones. */
export function cellsOf(
  { points: { data, count, dim } }: Pick<NamedTable, 'points'>,
  d: number,
): Float64Array {
  const cells = new Float64Array(count)
  for (let i = 0; i < count; i++) cells[i] = data[i * dim + d]!
  return cells
}

/** Features for trees: the columns `which`, in the order of their names, so that the table's order does not matter. */
export function featuresOf(table: NamedTable, which: (column: Column) => boolean = () => true): Feature[] {
  return table.columns
    .map((column, d) => ({ column, d }))
    .filter(({ column }) => which(column))
    .sort((a, b) => (a.column.name < b.column.name ? -1 : 1))
    .map(({ column, d }) => ({ cells: cellsOf(table, d), isCategory: column.categories !== undefined }))
}

/** The first `count` rows, which are random in a shuffled table. */
export function firstRows<A extends FloatArray>(table: NamedTable<A>, count: number): NamedTable<A> {
  const { points } = table
  if (points.count <= count) return table
  return { ...table, points: { ...points, data: points.data.subarray(0, count * points.dim) as A, count } }
}

/**
 * Two disjoint random sets of up to `count` real rows each, to measure what chance alone gives. `draw` distinguishes
 * the pairs of sets.
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
