import { isNeverAbove } from '../../table/relations/find-orders.ts'
import type { OrderRule } from '../../table/rules/index.ts'
import type { ClockPlan } from './clock.ts'
import { type Filled, isNumber } from './filled.ts'

/**
 * Columns that are never after the clock's in any row, or never before it, as rules. A model learns the clock as a step, and its day
 * apart from its time, so that no relation of its own keeps them.
 *
 * @param clock - How the order of a parent's rows is learned.
 * @param at - Its column.
 * @param others - Other columns of the same rows: their own, and those of their parents.
 */
export function clockOrders(
  { isDate, comparable }: ClockPlan,
  at: Filled,
  others: readonly Filled[],
): OrderRule[] {
  // of numbers only those of the parent that are near the clock's: an amount is in no order with a year
  const isComparable = ({ column }: Filled) => comparable.some((name) => column.name.endsWith(`.${name}`))
  const names = (first: Filled, second: Filled): OrderRule[] => [
    { kind: 'order', columns: [first.column.name, second.column.name], strict: [false] },
  ]
  return others.flatMap((other) => {
    const suits = isDate ? other.column.kind === 'date' : isNumber(other.column) && isComparable(other)
    if (!suits) return []
    if (isNeverAbove(other, at)) return names(other, at)
    return isNeverAbove(at, other) ? names(at, other) : []
  })
}
