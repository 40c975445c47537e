import type { Column } from '../../table/table.ts'
import type { Database } from '../database.ts'
import { type Filled, filledIn, filledNamed, isNumber } from './filled.ts'

/** A day in milliseconds. */
export const day = 86_400_000

/**
 * How the order of a parent's rows is learned: each as a step from the one before, in days of a date, or in a number's unit; what
 * is left of a date's day is a column of its own.
 */
export interface ClockPlan {
  /** The column by which the rows follow each other. */
  readonly column: Column
  readonly isDate: boolean
  /** The unit of the time of day, in milliseconds; undefined if all rows begin their day. */
  readonly timeUnit?: number | undefined
  /** The parent's columns that can be compared with it. */
  readonly comparable: readonly string[]
  /** Those near which a parent's rows begin and end. */
  readonly begin?: string | undefined
  readonly end?: string | undefined
  /** Where rows begin otherwise. */
  readonly base: number
  /** The least step of rows of which none is equal to the one before; undefined if some are. */
  readonly leastStep?: number | undefined
}

/** A parent's column is near if its distance from the rows is spread less than this share of the rows themselves. */
const nearShare = 0.5

/** The share of rows that a column must be near. */
const comparableShare = 0.9

/** How the rows of a parent follow each other. Undefined if the schema has no order for the table. */
export function planClock({ schema, tables }: Database, parent: number, name: string): ClockPlan | undefined {
  const { order, references } = schema.tables[name]!
  if (order === undefined) return undefined
  const table = tables.get(name)!
  const { column, cells } = filledNamed(filledIn(table), order)
  const isDate = column.kind === 'date'
  if (!isDate && !isNumber(column)) return undefined
  const links = table.links[parent]!
  const rows = inOrder(links, cells)
  const at = clockCells({ column, cells }, isDate)
  const parents = filledIn(tables.get(references[parent]!.table)!)
  const firsts = rows.filter((i, k) => links[i]! >= 0 && links[rows[k - 1] ?? -1] !== links[i])
  const lasts = rows.filter((i, k) => links[i]! >= 0 && links[rows[k + 1] ?? -1] !== links[i])
  const comparable = parents.filter((each) => isComparable(each, at, isDate))
  const nearest = (edge: readonly number[]) => {
    const own = edge.map((i) => at[i]!)
    const widths = comparable.map((each) => {
      const there = clockCells(each, isDate)
      return spreadOf(edge.map((i) => at[i]! - there[links[i]!]!))
    })
    const best = widths.indexOf(Math.min(...widths))
    return best >= 0 && widths[best]! <= nearShare * spreadOf(own) ? comparable[best]!.column.name : undefined
  }
  const [begin, end] = [nearest(firsts), nearest(lasts)]
  const present = at.filter((each) => !Number.isNaN(each)).sort()
  const atFirst = Float64Array.from(firsts, (i) => at[i]!).sort()
  const steps = rows.flatMap((i, k) =>
    links[rows[k - 1] ?? -1] === links[i] ? [cells[i]! - cells[rows[k - 1]!]!] : [],
  )
  const least = steps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const timeUnit = isDate ? timeUnitOf(cells) : undefined
  return {
    column,
    isDate,
    ...(timeUnit !== undefined && { timeUnit }),
    comparable: comparable.map((each) => each.column.name),
    ...(begin !== undefined && { begin }),
    ...(end !== undefined && { end }),
    base: (begin === undefined ? present[0] : atFirst[atFirst.length >> 1]) ?? 0,
    ...(least > 0 && Number.isFinite(least) && { leastStep: least }),
  }
}

/** The rows by their parent, and by the column by which they follow each other; those of no order last. */
export function inOrder(links: Int32Array, cells: Float64Array | undefined): number[] {
  const at = (i: number) => (cells === undefined ? 0 : Number.isNaN(cells[i]!) ? Number.MAX_VALUE : cells[i]!)
  return Array.from(links.keys()).sort((a, b) => links[a]! - links[b]! || at(a) - at(b) || a - b)
}

/** Cells on the clock: days of dates, or their years beside numbers, and numbers as they are. */
export function clockCells({ column, cells }: Filled, isDate: boolean): Float64Array {
  if (column.kind !== 'date') return cells
  return cells.map((cell) => (isDate ? Math.floor(cell / day) : new Date(cell).getUTCFullYear()))
}

function isComparable(parent: Filled, at: Float64Array, isDate: boolean): boolean {
  if (parent.column.kind === 'date' && isDate) return true
  if (isDate || !(parent.column.kind === 'date' || isNumber(parent.column))) return false
  const sorted = at.filter((each) => !Number.isNaN(each)).sort()
  const [low, high] = [0.02, 0.98].map((share) => sorted[Math.floor(share * (sorted.length - 1))]!)
  const span = high! - low!
  const there = clockCells(parent, isDate).filter((each) => !Number.isNaN(each))
  const near = there.filter((each) => each >= low! - span && each <= high! + span)
  return near.length > comparableShare * there.length
}

/** The distance from the tenth to the ninetieth percentile. */
function spreadOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values.filter((each) => !Number.isNaN(each))).sort()
  if (sorted.length === 0) return Number.POSITIVE_INFINITY
  const of = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!
  return of(0.9) - of(0.1)
}

const units = [3_600_000, 60_000, 1000, 1]

/** The largest unit in which all times of day are whole; undefined if all are midnight. */
function timeUnitOf(cells: Float64Array): number | undefined {
  const present = cells.filter((cell) => !Number.isNaN(cell))
  if (present.every((cell) => cell % day === 0)) return undefined
  return units.find((unit) => present.every((cell) => cell % unit === 0)) ?? 1
}

/** The columns by which a model learns the order: the day, and the time of it; or the number. */
export function clockColumns({ column, timeUnit }: ClockPlan): Column[] {
  if (timeUnit === undefined) return [column]
  return [
    { name: column.name, kind: 'date', form: 'YYYY-MM-DD' },
    { name: `time of ${column.name}`, kind: 'integer' },
  ]
}

/** A cell of the order's column as those of `clockColumns`. */
export function splitCell(cell: number, { timeUnit }: ClockPlan): number[] {
  if (timeUnit === undefined) return [cell]
  const begins = Math.floor(cell / day) * day
  return [begins, (cell - begins) / timeUnit]
}

/** The cell of the order's column from those of `clockColumns`. */
export function joinCell(parts: readonly number[], { timeUnit }: ClockPlan): number {
  if (timeUnit === undefined) return parts[0]!
  return parts[0]! + Math.min(Math.max(0, parts[1]!), day / timeUnit - 1) * timeUnit
}
