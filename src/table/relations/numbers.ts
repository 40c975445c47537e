/** Columns of numbers, as those who look for relations see them. */
import { humanCount } from '../../core/format.ts'
import { isOfNames } from '../encodings/category.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { decimalsOf } from '../encodings/rounding.ts'
import type { SearchedColumn } from './found.ts'
import { endsOf, isNumeric, unitIn } from './range.ts'

/** Rows that factors are computed from. */
const sampledRows = 500

/** Cells repeat little if so many are distinct; or are so many of the numbers between the smallest and the largest. */
const [distinctShare, gridShare] = [0.5, 0.2]

/** A column of numbers. */
export interface NumericColumn extends SearchedColumn {
  readonly decimals: number | null
  /** The smallest difference between its cells, 0 if it has no decimals. */
  readonly unit: number
  readonly deviation: number
}

/** Relations between two columns, and sums that are not exact, are looked for among so many columns of numbers and dates. */
const maxNumbers = 60

/** The columns of numbers and dates that a relation may be between: of more than `most`, those that depend most on another. */
export function numbersIn(columns: readonly SearchedColumn[], most = maxNumbers): NumericColumn[] {
  const used = columns.filter(
    ({ column }) =>
      isNumeric(column) && column.as !== 'constant' && column.form !== 'YYYY-MM' && !isOfNames(column),
  )
  return (used.length > most ? mostDependent(used, most) : used).map(numberOf)
}

/** What is said of a table with more columns of numbers than are searched; undefined of others. */
export function describeSearched(columns: readonly EncodedColumn[]): string | undefined {
  const numbers = columns.filter((column) => isNumeric(column) && column.as !== 'constant').length
  if (numbers <= maxNumbers) return undefined
  return `there are ${humanCount(numbers)} columns of numbers and dates: relations between them were looked for among the ${maxNumbers} that depend most on others`
}

/** So many products at most show which columns depend on others. */
const mostProducts = 2e8

/** The columns with the largest correlation with another one, in the table's order. */
function mostDependent(used: readonly SearchedColumn[], most: number): SearchedColumn[] {
  const rows = someOf([...used[0]!.cells.keys()]).slice(
    0,
    Math.max(20, Math.floor(mostProducts / used.length ** 2)),
  )
  const standard = used.map(({ cells }) => standardised(Float64Array.from(rows, (i) => cells[i]!)))
  const largest = used.map(() => 0)
  for (const [k, a] of standard.entries())
    for (let l = 0; l < k; l++) {
      const b = standard[l]!
      let product = 0
      for (let i = 0; i < rows.length; i++) product += a[i]! * b[i]!
      largest[k] = Math.max(largest[k]!, Math.abs(product))
      largest[l] = Math.max(largest[l]!, Math.abs(product))
    }
  const chosen = [...used.keys()].sort((a, b) => largest[b]! - largest[a]! || a - b).slice(0, most)
  return chosen.sort((a, b) => a - b).map((k) => used[k]!)
}

/** Cells with the mean 0 and the length 1; 0 for a missing one. */
function standardised(cells: Float64Array): Float64Array {
  const present = presentIn(cells)
  const mean = present.reduce((sum, cell) => sum + cell, 0) / (present.length || 1)
  const length = Math.sqrt(present.reduce((sum, cell) => sum + (cell - mean) ** 2, 0))
  return cells.map((cell) => (Number.isNaN(cell) || length === 0 ? 0 : (cell - mean) / length))
}

const numbersBefore = new WeakMap<SearchedColumn, NumericColumn>()

function numberOf(searched: SearchedColumn): NumericColumn {
  const before = numbersBefore.get(searched)
  if (before) return before
  const { d, column, cells } = searched
  const present = presentIn(cells)
  const decimals = column.kind === 'integer' ? 0 : column.kind === 'date' ? null : decimalsOf(present)
  const mean = present.reduce((total, cell) => total + cell, 0) / present.length
  const deviation = Math.sqrt(present.reduce((total, cell) => total + (cell - mean) ** 2, 0) / present.length)
  const number = { d, column, cells, decimals, unit: unitIn(column, decimals), deviation }
  numbersBefore.set(searched, number)
  return number
}

function presentIn(cells: Float64Array): Float64Array {
  return cells.filter((cell) => !Number.isNaN(cell))
}

/** The rows in which none of the numbers is missing. */
export function completeRows(numbers: readonly Pick<NumericColumn, 'cells'>[]): number[] {
  const rows: number[] = []
  for (let i = 0; i < numbers[0]!.cells.length; i++)
    if (numbers.every(({ cells }) => !Number.isNaN(cells[i]!))) rows.push(i)
  return rows
}

/** At most so many rows, evenly spread: by default as many as factors are computed from. */
export function someOf(rows: readonly number[], most = sampledRows): number[] {
  const count = Math.min(most, rows.length)
  return Array.from({ length: count }, (_, k) => rows[Math.floor((k * rows.length) / count)]!)
}

/** So many rows of each column have another cell than its commonest, where there are, so that none is 0 in all. */
const tellingPerColumn = 10

/** Rows that relations between numbers are tried on: evenly spread, and some of each column with another cell than its commonest. */
export function tellingRows(
  numbers: readonly Pick<NumericColumn, 'cells'>[],
  of: readonly number[] = [...(numbers[0]?.cells ?? []).keys()],
): number[] {
  const some = someOf(of)
  if (some.length === of.length) return some
  const rows = new Set(some)
  for (const { cells } of numbers) {
    const commonest = commonestOf(cells, some)
    const others = of.filter((i) => cells[i] !== commonest && !Number.isNaN(cells[i]!))
    for (const i of someOf(others, tellingPerColumn)) rows.add(i)
  }
  return [...rows].sort((a, b) => a - b)
}

function commonestOf(cells: Float64Array, rows: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const i of rows) if (!Number.isNaN(cells[i]!)) counts.set(cells[i]!, (counts.get(cells[i]!) ?? 0) + 1)
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [Number.NaN, 0])[0]
}

/** The smallest and the largest cell that is there. */
export function rangeOf(cells: Float64Array): [number, number] {
  const present = presentIn(cells)
  return [present.reduce((a, b) => Math.min(a, b)), present.reduce((a, b) => Math.max(a, b))]
}

/** The smallest and the largest cell that a column is encoded with, each of three rows or more. */
export function endsIn({ column }: Pick<SearchedColumn, 'column'>): readonly [number, number] {
  return column.as === 'constant' ? [column.value, column.value] : endsOf(column)
}

/** Whether a cell is not below one of its row; undefined where one is missing. */
export function isOrdered(source: number, own: number): boolean | undefined {
  return Number.isNaN(source + own) ? undefined : source <= own
}

/** The share of rows that are near a middle, and the shares of numbers below those between which most are. */
export const nearRows = 0.95
const middleShares = [0.05, 0.95]

/**
 * Returns a function that says whether a number is near some: at most as far from those between which most are as these are apart; undefined of
 * a missing one.
 */
export function isNearMost(numbers: Iterable<number>): (x: number) => boolean | undefined {
  const sorted = [...numbers].filter((x) => !Number.isNaN(x)).sort((a, b) => a - b)
  const [low, high] = middleShares.map((share) => sorted[Math.round(share * (sorted.length - 1))]!) as [
    number,
    number,
  ]
  return (x) => (Number.isNaN(x) ? undefined : x >= 2 * low - high && x <= 2 * high - low)
}

/**
 * Whether any number, once rounded, may be a cell of the column: it has no frequent values of its own, and its cells repeat little
 * or are many of those that its grid has. Others, such as 250 index numbers of seven digits, a sum would miss.
 */
export function mayBeAny({ column, cells, unit }: NumericColumn): boolean {
  if ('frequent' in column) return false
  const [least, most] = rangeOf(cells)
  const present = presentIn(cells)
  const distinct = new Set(present).size
  return distinct >= distinctShare * present.length || distinct * unit >= gridShare * (most - least)
}

/** The mean distance of numbers from their middle. */
export function spreadOf(values: readonly number[]): number {
  const middle = middleOf(values)
  return values.reduce((sum, value) => sum + Math.abs(value - middle), 0) / values.length
}

/** The number that as many are below as above. */
export function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

/** How many of the rows have another cell than the commonest: one value that two columns often have, such as 0, shows nothing. */
export function withoutCommonest(cells: Float64Array, rows: readonly number[]): number {
  const counts = new Map<number, number>()
  let most = 0
  for (const i of rows) {
    const count = (counts.get(cells[i]!) ?? 0) + 1
    counts.set(cells[i]!, count)
    most = Math.max(most, count)
  }
  return rows.length - most
}
