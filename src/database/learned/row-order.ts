import { present } from '../../measure/statistics.ts'
import { columnNamed } from '../../table/columns.ts'
import { leastRows } from '../../table/least-rows.ts'
import { meanOf, Outermost } from '../../table/outermost.ts'
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
  /** Where rows begin otherwise: about where the first of three rows do. */
  readonly base: number
  /** The mean of the three least steps of rows of which none is equal to the one before; undefined if some are. */
  readonly minimumGap?: number | undefined
}

/** The column by which the rows of a parent follow each other, if it has dates or numbers: a row is a step from the one before. */
export function stepOrder(schema: Schema, name: string): string | undefined {
  const { order, columns } = schema.tables[name]!
  if (order === undefined || !parentOf(schema, name)) return undefined
  const [kind] = columns[order]!.split(':')
  return ['date', 'number', 'integer'].includes(kind!) ? order : undefined
}

/** How the rows of a parent follow each other. Undefined if the schema has no order for the table. */
export function planOrder({ schema, tables }: Database, name: string): OrderPlan | undefined {
  const order = stepOrder(schema, name)
  if (order === undefined) return undefined
  const { reference, index } = parentOf(schema, name)!
  const table = tables.get(name)!
  const column = columnNamed(table.columns, order)
  const { kind, cells } = column
  const isDate = kind === 'date'
  const links = table.links[index]!
  const rows = inOrder(links, cells)
  const at = orderValues(column, isDate)
  const parents = tables.get(reference.table)!.columns
  const edgeRows = (side: number) =>
    rows.filter((i, k) => links[i]! >= 0 && links[rows[k + side] ?? -1] !== links[i])
  const [firsts, lasts] = [edgeRows(-1), edgeRows(1)]
  const comparable = parents.filter((each) => isComparable(each, at, isDate))
  const edges = edgesOf({ comparable, at, links, firsts, lasts, isDate })
  const atFirst = present(Float64Array.from(firsts, (i) => at[i]!)).sort()
  const steps = rows.flatMap((i, k) =>
    links[rows[k - 1] ?? -1] === links[i] ? [cells[i]! - cells[rows[k - 1]!]!] : [],
  )
  const minimumGap = gapOf(steps, kind === 'number' ? undefined : isDate ? day : 1)
  const timeUnit = isDate ? timeUnitOf(cells) : undefined
  return {
    column: definitionOf(column),
    isDate,
    ...(timeUnit !== undefined && { timeUnit }),
    comparable: comparable.map((each) => each.name),
    ...edges,
    base: baseOf(edges.begin === undefined ? present(at).sort() : middleOf(atFirst)),
    ...(minimumGap !== undefined && { minimumGap }),
  }
}

/** The mean of the first three, as a whole number, since it is only where steps begin; 0 of fewer. */
function baseOf(sorted: Float64Array): number {
  return sorted.length < leastRows ? 0 : Math.round(meanOf([...sorted.subarray(0, leastRows)]))
}

/** Sorted numbers from the one before their middle on. */
function middleOf(sorted: Float64Array): Float64Array {
  return sorted.subarray(Math.max(0, (sorted.length >> 1) - (leastRows >> 1)))
}

/** The mean of the three least steps, in whole units; undefined of fewer steps, or if one is 0. */
function gapOf(steps: readonly number[], unit: number | undefined): number | undefined {
  const outermost = new Outermost().addAll(steps)
  if (outermost.areFew || !(outermost.smallest[0]! > 0)) return undefined
  const [gap] = outermost.means
  return unit === undefined ? Number(gap.toPrecision(2)) : Math.max(1, Math.floor(gap / unit)) * unit
}

/** The rows by their parent, and by the column by which they follow each other; those of no order last. */
export function inOrder(links: Int32Array, cells: Float64Array | undefined): number[] {
  const at = (i: number) => (cells === undefined ? 0 : Number.isNaN(cells[i]!) ? Number.MAX_VALUE : cells[i]!)
  return Array.from(links.keys()).sort((a, b) => links[a]! - links[b]! || at(a) - at(b) || a - b)
}

const units = [3_600_000, 60_000, 1000, 1]

/** The largest unit in which all times of day are whole; undefined if all are midnight. */
function timeUnitOf(cells: Float64Array): number | undefined {
  const times = present(cells)
  if (times.every((cell) => cell % day === 0)) return undefined
  return units.find((unit) => times.every((cell) => cell % unit === 0)) ?? 1
}

/** The columns by which a model learns the order: the day, and the time of it; or the number. */
export function orderColumns({ column, timeUnit }: OrderPlan): Column[] {
  if (timeUnit === undefined) return [column]
  return [
    { name: column.name, kind: 'date', form: 'YYYY-MM-DD' },
    { name: `time of ${column.name}`, kind: 'integer' },
  ]
}

/** The order's column, as `orderColumns` gives others. */
export function splitOrder({ cells }: TableColumn, rowOrder: OrderPlan): TableColumn[] {
  const { timeUnit } = rowOrder
  const [first, time] = orderColumns(rowOrder)
  if (timeUnit === undefined) return [{ ...first!, cells }]
  const days = cells.map((cell) => Math.floor(cell / day) * day)
  const times = cells.map((cell, i) => (cell - days[i]!) / timeUnit)
  return [
    { ...first!, cells: days },
    { ...time!, cells: times },
  ]
}

/** Returns a function that gives the cell of the order's column in row k of what a model draws. */
export function orderCell(rowOrder: OrderPlan): (rows: readonly TableColumn[], k: number) => number {
  const { timeUnit } = rowOrder
  const [first, time] = orderColumns(rowOrder)
  return (rows, k) => {
    const begins = columnNamed(rows, first!.name).cells[k]!
    if (timeUnit === undefined) return begins
    const units = columnNamed(rows, time!.name).cells[k]!
    return begins + Math.min(Math.max(0, units), day / timeUnit - 1) * timeUnit
  }
}
