import { shuffled } from '../numerics/random.ts'
import { matchColumns, otherCategory } from '../table/match-columns.ts'
import {
  type Column,
  definitionOf,
  isGenerated,
  type NamedTable,
  rowsAt,
  type Table,
} from '../table/table.ts'
import { correlation, type Numbers, numbersOf } from './correlation.ts'
import { shownNumber } from './shown-values.ts'
import { below, mean } from './statistics.ts'
import { type CutRows, type Difference, jointVariation, totalVariation } from './variation.ts'

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
  /**
   * Other pairs: the combination whose share differs most among those that three rows of the reference have, or none, and its share in the
   * reference and in the table; undefined if there is none.
   */
  readonly meeting:
    | { readonly of: readonly [Part, Part]; readonly shares: readonly [number, number] }
    | undefined
}

/**
 * A cell of a pair: a category by its index, of which -Infinity is missing, or a number in [`from`, `to`), of which all cells are
 * missing, or some in addition to numbers, or none.
 */
export type Part =
  | { readonly category: number }
  | { readonly from: number; readonly to: number; readonly missing: 'all' | 'some' | 'none' }

/** Maximum number of rows compared: more add little, and each pair of columns is counted. */
export const maxRows = 5000

/** Up to this share of missing cells, numbers are correlated over the rest, so that one missing value makes no difference. */
const mostMissing = 0.05

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
  const matched = (rows: NamedTable) => {
    const cells = matchColumns(rows, among)
    return some({
      count: rows.count,
      columns: among.columns.map((column, d) => ({ ...column, cells: cells[d]! })),
    })
  }
  const { columns, shapes, trends } = compareTables(matched(reference), matched(table))
  return { columns: columns.map(({ name, distance }) => ({ name, distance })), shapes, trends }
}

/** Which pairs of columns are compared: at most so many, drawn by a seed. */
export interface PairChoice {
  readonly maxPairs: number
  readonly seed: number
}

/**
 * The parts of `closenessOf`, of all rows of two tables with the same columns: where each column and pair differs most. With a
 * choice of pairs, `trends` is of those that were drawn.
 */
export function compareTables(reference: Table, table: Table, choice?: PairChoice): Comparison {
  const compared = reference.columns.flatMap((column, d) => {
    if (isGenerated(column)) return []
    const cells = [missingFirst(column.cells), missingFirst(table.columns[d]!.cells)] as const
    return [{ column, cells, parts: partsOf(column, ...cells) }]
  })
  const columns = compared.map(({ column, cells }) => ({
    name: column.name,
    ...distanceOf(column, ...cells),
  }))
  const pairs = pairsOf(compared.length, choice).map(([j, i]) => {
    const [y, x] = [compared[j]!, compared[i]!]
    const names = [y.column.name, x.column.name] as const
    return { names, ...pairDistance(y.parts, x.parts) }
  })
  return {
    columns,
    pairs,
    shapes: 1 - mean(columns.map(({ distance }) => distance)),
    trends: pairs.length > 0 ? 1 - mean(pairs.map(({ distance }) => distance)) : null,
  }
}

/** The pairs of so many columns, the later column second, in order; some of them, if there are more than the choice allows. */
function pairsOf(columns: number, choice: PairChoice | undefined): (readonly [number, number])[] {
  const count = (columns * (columns - 1)) / 2
  if (!choice || count <= choice.maxPairs)
    return Array.from({ length: columns }, (_, i) => i).flatMap((i) =>
      Array.from({ length: i }, (_, j) => [j, i] as const),
    )
  const drawn = shuffled(count, choice.seed, pairsStep).slice(0, choice.maxPairs).sort()
  return Array.from(drawn, (k) => {
    // pair k is after the i (i - 1) / 2 pairs of earlier columns
    const i = Math.floor((1 + Math.sqrt(1 + 8 * k)) / 2)
    return [k - (i * (i - 1)) / 2, i] as const
  })
}

/** The step of the pairs' order, beyond those of rows. */
const pairsStep = 2

/** The reference's columns with the categories of all tables. */
export function sharedColumns(reference: NamedTable, tables: readonly NamedTable[]): Column[] {
  return reference.columns.map((column) => tables.reduce(withNamesOf, definitionOf(column)))
}

/**
 * A column with the categories of both tables, or only the table's if it has `other`, which takes in all that it lacks. Of
 * yes and no it stays one unless the table has other words.
 */
function withNamesOf(column: Column, { columns }: NamedTable): Column {
  const { categories, name } = column
  const ofTable = columns.find((other) => other.name === name)
  const tableCategories = ofTable?.categories
  if (!categories || !tableCategories) return column
  if (column.kind === 'boolean' && ofTable.kind === 'boolean') return column
  const hasOther = tableCategories.includes(otherCategory)
  const all = hasOther ? tableCategories : [...new Set([...categories, ...tableCategories])]
  return { ...column, kind: 'category', categories: all }
}

/** A random subset of the rows to compare: files are often sorted, so the first rows would not be representative. */
function some(table: Table): Table {
  return table.count <= maxRows ? table : rowsAt(table, shuffled(table.count, 0, 0).subarray(0, maxRows))
}

/** Splits a table's rows into two random halves. */
export function halvesOf(table: NamedTable): [NamedTable, NamedTable] {
  const order = shuffled(table.count, 0, 1)
  const middle = Math.floor(table.count / 2)
  return [rowsAt(table, order.subarray(0, middle)), rowsAt(table, order.subarray(middle))]
}

/** Cells in which a missing one is below all others. */
export function missingFirst(cells: Float64Array): Float64Array {
  return cells.map((cell) => (Number.isNaN(cell) ? Number.NEGATIVE_INFINITY : cell))
}

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

interface Parts extends CutRows {
  /** Only of numeric columns with few missing values. */
  readonly numbers: readonly [Numbers, Numbers] | undefined
  readonly partAt: (index: number) => Part
}

function partsOf(column: Column, a: Float64Array, b: Float64Array): Parts {
  const { categories } = column
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
  const hasFewMissing = [a, b].every(
    (cells) => cells.filter(Number.isFinite).length >= (1 - mostMissing) * cells.length,
  )
  const hasMissing = [a, b].some((cells) => cells.includes(Number.NEGATIVE_INFINITY))
  const missingBelow = (to: number) =>
    [a, b].some((cells) => cells.some((cell) => Number.isFinite(cell) && cell < to)) ? 'some' : 'all'
  const partAt = (index: number): Part => {
    const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = [cuts[index - 1], cuts[index]]
    // missing cells are below all others
    const missing = hasMissing && from === Number.NEGATIVE_INFINITY ? missingBelow(to) : 'none'
    const shown = (cut: number) =>
      Number.isFinite(cut) ? (shownNumber(column, sorted.filter(Number.isFinite), cut) ?? cut) : cut
    return { from: shown(from), to: shown(to), missing }
  }
  const numbers = hasFewMissing ? ([numbersOf(a), numbersOf(b)] as const) : undefined
  return { numbers, a: part(a), b: part(b), count: cuts.length + 1, partAt }
}

/** Half the difference of two numbers' correlations; otherwise the total variation of the joint counts. */
function pairDistance(x: Parts, y: Parts): Omit<ComparedPair, 'names'> {
  if (x.numbers && y.numbers) {
    const [a, b] = [correlation(x.numbers[0], y.numbers[0]), correlation(x.numbers[1], y.numbers[1])]
    return { distance: Math.abs(a - b) / 2, correlations: [a, b], meeting: undefined }
  }
  const { distance, at, shares } = jointVariation(x, y)
  if (at < 0) return { distance, correlations: undefined, meeting: undefined }
  const of = [x.partAt(Math.floor(at / y.count)), y.partAt(at % y.count)] as const
  return { distance, correlations: undefined, meeting: { of, shares } }
}
