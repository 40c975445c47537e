import * as v from 'valibot'
import { normalQuantile, power } from '../../numerics/elementary.ts'
import { unitOf } from '../dates/form.ts'
import { type Grain, grainSchema, hasGrain, isPossible } from './grain.ts'
import { axisOf, cellAtPlace, grainRounder, positionOn, valueOn } from './grain-axis.ts'
import {
  type ColumnOfCard,
  columnFields,
  defineEncoding,
  lookUp,
  maxCode,
  numbers,
  segmentOf,
  upperBound,
} from './kind.ts'
import { oneNumber, withFrequent } from './parts.ts'
import { rounded } from './steps.ts'

const schema = v.pipe(
  v.object({
    ...columnFields,
    as: v.literal('quantile'),
    /** Knots of the map from the standard normal's axis (ascending) ... */
    z: numbers,
    /** ... to values (non-decreasing): a value of many rows occurs three times, with its code in the middle. */
    x: numbers,
    /** Decimals of the values; null if more than 15. */
    decimals: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(15))),
    /** What all values are, beyond their decimals or their form. */
    grain: v.optional(grainSchema),
    /** Values that many rows share, which are a block of their own. */
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
  /** Knots of the map from the standard normal's axis, ascending, to values, non-decreasing. */
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

/** The values' number of decimals, if at most 15. */
export function decimalsOf(values: ArrayLike<number>): number | null {
  let decimals = 0
  for (let i = 0; i < values.length; i++)
    while (roundTo(values[i]!, decimals) !== values[i]) if (++decimals > 15) return null
  return decimals
}

function roundTo(x: number, decimals: number): number {
  const scale = power(10, decimals)
  return nearestWhole(x * scale) / scale
}

/** Rounds a half up, as graphs do; never to -0. */
function nearestWhole(x: number): number {
  return Math.round(x) + 0
}

/** Rounds a value between those in the data. */
export function rounder(column: Pick<QuantileColumn, 'kind' | 'form' | 'decimals'>): (x: number) => number {
  if (hasGrain(column)) return grainRounder(column)
  const { kind, form = 'YYYY-MM-DD', decimals } = column
  if (kind !== 'date') return decimals === null ? (x) => x : (x) => roundTo(x, decimals)
  if (form === 'YYYY-MM')
    return (x) => {
      const date = new Date(Math.floor(x))
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
    }
  return (x) => nearestWhole(x / unitOf(form)) * unitOf(form)
}

/** The knots' values on the axis on which codes are linear between them: positions if the column has a grain. */
export function knotsOn(column: QuantileColumn) {
  if (!hasGrain(column)) return { x: column.x, placeOf: (cell: number) => cell, cellAt: rounder(column) }
  const axis = axisOf(column)
  const placeOf = (cell: number) => positionOn(axis, cell)
  return { x: column.x.map(placeOf), placeOf, cellAt: (place: number) => valueOn(axis, nearestWhole(place)) }
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
  decoder(column) {
    const { z } = column
    const { x, cellAt } = knotsOn(column)
    const last = z.length - 1
    const [least, most] = [column.x[0]!, column.x[last]!]
    return (code) => {
      const above = upperBound(z, code)
      if (above === 0) return least
      if (above > last) return most
      const [low, high] = [x[above - 1]!, x[above]!]
      if (low === high) return column.x[above - 1]!
      const place = low + ((code - z[above - 1]!) / (z[above]! - z[above - 1]!)) * (high - low)
      return Math.min(Math.max(cellAt(place), least), most)
    }
  },
  graph(ops, column, code, name) {
    if (ops.exact) return ops.exact.interpolated(column, code, name)
    const { z, decimals, kind } = column
    const { x } = knotsOn(column)
    const [lowest, highest] = [z[0]!, z.at(-1)!]
    const bound = (at: string, value: number) => ops.constant(`${name}.${at}`, [], [value])
    const inside = ops.op('Clip', [code, bound('lowest', lowest), bound('highest', highest)])
    const index = segmentOf(ops, inside, z.slice(1, -1), name)
    const slopes = z.slice(1).map((high, k) => (x[k + 1]! - x[k]!) / (high - z[k]!))
    const part = (at: string, of: ArrayLike<number>) => lookUp(ops, of, index, `${name}.${at}`)
    const beyond = ops.op('Sub', [inside, part('z', z.slice(0, -1))])
    const value = ops.op('Add', [part('x', x.slice(0, -1)), ops.op('Mul', [beyond, part('slopes', slopes)])])
    if (hasGrain(column)) return cellAtPlace(ops, column, value, `${name}.grain`)
    if (kind === 'date' || decimals === null || decimals > 6) return value
    const times = (of: V, at: string, factor: number) =>
      ops.op('Mul', [of, ops.constant(`${name}.${at}`, [1, 1], [factor])])
    type V = typeof value
    const scaled = ops.op('Add', [
      times(value, 'scale', power(10, decimals)),
      ops.constant(`${name}.half`, [1, 1], [0.5]),
    ])
    return times(ops.op('Floor', [scaled]), 'unscale', power(10, -decimals))
  },
})
