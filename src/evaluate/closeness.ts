import { type FloatArray, gatherRows, type Points } from '../core/points.ts'
import { shuffled } from '../core/random.ts'
import { type Column, matchColumns, type NamedTable, otherCategory } from '../table/table.ts'

/** How close two tables' rows are, each from 0 to 1, where 1 is the same. */
export interface Closeness {
  /** By column: the largest difference of two numbers' shares of rows up to a value, or of two categories' shares. */
  readonly columns: readonly { readonly name: string; readonly distance: number }[]
  /** 1 less the mean of the columns' distances. */
  readonly shapes: number
  /** 1 less the mean of the pairs' distances; null where there is one column. */
  readonly trends: number | null
}

/** Rows that are compared at most: more tell little more, and each pair of columns is counted. */
const maxRows = 5000

/** How many equally likely parts a number is cut into, to be counted beside a category. */
const bins = 10

/**
 * Compares a table's rows with those of a reference, column by column and pair by pair: the column shapes and column pair
 * trends of SDMetrics (https://docs.sdv.dev/sdmetrics), but for three things. A missing cell counts as a value below all
 * others; numbers are cut at the reference's quantiles, not into equal parts of each table's own range; and no more than
 * 5000 rows are looked at, drawn of each. Keys are left out.
 * Throws InputError on other columns than the reference's.
 */
export function closenessOf(reference: NamedTable, table: NamedTable): Closeness {
  const shared = reference.columns.map((column) => withNamesOf(column, table))
  const among = { name: reference.name, columns: shared }
  const [a, b] = [some(matchColumns(reference, among)), some(matchColumns(table, among))]
  const compared = shared.flatMap((column, d) => (column.kind === 'key' ? [] : [{ column, d }]))
  const columns = compared.map(({ column, d }) => ({
    name: column.name,
    distance: distanceOf(column, cellsOf(a, d), cellsOf(b, d)),
  }))
  const parts = compared.map(({ column, d }) => partsOf(column, cellsOf(a, d), cellsOf(b, d)))
  const pairs: number[] = []
  for (const [i, x] of parts.entries()) for (const y of parts.slice(0, i)) pairs.push(pairDistance(x, y))
  return {
    columns,
    shapes: 1 - mean(columns.map(({ distance }) => distance)),
    trends: pairs.length > 0 ? 1 - mean(pairs) : null,
  }
}

/** A column with the names of both tables; what the table calls `other` are those of the reference that it lacks. */
function withNamesOf(column: Column, { columns }: NamedTable): Column {
  const own = columns.find(({ name }) => name === column.name)?.categories
  if (!column.categories || !own || column.kind === 'boolean') return column
  const names = own.includes(otherCategory) ? own : [...new Set([...column.categories, ...own])]
  return { ...column, categories: names }
}

/** As many rows as are compared: files are often sorted, so the first of them would not be like the others. */
function some(points: Points<FloatArray>): Points<FloatArray> {
  return points.count <= maxRows ? points : gatherRows(points, shuffled(points.count, 0, 0).slice(0, maxRows))
}

/** A table's rows in two halves by chance. */
export function halvesOf(table: NamedTable): [NamedTable, NamedTable] {
  const { points } = table
  const order = shuffled(points.count, 0, 1)
  const middle = Math.floor(points.count / 2)
  const half = (from: number, to: number) => ({ ...table, points: gatherRows(points, order.slice(from, to)) })
  return [half(0, middle), half(middle, points.count)]
}

/** A column's cells, a missing one below all others. */
function cellsOf({ data, count, dim }: Points<FloatArray>, d: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const cell = data[i * dim + d]!
    return Number.isNaN(cell) ? Number.NEGATIVE_INFINITY : cell
  })
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length

/** Total variation for names, the statistic of Kolmogorov and Smirnov for numbers. */
function distanceOf({ categories }: Column, a: Float64Array, b: Float64Array): number {
  if (categories) return totalVariation(a, b)
  const [x, y] = [a.toSorted(), b.toSorted()]
  let [i, j, largest] = [0, 0, 0]
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i]!, y[j]!)
    while (x[i] === value) i++
    while (y[j] === value) j++
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length))
  }
  return largest
}

/** Half the sum of the differences of each value's shares. */
function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const shares = new Map<number, number>()
  const add = (values: ArrayLike<number>, weight: number) => {
    for (let i = 0; i < values.length; i++)
      shares.set(values[i]!, (shares.get(values[i]!) ?? 0) + weight / values.length)
  }
  add(a, 1)
  add(b, -1)
  let sum = 0
  for (const difference of shares.values()) sum += Math.abs(difference)
  return sum / 2
}

/** A column's rows of both tables as pairs count them. */
interface Parts {
  /** Of a column of numbers without gaps. */
  readonly numbers: readonly [Float64Array, Float64Array] | undefined
  /** The category, or the part that a number lies in. */
  readonly a: Int32Array
  readonly b: Int32Array
  readonly count: number
}

function partsOf({ categories }: Column, a: Float64Array, b: Float64Array): Parts {
  if (categories) {
    // a missing one comes first
    const index = (cells: Float64Array) => Int32Array.from(cells, (cell) => Math.max(-1, cell) + 1)
    return { numbers: undefined, a: index(a), b: index(b), count: categories.length + 1 }
  }
  const sorted = a.toSorted()
  const cuts = [
    ...new Set(
      Array.from({ length: bins - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / bins)]!),
    ),
  ]
  const part = (cells: Float64Array) =>
    Int32Array.from(cells, (cell) => cuts.reduce((sum, cut) => sum + (cell >= cut ? 1 : 0), 0))
  const isWhole = a.every(Number.isFinite) && b.every(Number.isFinite)
  return { numbers: isWhole ? [a, b] : undefined, a: part(a), b: part(b), count: cuts.length + 1 }
}

/** Half the difference of two numbers' correlations, else the total variation of how often two parts meet. */
function pairDistance(x: Parts, y: Parts): number {
  if (x.numbers && y.numbers)
    return Math.abs(correlation(x.numbers[0], y.numbers[0]) - correlation(x.numbers[1], y.numbers[1])) / 2
  const both = (p: Int32Array, q: Int32Array) => Float64Array.from(p, (part, i) => part * y.count + q[i]!)
  return totalVariation(both(x.a, y.a), both(x.b, y.b))
}

/** Pearson's correlation; 0 where one of the columns is constant. */
function correlation(x: Float64Array, y: Float64Array): number {
  const [meanX, meanY] = [x, y].map(
    (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  ) as [number, number]
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - meanX, y[i]! - meanY]
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0
}
