import { type FloatArray, gatherRows, type Points } from '../numerics/points.ts'
import { shuffled } from '../numerics/random.ts'
import {
  type Column,
  cellsOf,
  matchColumns,
  type NamedTable,
  otherCategory,
  type Table,
} from '../table/table.ts'
import { below, mean } from './statistics.ts'

/** Measuring: how samples differ from real rows, in numbers. What a report says of the numbers is in src/report. */

/** How alike two tables' rows are, from 0 to 1; 1 is the same. */
export interface Closeness {
  /** Distances by column: Kolmogorov-Smirnov statistic of numbers, total variation of categories. */
  readonly columns: readonly { readonly name: string; readonly distance: number }[]
  /** 1 minus the mean of the columns' distances: 1 if every column has the real distribution. */
  readonly shapes: number
  /** 1 minus the mean of the pairs' distances; null if there is one column. */
  readonly trends: number | null
}

export interface Comparison extends Closeness {
  readonly columns: readonly ComparedColumn[]
  readonly pairs: readonly ComparedPair[]
}

export interface ComparedColumn {
  readonly name: string
  readonly distance: number
  /** The cell up to which, or for names at which, shares differ most; -Infinity is a missing cell. */
  readonly at: number
}

export interface ComparedPair {
  readonly names: readonly [string, string]
  readonly distance: number
  /** Two numbers: their correlation in the reference and in the table. */
  readonly correlations: readonly [number, number] | undefined
  /** Other pairs: the combination whose share differs most, and its share in the reference and in the table. */
  readonly meeting:
    | { readonly of: readonly [Part, Part]; readonly shares: readonly [number, number] }
    | undefined
}

/** A cell of a pair: a category by its index, or a number in [`from`, `to`); -Infinity is missing. */
export type Part = { readonly category: number } | { readonly from: number; readonly to: number }

/** Maximum number of rows compared: more add little, and each pair of columns is counted. */
export const maxRows = 5000

/** Up to this share of missing cells, numbers are correlated over the rest, so that one gap makes no difference. */
const maxGaps = 0.05

/** Number of equally likely parts that a number is cut into when paired with a category. */
const bins = 10

/**
 * Compares a table's rows with a reference's, column by column and pair by pair: the column shapes and column pair
 * trends of SDMetrics (https://docs.sdv.dev/sdmetrics), with four differences. A missing cell counts as a value below
 * all others (two numbers are correlated over the rest if at most 5 % are missing); numbers are cut at the reference's
 * quantiles, not into equal parts of each table's range, which one extreme moves; all pairs count, not only correlated
 * ones; and at most 5000 rows of each are compared, drawn at random. Keys are left out. Throws InputError if the
 * columns differ from the reference's.
 */
export function closenessOf(reference: NamedTable, table: NamedTable): Closeness {
  const among = { name: reference.name, columns: sharedColumns(reference, [table]) }
  const matched = (rows: NamedTable) => ({ ...among, points: some(matchColumns(rows, among)) })
  const { columns, shapes, trends } = compareTables(matched(reference), matched(table))
  return { columns: columns.map(({ name, distance }) => ({ name, distance })), shapes, trends }
}

/** The parts of `closenessOf`, of all rows of two tables with the same columns: where each column and pair differs most. */
export function compareTables(reference: Table, table: Table): Comparison {
  const compared = reference.columns.flatMap((column, d) => {
    if (column.kind === 'key') return []
    const cells = [gapsFirst(cellsOf(reference, d)), gapsFirst(cellsOf(table, d))] as const
    return [{ column, cells, parts: partsOf(column, ...cells) }]
  })
  const columns = compared.map(({ column, cells }) => ({
    name: column.name,
    ...distanceOf(column, ...cells),
  }))
  const pairs = compared.flatMap((x, i) =>
    compared.slice(0, i).map((y) => {
      const names = [y.column.name, x.column.name] as const
      return { names, ...pairDistance(y.parts, x.parts) }
    }),
  )
  return {
    columns,
    pairs,
    shapes: 1 - mean(columns.map(({ distance }) => distance)),
    trends: pairs.length > 0 ? 1 - mean(pairs.map(({ distance }) => distance)) : null,
  }
}

/** The reference's columns with the categories of all tables. */
export function sharedColumns(reference: NamedTable, tables: readonly NamedTable[]): Column[] {
  return reference.columns.map((column) => tables.reduce(withNamesOf, column))
}

/** A column with the categories of both tables, or only the table's if it has `other`, which takes in all that it lacks. */
function withNamesOf(column: Column, { columns }: NamedTable): Column {
  const { categories, kind, name } = column
  const tableCategories = columns.find((other) => other.name === name)?.categories
  if (!categories || !tableCategories || kind === 'boolean') return column
  const hasOther = tableCategories.includes(otherCategory)
  const all = hasOther ? tableCategories : [...new Set([...categories, ...tableCategories])]
  return { ...column, categories: all }
}

/** A random subset of the rows to compare: files are often sorted, so the first rows would not be representative. */
function some(points: Points<FloatArray>): Points<FloatArray> {
  return points.count <= maxRows ? points : gatherRows(points, shuffled(points.count, 0, 0).slice(0, maxRows))
}

/** Splits a table's rows into two random halves. */
export function halvesOf(table: NamedTable): [NamedTable, NamedTable] {
  const { points } = table
  const order = shuffled(points.count, 0, 1)
  const middle = Math.floor(points.count / 2)
  const half = (from: number, to: number) => ({ ...table, points: gatherRows(points, order.slice(from, to)) })
  return [half(0, middle), half(middle, points.count)]
}

/** Cells in which a missing one is below all others. */
export function gapsFirst(cells: Float64Array): Float64Array {
  return cells.map((cell) => (Number.isNaN(cell) ? Number.NEGATIVE_INFINITY : cell))
}

type Difference = Omit<ComparedColumn, 'name'>

function distanceOf({ categories }: Column, a: Float64Array, b: Float64Array): Difference {
  if (categories) return totalVariation(a, b)
  const [x, y] = [a.toSorted(), b.toSorted()]
  let [i, j, distance, at] = [0, 0, 0, x[0] ?? 0]
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i]!, y[j]!)
    while (x[i] === value) i++
    while (y[j] === value) j++
    const difference = Math.abs(i / x.length - j / y.length)
    if (difference > distance) [distance, at] = [difference, value]
  }
  return { distance, at }
}

/** Half the sum of the absolute differences of shares; on a tie, `at` is a value that `b` has less of. */
function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>): Difference {
  const differences = new Map<number, number>()
  const add = (values: ArrayLike<number>, weight: number) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      differences.set(value, (differences.get(value) ?? 0) + weight)
    }
  }
  // in integers, so that the order of rows makes no difference
  add(a, b.length)
  add(b, -a.length)
  const scale = a.length * b.length
  let [sum, at, largest] = [0, a[0] ?? 0, 0]
  for (const [value, difference] of differences) {
    sum += Math.abs(difference)
    if (Math.abs(difference) > Math.abs(largest) || (difference > 0 && difference === -largest))
      [at, largest] = [value, difference]
  }
  return { distance: sum / (2 * scale), at }
}

interface Parts {
  /** Only of numeric columns with few gaps. */
  readonly numbers: readonly [Float64Array, Float64Array] | undefined
  /** The category, or the part containing a number. */
  readonly a: Int32Array
  readonly b: Int32Array
  readonly count: number
  readonly partAt: (index: number) => Part
}

function partsOf({ categories }: Column, a: Float64Array, b: Float64Array): Parts {
  if (categories) {
    // a missing cell comes first
    const index = (cells: Float64Array) => Int32Array.from(cells, (cell) => Math.max(-1, cell) + 1)
    const partAt = (part: number): Part => ({ category: part > 0 ? part - 1 : Number.NEGATIVE_INFINITY })
    return { numbers: undefined, a: index(a), b: index(b), count: categories.length + 1, partAt }
  }
  const sorted = a.toSorted()
  const quantile = (k: number) => sorted[Math.floor((k * sorted.length) / bins)]!
  const cuts = [...new Set(Array.from({ length: bins - 1 }, (_, k) => quantile(k + 1)))]
  const part = (cells: Float64Array) => Int32Array.from(cells, (cell) => below(cuts, cell, true))
  const hasFewGaps = [a, b].every(
    (cells) => cells.filter(Number.isFinite).length >= (1 - maxGaps) * cells.length,
  )
  const partAt = (index: number): Part => ({
    from: cuts[index - 1] ?? Number.NEGATIVE_INFINITY,
    to: cuts[index] ?? Number.POSITIVE_INFINITY,
  })
  return { numbers: hasFewGaps ? [a, b] : undefined, a: part(a), b: part(b), count: cuts.length + 1, partAt }
}

/** Half the difference of two numbers' correlations; otherwise the total variation of the joint counts. */
function pairDistance(x: Parts, y: Parts): Omit<ComparedPair, 'names'> {
  if (x.numbers && y.numbers) {
    const [a, b] = [correlation(x.numbers[0], y.numbers[0]), correlation(x.numbers[1], y.numbers[1])]
    return { distance: Math.abs(a - b) / 2, correlations: [a, b], meeting: undefined }
  }
  const both = (p: Int32Array, q: Int32Array) => Float64Array.from(p, (part, i) => part * y.count + q[i]!)
  const [a, b] = [both(x.a, y.a), both(x.b, y.b)]
  const { distance, at } = totalVariation(a, b)
  const shareOf = (cells: Float64Array) => cells.filter((cell) => cell === at).length / cells.length
  const of = [x.partAt(Math.floor(at / y.count)), y.partAt(at % y.count)] as const
  return { distance, correlations: undefined, meeting: { of, shares: [shareOf(a), shareOf(b)] } }
}

function correlation(x: Float64Array, y: Float64Array): number {
  const isComplete = (_: number, i: number) => Number.isFinite(x[i]) && Number.isFinite(y[i])
  const [xs, ys] = [x.filter(isComplete), y.filter(isComplete)]
  const [meanX, meanY] = [mean(xs), mean(ys)]
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < xs.length; i++) {
    const [dx, dy] = [xs[i]! - meanX, ys[i]! - meanY]
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0
}
