import { orZero } from './linear.ts'
import type { NumericColumn } from './numbers.ts'

/** How far a sum that is not rounded may be off in rows that it is found in, in the smallest differences of its cells. */
export const exactness = 1e-4

/** Least squares with a constant, where a missing value counts as 0, by Gram and Schmidt with a second pass; sources that add nothing get the factor 0. */
export function leastSquares(
  target: NumericColumn,
  sources: readonly NumericColumn[],
  rows: readonly number[],
) {
  const centred = ({ cells }: NumericColumn) => {
    const values = Float64Array.from(rows, (i) => orZero(cells[i]!))
    const mean = values.reduce((total, value) => total + value, 0) / rows.length
    return { values: values.map((value) => value - mean), mean }
  }
  const dot = (a: Float64Array, b: Float64Array) => {
    let total = 0
    for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!
    return total
  }
  const basis: { direction: Float64Array; k: number; upper: number[] }[] = []
  const parts = sources.map(centred)
  const project = (values: Float64Array) => {
    const rest = values.slice()
    const shares = basis.map(() => 0)
    for (let pass = 0; pass < 2; pass++)
      for (const [b, { direction }] of basis.entries()) {
        const share = dot(rest, direction)
        shares[b]! += share
        for (let i = 0; i < rest.length; i++) rest[i]! -= share * direction[i]!
      }
    return { rest, shares, length: Math.sqrt(dot(rest, rest)) }
  }
  for (const [k, { values }] of parts.entries()) {
    const { rest, shares, length } = project(values)
    if (length <= 1e-9 * Math.sqrt(dot(values, values))) continue
    basis.push({ direction: rest.map((value) => value / length), k, upper: [...shares, length] })
  }
  const goal = centred(target)
  const { rest, shares } = project(goal.values)
  const factors = sources.map(() => 0)
  for (let b = basis.length - 1; b >= 0; b--) {
    const { k, upper } = basis[b]!
    const others = basis.slice(b + 1).reduce((total, later) => total + later.upper[b]! * factors[later.k]!, 0)
    factors[k] = (shares[b]! - others) / upper[b]!
  }
  const constant = goal.mean - parts.reduce((total, { mean }, k) => total + factors[k]! * mean, 0)
  const worst = rest.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const size = Math.abs(goal.mean) + target.deviation
  const isSame = worst <= Math.max(exactness * target.unit, 1e-11 * size)
  // one source may be in another unit, and the target rounded
  const isRounded = sources.length === 1 && target.deviation > 20 * target.unit && worst <= 0.51 * target.unit
  const fit = target.deviation === 0 ? undefined : isSame ? 'exact' : isRounded ? 'rounded' : undefined
  return { factors, constant, fit }
}
