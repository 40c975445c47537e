import { columnNamed } from '../../table/columns.ts'
import { type Column, definitionOf, type TableColumn } from '../../table/table.ts'
import type { Database } from '../database.ts'
import { parentOf } from '../parent.ts'
import type { Schema } from '../schema.ts'
import { type Edges, edgesOf, isComparable } from './edges.ts'
import { day, orderValues } from './order-values.ts'

/**
 * How the order of a parent's rows is learned: each as a step from the one before, in days of a date, or in a number's unit; what
 * is left of a date's day is a column of its own.
 */
export interface OrderPlan extends Edges {
  /** The column by which the rows follow each other. */
  readonly column: Column
  readonly isDate: boolean
  /** The unit of the time of day, in milliseconds; undefined if all rows begin their day. */
  readonly timeUnit?: number | undefined
  /** The parent's columns that can be compared with it. */
  readonly comparable: readonly string[]
  /** Where rows begin otherwise. */
  readonly base: number
  /** The least step of rows of which none is equal to the one before; undefined if some are. */
  readonly leastStep?: number | undefined
}

/** The column by which the rows of a parent follow each other, if it has dates or numbers: a row is a step from the one before. */
export function stepOrder(schema: Schema, name: string): string | undefined {
  const { order, columns } = schema.tables[name]!
  if (order === undefined || !parentOf(schema, name)) return undefined
  const [kind] = columns[order]!.split(':')
  return ['date', 'number', 'integer'].includes(kind!) ? order : undefined
}

/** How the rows of a parent follow each other. Undefined if the schema has no order for the table. */
export function planOrder({ schema, tables }: Database, parent: number, name: string): OrderPlan | undefined {
  const { references } = schema.tables[name]!
  const order = stepOrder(schema, name)
  if (order === undefined) return undefined
  const table = tables.get(name)!
  const column = columnNamed(table.columns, order)
  const { kind, cells } = column
  const isDate = kind === 'date'
  const links = table.links[parent]!
  const rows = inOrder(links, cells)
  const at = orderValues(column, isDate)
  const parents = tables.get(references[parent]!.table)!.columns
  const edgeRows = (side: number) =>
    rows.filter((i, k) => links[i]! >= 0 && links[rows[k + side] ?? -1] !== links[i])
  const [firsts, lasts] = [edgeRows(-1), edgeRows(1)]
  const comparable = parents.filter((each) => isComparable(each, at, isDate))
  const edges = edgesOf({ comparable, at, links, firsts, lasts, isDate })
  const present = at.filter((each) => !Number.isNaN(each)).sort()
  const atFirst = Float64Array.from(firsts, (i) => at[i]!).sort()
  const steps = rows.flatMap((i, k) =>
    links[rows[k - 1] ?? -1] === links[i] ? [cells[i]! - cells[rows[k - 1]!]!] : [],
  )
  const minimumGap = steps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const timeUnit = isDate ? timeUnitOf(cells) : undefined
  return {
    column: definitionOf(column),
    isDate,
    ...(timeUnit !== undefined && { timeUnit }),
    comparable: comparable.map((each) => each.name),
    ...edges,
    base: (edges.begin === undefined ? present[0] : atFirst[atFirst.length >> 1]) ?? 0,
    ...(minimumGap > 0 && Number.isFinite(minimumGap) && { leastStep: minimumGap }),
  }
}

/** The rows by their parent, and by the column by which they follow each other; those of no order last. */
export function inOrder(links: Int32Array, cells: Float64Array | undefined): number[] {
  const at = (i: number) => (cells === undefined ? 0 : Number.isNaN(cells[i]!) ? Number.MAX_VALUE : cells[i]!)
  return Array.from(links.keys()).sort((a, b) => links[a]! - links[b]! || at(a) - at(b) || a - b)
}

const units = [3_600_000, 60_000, 1000, 1]

/** The largest unit in which all times of day are whole; undefined if all are midnight. */
function timeUnitOf(cells: Float64Array): number | undefined {
  const present = cells.filter((cell) => !Number.isNaN(cell))
  if (present.every((cell) => cell % day === 0)) return undefined
  return units.find((unit) => present.every((cell) => cell % unit === 0)) ?? 1
}

/** The columns by which a model learns the order: the day, and the time of it; or the number. */
export function orderColumns({ column, timeUnit }: OrderPlan): Column[] {
  if (timeUnit === undefined) return [column]
  return [
    { name: column.name, kind: 'date', form: 'YYYY-MM-DD' },
    { name: `time of ${column.name}`, kind: 'integer' },
  ]
}

/** A cell of the order's column as those of `orderColumns`. */
export function splitCell(cell: number, { timeUnit }: OrderPlan): number[] {
  if (timeUnit === undefined) return [cell]
  const begins = Math.floor(cell / day) * day
  return [begins, (cell - begins) / timeUnit]
}

/** The cell of the order's column from those of `orderColumns`. */
export function joinCell(parts: readonly number[], { timeUnit }: OrderPlan): number {
  if (timeUnit === undefined) return parts[0]!
  return parts[0]! + Math.min(Math.max(0, parts[1]!), day / timeUnit - 1) * timeUnit
}

/** Returns a function that gives the cell of the order's column in row k of what a model draws. */
export function orderCell(rowOrder: OrderPlan): (rows: readonly TableColumn[], k: number) => number {
  const names = orderColumns(rowOrder).map(({ name }) => name)
  return (rows, k) =>
    joinCell(
      names.map((name) => columnNamed(rows, name).cells[k]!),
      rowOrder,
    )
}
