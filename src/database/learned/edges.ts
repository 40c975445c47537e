/** Where the rows of a parent begin and end, by its columns. */
import { countsOf, present } from '../../measure/statistics.ts'
import { isNumber } from '../../table/columns.ts'
import { spreadOf } from '../../table/relations/numbers.ts'
import type { TableColumn } from '../../table/table.ts'
import { orderValues } from './order-values.ts'

/** Columns of a parent that say where its rows begin and end. */
export interface Edges {
  /** Those near which they do. */
  readonly begin?: string | undefined
  readonly end?: string | undefined
  /** Whether all do so exactly. */
  readonly isAtBegin?: boolean | undefined
  readonly isAtEnd?: boolean | undefined
  /** Whether rows that begin and end so nearly fill what lies between, one for each unit of the order. */
  readonly fills?: boolean | undefined
}

/** A parent's column is near if its distance from the rows is spread less than this share of the rows themselves. */
const nearShare = 0.5

/** The share of rows that a column must be near. */
const comparableShare = 0.9

/** The share of parents whose rows must begin or end exactly where a column says, and how many must show it. */
const [exactShare, fewestEdges] = [0.99, 20]

/** Rows fill what lies between if their numbers are spread around it by this share of their own spread, or less. */
const fullShare = 0.5

interface Edged {
  /** The parent's columns that can be compared with the order. */
  readonly comparable: readonly TableColumn[]
  /** The order of each row, as `orderValues` has it, and its parent. */
  readonly at: Float64Array
  readonly links: Int32Array
  /** The first row of each parent, and the last. */
  readonly firsts: readonly number[]
  readonly lasts: readonly number[]
  readonly isDate: boolean
}

/** Finds the columns that say where the rows of parents begin and end, in the training rows. */
export function edgesOf({ comparable, at, links, firsts, lasts, isDate }: Edged): Edges {
  const there = comparable.map((each) => orderValues(each, isDate))
  const nearest = (edge: readonly number[]) => {
    const widths = there.map((cells) => widthOf(edge.map((i) => at[i]! - cells[links[i]!]!)))
    const best = widths.indexOf(Math.min(...widths))
    return best >= 0 && widths[best]! <= nearShare * widthOf(edge.map((i) => at[i]!)) ? best : -1
  }
  const [begin, end] = [nearest(firsts), nearest(lasts)]
  const isAt = (edge: readonly number[], column: number) => {
    const edgeOf = (i: number) => there[column]?.[links[i]!] ?? Number.NaN
    const complete = edge.filter((i) => !Number.isNaN(at[i]!) && !Number.isNaN(edgeOf(i)))
    const exact = complete.filter((i) => at[i] === edgeOf(i))
    return complete.length >= fewestEdges && exact.length >= exactShare * complete.length
  }
  const [isAtBegin, isAtEnd] = [isAt(firsts, begin), isAt(lasts, end)]
  const fills = () => {
    const sizes = countsOf(Float64Array.from(links))
    const between = rowsBetween(there[begin]!, there[end]!)
    const counts = firsts.map((i) => sizes.get(links[i]!)!)
    const beyond = firsts.map((i) => sizes.get(links[i]!)! - between[links[i]!]!)
    return spreadOf(beyond) <= fullShare * spreadOf(counts)
  }
  return {
    ...(begin >= 0 && { begin: comparable[begin]!.name }),
    ...(end >= 0 && { end: comparable[end]!.name }),
    ...(isAtBegin && { isAtBegin }),
    ...(isAtEnd && { isAtEnd }),
    ...(!isDate && isAtBegin && isAtEnd && fills() && { fills: true }),
  }
}

/** How many rows fill each parent's units of the order, from where they begin to where they end; none where it does not say. */
export function rowsBetween(begin: Float64Array, end: Float64Array): Float64Array {
  return begin.map((first, i) => {
    const count = end[i]! - first + 1
    return Number.isNaN(count) ? 0 : count
  })
}

/** Whether a parent's column has dates or numbers as its rows' order has. */
export function isComparable(parent: TableColumn, at: Float64Array, isDate: boolean): boolean {
  if (parent.kind === 'date' && isDate) return true
  if (isDate || !(parent.kind === 'date' || isNumber(parent))) return false
  const sorted = present(at).sort()
  const [low, high] = [0.02, 0.98].map((share) => sorted[Math.floor(share * (sorted.length - 1))]!)
  const span = high! - low!
  const there = present(orderValues(parent, isDate))
  const near = there.filter((each) => each >= low! - span && each <= high! + span)
  return near.length > comparableShare * there.length
}

/** The distance from the tenth to the ninetieth percentile. */
function widthOf(values: readonly number[]): number {
  const sorted = present(Float64Array.from(values)).sort()
  if (sorted.length === 0) return Number.POSITIVE_INFINITY
  const of = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!
  return of(0.9) - of(0.1)
}
