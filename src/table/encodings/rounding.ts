/** How numbers are rounded to those that a column may have. */
import { power } from '../../numerics/elementary.ts'
import { day } from '../dates/calendar.ts'
import { unitOf } from '../dates/form.ts'
import { leastRows } from '../least-rows.ts'
import { calendarColumns, daysOfDate } from '../operators/calendar.ts'
import { computeRow } from '../operators/columns.ts'
import { type Computation, type Operators, quotient } from '../operators/operators.ts'
import type { Column } from '../table.ts'
import { hasGrain } from './grain.ts'
import { type Direction, roundedToGrain } from './grain-axis.ts'
import type { Counted } from './groups.ts'

/**
 * A number rounded to what the column's cells are: to its grain if it has one, or else to its form or its decimals.
 *
 * @param decimals - Of a number; null for more than 15.
 * @param direction - Only a grain has another than to the nearest.
 */
export function rounding(
  column: Pick<Column, 'kind' | 'form'>,
  decimals: number | null,
  direction?: Direction,
): Computation {
  if (hasGrain(column)) return roundedToGrain(column, direction)
  const { kind, form = 'YYYY-MM-DD' } = column
  if (kind === 'date' && form === 'YYYY-MM') return (ops, [time]) => monthBegins(ops, time!)
  if (kind === 'date') {
    const unit = unitOf(form)
    return (ops, [time]) => ops.multiply(ops.round(ops.divide(time!, ops.number(unit))), ops.number(unit))
  }
  if (decimals === null) return (_, [value]) => value!
  const scale = power(10, decimals)
  return (ops, [value]) => ops.divide(ops.round(ops.multiply(value!, ops.number(scale))), ops.number(scale))
}

function monthBegins<V>(ops: Operators<V>, time: V): V {
  const date = calendarColumns(ops, quotient(ops, time, day))
  return ops.multiply(daysOfDate(ops, { ...date, dayOfMonth: ops.number(1) }), ops.number(day))
}

/** `rounding` of single numbers. */
export function rounder(...of: Parameters<typeof rounding>): (x: number) => number {
  const round = rounding(...of)
  return (x) => computeRow(round, [x])
}

/** More decimals than a float64 of this size keeps. */
const mostDecimals = 15

/** The values' number of decimals, if at most 15. */
export function decimalsOf(values: ArrayLike<number>): number | null {
  let decimals = 0
  for (let i = 0; i < values.length; i++)
    while (roundTo(values[i]!, decimals) !== values[i]) if (++decimals > mostDecimals) return null
  return decimals
}

/** The number of decimals, if at most 15, that are enough for all rows but fewer than three. */
export function commonDecimals({ values, counts }: Counted): number | null {
  const rows = new Float64Array(mostDecimals + 2)
  for (const [k, value] of values.entries()) rows[decimalsOf([value]) ?? mostDecimals + 1]! += counts[k]!
  let decimals = mostDecimals + 1
  for (let more = rows[decimals]!; more < leastRows && decimals > 0; more += rows[decimals]!) decimals--
  return decimals > mostDecimals ? null : decimals
}

function roundTo(x: number, decimals: number): number {
  const scale = power(10, decimals)
  return Math.round(x * scale) / scale
}
