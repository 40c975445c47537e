/** The decoders of numbers whose cells equal those of `decode` to the bit, in operators of float64. */
import { power } from '../../numerics/elementary.ts'
import { day } from '../../table/dates/calendar.ts'
import { unitOf } from '../../table/dates.ts'
import { hasGrain } from '../../table/encodings/grain.ts'
import { cellAtPlace } from '../../table/encodings/grain-axis.ts'
import type { QuantileColumn } from '../../table/encodings/index.ts'
import { type GraphOps, lookUp, segmentOf } from '../../table/encodings/kind.ts'
import { knotsOn, rounder } from '../../table/encodings/quantile.ts'

/** Rounds to the nearest whole number, half up. Adding 0.5 would itself round. */
export function nearestWhole<V>(ops: GraphOps<V>, value: V, name: string): V {
  const below = ops.op('Floor', [value])
  const half = ops.constant(`${name}.half`, [1, 1], [0.5])
  const isUpper = ops.op('GreaterOrEqual', [ops.op('Sub', [value, below]), half])
  return ops.op('Add', [below, ops.op('Cast', [isUpper], { to: float64 })])
}

const float64 = 11

/** A quantile column's decoder in ops, bit for bit: codes beyond the outer knots are on segments of zero width. */
export function interpolated<V>(ops: GraphOps<V>, column: QuantileColumn, code: V, name: string): V {
  const { z, decimals, kind, form } = column
  const { x } = knotsOn(column)
  const index = segmentOf(ops, code, z, name)
  const part = (at: string, of: ArrayLike<number>) => lookUp(ops, of, index, `${name}.${at}`)
  const spans = (of: readonly number[], beside: number) => [
    beside,
    ...of.slice(1).map((high, k) => high - of[k]!),
    beside,
  ]
  const low = part('x', [x[0]!, ...x])
  const beyond = ops.op('Sub', [code, part('z', [z[0]!, ...z])])
  const share = ops.op('Div', [beyond, part('z_spans', spans(z, 1))])
  const value = ops.op('Add', [low, ops.op('Mul', [share, part('x_spans', spans(x, 0))])])
  const number = (at: string, of: number) => ops.constant(`${name}.${at}`, [1, 1], [of])
  const inRange = (rounded: V) =>
    ops.op('Min', [ops.op('Max', [rounded, number('lowest', x[0]!)]), number('highest', x.at(-1)!)])
  if (hasGrain(column)) return cellAtPlace(ops, column, value, `${name}.grain`)
  if (kind !== 'date') {
    if (decimals === null) return inRange(value)
    const scale = number('scale', power(10, decimals))
    return inRange(ops.op('Div', [nearestWhole(ops, ops.op('Mul', [value, scale]), name), scale]))
  }
  if (form === 'YYYY-MM') {
    const months = monthsOf(column)
    const month = segmentOf(ops, value, months.slice(1), `${name}.month`)
    return inRange(lookUp(ops, months, month, `${name}.months`))
  }
  const unit = number('unit', unitOf(form ?? 'YYYY-MM-DD'))
  return inRange(ops.op('Mul', [nearestWhole(ops, ops.op('Div', [value, unit]), name), unit]))
}

function monthsOf(column: QuantileColumn): number[] {
  const round = rounder(column)
  const months = [round(column.x[0]!)]
  // 32 days later is in the next month
  for (let next = months[0]!; next < round(column.x.at(-1)!); months.push(next)) next = round(next + 32 * day)
  return months
}
