import { ownValue } from '../../core/own.ts'
import { columnNamed } from '../../table/columns.ts'
import type { Column, TableColumn } from '../../table/table.ts'
import type { DrawnBy, TablesDraw } from './drawn.ts'
import { nameOfReference, rowsByName } from './reference-data.ts'
import { repeaterOf } from './repeats.ts'
import { type OrderPlan, orderCell } from './row-order.ts'
import type { Siblings } from './siblings.ts'

interface Completing {
  readonly by: DrawnBy
  readonly draw: TablesDraw
  readonly name: string
  /** The columns that are learned of each row. */
  readonly learned: readonly Column[]
  readonly siblings: Siblings
}

/**
 * Returns a function that writes into row `k` of those drawn what follows from the rows of its group before it: the names that it
 * repeats, and the order where these begin or end. It returns why where there is nothing to repeat, or no row of reference data of its name; a row
 * that has none at its last attempt takes one of those that its order has, by the number of its parent.
 */
export function rowCompleter({ by, draw, name, learned, siblings }: Completing) {
  const { references, clock: rowOrder, repeats = {} } = by.plans[name]!
  const repeat = repeaterOf(learned, repeats)
  const isGiven = (column: string) => Object.hasOwn(ownValue(draw.given, name) ?? {}, column)
  const names = references.flatMap((plan, k) =>
    plan === 'name' ? [{ column: nameOfReference(by.schema, name, k), ...rowsByName(by, name, k) }] : [],
  )
  const isInPlace = rowOrder !== undefined && !isGiven(rowOrder.column.name)
  const order = rowOrder && orderCell(rowOrder)
  return (
    rows: readonly TableColumn[],
    k: number,
    group: number,
    parent: number,
    isLast: boolean,
  ): string | undefined => {
    if (!repeat(rows, k, (d) => siblings.previousOf(group, d))) return 'had no row before to repeat'
    if (isInPlace) {
      const { cells } = columnNamed(rows, rowOrder.column.name)
      cells[k] = inPlace(rowOrder, siblings, group, cells[k]!)
    }
    const at = order?.(rows, k) ?? Number.NaN
    for (const { column, find, choose } of names)
      if (find(rows, k, at) === undefined && isLast && !isGiven(column)) choose(rows, k, at, parent)
    return names.every(({ find }) => find(rows, k, at) !== undefined) ? undefined : 'led to no kept row'
  }
}

/**
 * The cell of the order in its place among the rows of a parent: where these begin and end, if all do so, and after the row before, if no
 * two are at once.
 */
function inPlace(rowOrder: OrderPlan, siblings: Siblings, group: number, cell: number): number {
  const { isAtBegin, isAtEnd, timeUnit } = rowOrder
  const { begin, end, before, place, left } = siblings.whereIs(group)
  const minimumGap = timeUnit === undefined ? rowOrder.leastStep : undefined
  if (isAtBegin && place === 0 && !Number.isNaN(begin)) return begin
  const last = end - (minimumGap ?? 0) * left
  const ended = !isAtEnd || Number.isNaN(end) ? cell : left === 0 ? end : Math.min(cell, last)
  return place > 0 && minimumGap !== undefined ? Math.max(ended, before + minimumGap) : ended
}
