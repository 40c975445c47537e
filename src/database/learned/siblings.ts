import { isNumber, named } from '../../table/columns.ts'
import { type Column, definitionOf, type TableColumn } from '../../table/table.ts'
import { day, orderValues } from './order-values.ts'
import type { OrderPlan } from './row-order.ts'

/** What is known of a parent's next row before it is drawn, and of those before it. */
export type Siblings = ReturnType<typeof siblingsOf>

interface SiblingsRequest {
  /** The parent's name and its columns, a cell for each parent. */
  readonly parent: string
  readonly parents: readonly TableColumn[]
  readonly count: number
  /** By parent, how many rows it has. */
  readonly sizes: Float64Array
  /** The columns that are learned of each row; with a row order, its own come first. */
  readonly learned: readonly Column[]
  readonly rowOrder: OrderPlan | undefined
}

/** The column of the row before, of a learned one. */
export const previousName = (column: string) => `previous.${column}`

/**
 * The context of a parent's rows, one after the other: the parent's columns, the number of the row and how many are left, the row
 * before, the mean of all before; and with a row order how far the parent's dates are from the row before.
 */
export function siblingsOf(request: SiblingsRequest) {
  const { parent, parents, count, sizes, learned, rowOrder } = request
  const free = freeNames(learned)
  const width = learned.length
  const numbers = learned.flatMap((column, k) => (isNumber(column) ? [k] : []))
  const previous = new Float64Array(count * width).fill(Number.NaN)
  const means = meansOf(count, numbers)
  const places = new Int32Array(count)
  const columns: Column[] = []
  const cellsOf: ((p: number) => number)[] = []
  const add = (column: Column, cell: (p: number) => number) => {
    const renamed = free(column)
    columns.push(renamed)
    cellsOf.push(cell)
    return renamed.name
  }
  for (const each of parents) add(named(definitionOf(each), `${parent}.${each.name}`), (p) => each.cells[p]!)
  const ofParent = columns.map(({ name }) => name)
  add({ name: 'place', kind: 'integer' }, (p) => places[p]! + 1)
  add({ name: 'left', kind: 'integer' }, (p) => sizes[p]! - places[p]! - 1)
  const [begin, end] = [rowOrder?.begin, rowOrder?.end].map((name) => orderValuesOf(request, name))
  const scale = rowOrder?.isDate ? day : 1
  const beforeOf = (p: number) => {
    const last = places[p] === 0 ? Number.NaN : previous[p * width]!
    if (!Number.isNaN(last)) return last
    const first = begin?.[p] ?? Number.NaN
    return scale * (Number.isNaN(first) ? rowOrder!.base : first)
  }
  let before: string | undefined
  if (rowOrder) {
    const { kind, form } = learned[0]!
    before = add({ name: 'before', kind, ...(form && { form }) }, beforeOf)
    for (const name of rowOrder.comparable) {
      const cells = orderValuesOf(request, name)
      // a reference of the parent: its children are not given it
      if (!cells) continue
      add({ name: `${parent}.${name} - before`, kind: 'number' }, (p) => cells[p]! - beforeOf(p) / scale)
    }
    if (end && !rowOrder.isDate)
      add({ name: 'room', kind: 'number' }, (p) => end[p]! - beforeOf(p) - (sizes[p]! - places[p]!))
  }
  const ofSequence = columns.slice(ofParent.length).map(({ name }) => name)
  for (const [k, column] of learned.entries())
    add({ ...column, name: previousName(column.name) }, (p) => previous[p * width + k]!)
  for (const [j, k] of numbers.entries())
    add({ name: `mean.${learned[k]!.name}`, kind: 'number' }, (p) => means.of(p, j))
  return {
    /** The columns of the context. */
    columns,
    /** The column of the row order in the row before, from which the next one is a step; undefined without an order. */
    before,
    /** The columns of the parent. */
    ofParent,
    /** The columns that say where the next row is among its parent's: first its place, from 1. */
    ofSequence,
    /** The cell of a column, by its place, in the context of the next row of a parent. */
    cellOf: (k: number, p: number) => cellsOf[k]!(p),
    /**
     * Where the next row of a parent is among its rows: how many are before it and after it, the order's cell of the row before, or where
     * the rows begin, and what the parent says of where they begin and end, as the order's cells; NaN if nothing.
     */
    whereIs: (p: number) => ({
      place: places[p]!,
      left: sizes[p]! - places[p]! - 1,
      before: rowOrder ? beforeOf(p) : Number.NaN,
      begin: scale * (begin?.[p] ?? Number.NaN),
      end: scale * (end?.[p] ?? Number.NaN),
    }),
    /** The cell of a learned column in the row before the next one of a parent; NaN if there is none. */
    previousOf: (p: number, k: number) => previous[p * width + k]!,
    /** Adds a drawn row, by its learned cells. */
    add(p: number, cells: Float64Array): void {
      previous.set(cells, p * width)
      means.add(p, cells)
      places[p]!++
    },
  }
}

/** The means of some cells of the rows so far, by parent. */
function meansOf(count: number, numbers: readonly number[]) {
  const sums = new Float64Array(count * numbers.length)
  const seen = new Int32Array(count * numbers.length)
  return {
    /** The mean of a parent's rows; NaN if none of them has the number. */
    of: (p: number, j: number) => sums[p * numbers.length + j]! / seen[p * numbers.length + j]!,
    add(p: number, cells: Float64Array): void {
      for (const [j, k] of numbers.entries()) {
        const cell = cells[k]!
        if (Number.isNaN(cell)) continue
        sums[p * numbers.length + j]! += cell
        seen[p * numbers.length + j]!++
      }
    },
  }
}

/** The values of a parent's column on the axis of its children's order; undefined for one that the children are not given. */
function orderValuesOf({ parents, rowOrder }: SiblingsRequest, name: string | undefined) {
  const column = parents.find((each) => each.name === name)
  return column && orderValues(column, rowOrder!.isDate)
}

/** Returns a function that gives a column a name which no other has. */
function freeNames(columns: readonly Column[]): (column: Column) => Column {
  const taken = new Set(columns.map(({ name }) => name))
  const unique = (name: string): string => (taken.has(name) ? unique(`${name}_`) : name)
  return (column) => {
    const name = unique(column.name)
    taken.add(name)
    return { ...column, name }
  }
}
