import { InputError } from '../core/errors.ts'
import { type FloatArray, gatherColumns, gatherRows, joinRows, sliceRows } from '../numerics/points.ts'
import { shuffled } from '../numerics/random.ts'
import { tableFrom } from '../table/inference/rows.ts'
import {
  type Column,
  type ColumnKind,
  cellsOf,
  matchColumns,
  type NamedTable,
  type TableSource,
} from '../table/table.ts'
import { gapsFirst, sharedColumns } from './closeness.ts'
import { countsOf } from './statistics.ts'
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

type Rows = NamedTable<Float64Array>

export interface ReportTables {
  readonly samples: Rows
  readonly against: Rows
  readonly train: Rows
  /** Decides the order of rows, and what measures draw. */
  readonly seed: number
}

/** Minimum number of rows of a table. */
export const minRows = 20

/** Distinguishes the shuffles of one seed. */
export const draws = { samples: 200, against: 201, train: 202, halves: 300, folds: 400 } as const

/** The kinds of the columns that are not numeric; other tables are read with these. */
export function kindsOfNames({ columns }: Pick<NamedTable, 'columns'>): Record<string, ColumnKind> {
  const nonNumeric = columns.filter(({ kind }) => kind !== 'number' && kind !== 'integer')
  return Object.fromEntries(nonNumeric.map(({ name, kind }) => [name, kind]))
}

/**
 * Puts the tables' columns in the order of `against`, leaves out keys, and shuffles the rows by the seed. Rows are
 * sorted first, so that their order does not matter. If a table is float32, all are rounded to float32, so that
 * rounding alone does not distinguish it. Throws InputError if the columns differ from those of `against`, or all are
 * keys.
 */
export function prepareTables(sources: ReportSources, seed: number): ReportTables {
  const against = tableFrom(sources.against, 'against')
  const choice = { types: kindsOfNames(against) }
  const train = tableFrom(sources.train, 'train', choice)
  const samples = tableFrom(sources.samples, 'samples', choice)
  const among = { name: against.name, columns: sharedColumns(against, [train, samples]) }
  const order = among.columns.flatMap((column, d) => (column.kind === 'key' ? [] : [d]))
  if (order.length === 0)
    throw new InputError(`${against.name} has only keys: a report needs other columns`, 'bad-data')
  const columns = order.map((d) => among.columns[d]!)
  const tables = [samples, against, train]
  const isSingle = tables.some(({ points }) => points.data instanceof Float32Array)
  const matched = tables.map((table): Rows => {
    const points = gatherColumns(matchColumns(table, among), order)
    // no negative zero, which equals 0
    const data = Float64Array.from(points.data, (cell) => (isSingle ? Math.fround(cell) : cell) + 0)
    return { name: table.name, columns, points: { ...points, data } }
  })
  const orders = sortedRows(columns, matched)
  const shuffle = (t: number, draw: number): Rows => {
    const sorted = gatherRows(matched[t]!.points, orders[t]!)
    return { ...matched[t]!, points: gatherRows(sorted, shuffled(sorted.count, seed, draw)) }
  }
  return {
    samples: shuffle(0, draws.samples),
    against: shuffle(1, draws.against),
    train: shuffle(2, draws.train),
    seed,
  }
}

/** The indices of the columns in the order of their names, so that the table's order does not matter. */
export function orderByName(columns: readonly Column[]): number[] {
  return [...columns.keys()].sort((a, b) => (columns[a]!.name < columns[b]!.name ? -1 : 1))
}

/**
 * Each table's rows in an order independent of the original order of rows and columns and of category names: by column
 * in the order of their names, missing cells first, numbers by value, categories by their counts in each table. Ties
 * keep their order.
 */
function sortedRows(columns: readonly Column[], tables: readonly Rows[]): Int32Array[] {
  const keys = orderByName(columns).map((d) => {
    const cells = tables.map((table) => cellsOf(table, d))
    if (!columns[d]!.categories) return cells.map(gapsFirst)
    const counts = cells.map(countsOf)
    // weights that give distinct counts distinct sums
    const rank = (cell: number) =>
      counts.reduce((sum, of, t) => sum + (of.get(cell) ?? 0) * Math.sqrt(2 * t + 1), 0)
    return cells.map((all) => gapsFirst(all.map((cell) => (Number.isNaN(cell) ? cell : rank(cell)))))
  })
  return tables.map(({ points: { count } }, t) =>
    Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
      for (const ofTables of keys) {
        const [x, y] = [ofTables[t]![a]!, ofTables[t]![b]!]
        if (x !== y) return x < y ? -1 : 1
      }
      return a - b
    }),
  )
}

/** Features for trees: all columns but `except`. */
export function featuresOf(table: NamedTable, except?: string): Feature[] {
  const { columns } = table
  return orderByName(columns)
    .filter((d) => columns[d]!.name !== except)
    .map((d) => ({ cells: cellsOf(table, d), isCategory: columns[d]!.categories !== undefined }))
}

/** The first `count` rows, which are random in a shuffled table. */
export function firstRows<A extends FloatArray>(table: NamedTable<A>, count: number): NamedTable<A> {
  return { ...table, points: sliceRows(table.points, 0, Math.min(count, table.points.count)) }
}

/** Two disjoint random sets of up to `count` real rows each, to measure what chance alone gives. */
export function realHalves(
  { against, train, seed }: ReportTables,
  count: number,
  draw: number,
): [Rows, Rows] {
  const all = joinRows([against.points, train.points])
  const order = shuffled(all.count, seed, draws.halves + draw)
  const size = Math.min(count, Math.floor(all.count / 2))
  const half = (from: number) => ({ ...against, points: gatherRows(all, order.subarray(from, from + size)) })
  return [half(0), half(size)]
}
