import { isNumber } from '../../table/columns.ts'
import { isNeverAbove } from '../../table/relations/find-orders.ts'
import type { OrderRule } from '../../table/rules/index.ts'
import type { TableColumn } from '../../table/table.ts'
import type { OrderPlan } from './row-order.ts'

/**
 * Columns that are never after that of the row order in any row, or never before it, as rules. A model learns the order as a step, and its
 * day apart from its time, so that no relation of its own keeps them.
 *
 * @param rowOrder - How the order of a parent's rows is learned.
 * @param at - Its column.
 * @param others - Other columns of the same rows: their own, and those of their parents.
 */
export function orderRules(
  { isDate, comparable }: OrderPlan,
  at: TableColumn,
  others: readonly TableColumn[],
): OrderRule[] {
  // of numbers only those of the parent that are near the order's: an amount is in no order with a year
  const isComparable = (other: TableColumn) => comparable.some((name) => other.name.endsWith(`.${name}`))
  const names = (first: TableColumn, second: TableColumn): OrderRule[] => [
    { kind: 'order', columns: [first.name, second.name], strict: [false] },
  ]
  return others.flatMap((other) => {
    const suits = isDate ? other.kind === 'date' : isNumber(other) && isComparable(other)
    if (!suits) return []
    if (isNeverAbove(other, at)) return names(other, at)
    return isNeverAbove(at, other) ? names(at, other) : []
  })
}
