import * as v from 'valibot'
import { upperBound } from '../../numerics/bounds.ts'
import { normalQuantile } from '../../numerics/elementary.ts'
import { clamped } from '../operators/operators.ts'
import { type Grain, grainSchema, hasGrain, isPossible } from './grain.ts'
import { axisOf, positionOn, valueAtPlace } from './grain-axis.ts'
import { type ColumnOfCard, columnFields, defineEncoding, maxCode, numbers } from './kind.ts'
import { oneNumber, withFrequent } from './parts.ts'
import { rounding } from './rounding.ts'
import { rounded } from './steps.ts'

const schema = v.pipe(
  v.object({
    ...columnFields,
    as: v.literal('quantile'),
    z: numbers,
    x: numbers,
    decimals: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(15))),
    grain: v.optional(grainSchema),
    frequent: v.optional(numbers),
  }),
  v.check(({ z, x }) => z.length === x.length && z.length > 1, 'z and x must be of one length, 2 or more'),
  v.check(({ z, x }) => rises(z, true) && rises(x, false), 'z must rise, and x not fall'),
  v.check(
    (column) => !hasGrain(column) || isPossible(column),
    'grain must be of whole decimals, and have days that the column may have',
  ),
)

/** A number with many values, encoded as its rank among the rows on the standard normal's axis. */
export interface QuantileColumn extends ColumnOfCard {
  readonly as: 'quantile'
  /**
   * Knots of the map from the standard normal's axis, ascending, to values, non-decreasing: a value of many rows occurs three times, with
   * its code in the middle.
   */
  readonly z: readonly number[]
  readonly x: readonly number[]
  /** Decimals of the values; null if more than 15. */
  readonly decimals: number | null
  /** What all values are, beyond their decimals or their form: full hours, say, or multiples of 5. */
  readonly grain?: Grain | undefined
  /** Values that many rows share, rising: whether a cell is one of them, and which, is a block of its own. */
  readonly frequent?: readonly number[] | undefined
}

function rises(values: readonly number[], strictly: boolean): boolean {
  return values.every((value, i) => i === 0 || (strictly ? value > values[i - 1]! : value >= values[i - 1]!))
}

/** How often the gap beside an extreme value is halved, where the normal axis and the ranks differ most. */
const halvings = 6

/** The gap in probability between the intervals of two adjacent values. */
const seam = 1e-7

/**
 * Knots of a column's values (ascending, one a row): at most `knots` at equally spaced ranks, and both ends of every
 * value shared by max(2, n / 2 knots) rows or more. The rank of row i is (i + 1/2) / n; the extremes have ranks 0 and
 * 1.
 */
export function fitQuantile(values: ArrayLike<number>, knots: number) {
  const n = values.length
  const ranks = new Set<number>()
  const spaced = Math.min(knots, n)
  for (let k = 0; k < spaced; k++) ranks.add(Math.round((k * (n - 1)) / (spaced - 1)))
  for (let first = 0; first < n; ) {
    const next = nextValue(values, first)
    if (next - first >= Math.max(2, n / (2 * knots))) ranks.add(first).add(next - 1)
    first = next
  }
  const sortedRanks = [...ranks].sort((a, b) => a - b)
  const at = sortedRanks.map((rank) => ({ u: (rank + 0.5) / n, x: values[rank]! }))
  at[0]!.u = 0
  at.at(-1)!.u = 1
  for (let k = 0; k + 1 < at.length; k++) {
    const [low, high] = [at[k]!, at[k + 1]!]
    if (low.x === high.x || sortedRanks[k + 1] !== sortedRanks[k]! + 1) continue
    // the border lies half way between neighbours
    const middle = (low.u + high.u) / 2
    if (at[k - 1]?.x === low.x) low.u = middle - seam
    if (at[k + 2]?.x === high.x) high.u = middle + seam
  }
  const knotsOf = withMiddles(withHalvings(at)).map(({ u, x }) => ({
    z: Math.min(
      Math.max(u <= 0 ? -maxCode : u >= 1 ? maxCode : rounded(normalQuantile(u)), -maxCode),
      maxCode,
    ),
    x,
  }))
  const distinct = knotsOf.filter(({ z }, k) => k === 0 || z > knotsOf[k - 1]!.z)
  return { as: 'quantile', z: distinct.map(({ z }) => z), x: distinct.map(({ x }) => x) } as const
}

interface Knot {
  readonly u: number
  readonly x: number
}

/** Knots within the first and the last gap, linear in rank. */
function withHalvings(knots: readonly Knot[]): Knot[] {
  const [first, second] = knots as [Knot, Knot]
  const [before, last] = knots.slice(-2) as [Knot, Knot]
  const between = (end: Knot, inner: Knot): Knot[] =>
    end.x === inner.x
      ? []
      : Array.from({ length: halvings }, (_, k) => {
          const share = 0.5 ** (k + 1)
          return { u: end.u + share * (inner.u - end.u), x: end.x + share * (inner.x - end.x) }
        })
  const lower = between(first, second).reverse()
  return knots.length === 2
    ? [first, ...lower, last]
    : [first, ...lower, ...knots.slice(1, -1), ...between(last, before), last]
}

/** Of several knots with the same value, keeps the first and the last, and adds the middle between them. */
function withMiddles(knots: readonly Knot[]): Knot[] {
  const result: Knot[] = []
  for (let k = 0; k < knots.length; ) {
    const { u, x } = knots[k]!
    let end = k
    while (knots[end + 1]?.x === x) end++
    const last = knots[end]!.u
    result.push({ u, x })
    if (end > k) result.push({ u: (u + last) / 2, x }, { u: last, x })
    k = end + 1
  }
  return result
}

function nextValue(values: ArrayLike<number>, first: number): number {
  let next = first + 1
  while (next < values.length && values[next] === values[first]) next++
  return next
}

/** The knots' values on the axis on which codes are linear between them: positions if the column has a grain. */
function knotsOn(column: QuantileColumn) {
  if (!hasGrain(column)) return { x: column.x, placeOf: (cell: number) => cell }
  const axis = axisOf(column)
  const placeOf = (cell: number) => positionOn(axis, cell)
  return { x: column.x.map(placeOf), placeOf }
}

function encoderOf(column: QuantileColumn): (cell: number) => number {
  const { z } = column
  const { x, placeOf } = knotsOn(column)
  return (cell) => {
    const place = placeOf(cell)
    const above = upperBound(x, place)
    if (above === 0) return z[0]!
    if (x[above - 1] === place) {
      let first = above - 1
      while (x[first - 1] === place) first--
      return z[(first + above - 1) >> 1]!
    }
    if (above === x.length) return z.at(-1)!
    const [low, high] = [x[above - 1]!, x[above]!]
    return z[above - 1]! + ((place - low) / (high - low)) * (z[above]! - z[above - 1]!)
  }
}

export const quantile = defineEncoding<QuantileColumn>({
  as: 'quantile',
  schema,
  parts(column) {
    const { frequent } = column
    return frequent ? withFrequent(frequent.map(encoderOf(column))) : oneNumber
  },
  encoder: encoderOf,
  decode(column) {
    const { z } = column
    const { x } = knotsOn(column)
    const cellAt = hasGrain(column) ? valueAtPlace(column) : rounding(column, column.decimals)
    // by how many knots a code reaches: beyond the outer ones are segments of zero width
    const lows = { z: [z[0]!, ...z], x: [x[0]!, ...x] }
    const widths = { z: [1, ...differences(z), 1], x: [0, ...differences(x), 0] }
    const [least, most] = [column.x[0]!, column.x.at(-1)!]
    return (ops, [code]) => {
      const segment = ops.countReached(z, code!)
      const part = (numbers: readonly number[]) => ops.lookUp(numbers, segment)
      const share = ops.divide(ops.subtract(code!, part(lows.z)), part(widths.z))
      const place = ops.add(part(lows.x), ops.multiply(share, part(widths.x)))
      return clamped(ops, cellAt(ops, [place]), least, most)
    }
  },
})

const differences = (of: readonly number[]) => of.slice(1).map((high, k) => high - of[k]!)
