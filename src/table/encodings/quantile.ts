import * as v from 'valibot'
import { upperBound } from '../../numerics/bounds.ts'
import { normalQuantile, power } from '../../numerics/elementary.ts'
import { leastRows } from '../least-rows.ts'
import { clamped } from '../operators/operators.ts'
import { type Grain, grainSchema, hasGrain, heldByGrain, isPossible } from './grain.ts'
import { axisOf, positionOn, valueAtPlace } from './grain-axis.ts'
import { type Means, meanApart } from './groups.ts'
import { type ColumnOfCard, columnFields, defineEncoding, heldValues, maxCode, numbers } from './kind.ts'
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

/** The gap in probability between the intervals of two adjacent values. */
const seam = 1e-7

/**
 * A knot is of ten rows, fewer of fewer than 200, or of all that share a value: among samples, values of fewer are seen to lie closer to the
 * training rows than to others (docs/decisions/0065).
 */
export const rowsOfKnot = (rows: number) => Math.min(10, Math.max(leastRows, Math.floor(rows / 20)))

/** How many more decimals than the column a mean is kept with. */
const extraDecimals = 2

/** Neighbouring rows, from the first to the one before `end`; with the value that all of them have, if many do. */
interface Part {
  readonly first: number
  readonly end: number
  readonly value?: number | undefined
}

interface Knot {
  readonly u: number
  readonly x: number
}

/**
 * Knots of a column's values (ascending, one a row), each of rows that no other knot is of: the ends of every value that
 * max(10, n / 2 knots) rows or more share, and elsewhere the means of groups of about max(10, n / knots) neighbouring rows; the outermost
 * groups have three. The rank of row i is (i + 1/2) / n.
 *
 * @param means - Of the column: its ends are its cells.
 * @param decimals - Of the values; null for more than 15.
 * @returns A single knot if the rows are too few for two.
 */
export function fitQuantile(
  values: ArrayLike<number>,
  knots: number,
  { round, unit }: Means,
  decimals: number | null,
) {
  const n = values.length
  const parts = partsOf(values, Math.max(rowsOfKnot(n), n / (2 * knots)))
  const at = parts.flatMap((part, k) => {
    const isOuter = { first: k === 0, last: k === parts.length - 1 }
    return part.value === undefined
      ? knotsOfGroups(values, part, { width: Math.max(rowsOfKnot(n), n / knots), unit }, isOuter, [
          parts[k - 1]?.value,
          parts[k + 1]?.value,
        ])
      : knotsOfValue(part, n, isOuter)
  })
  const [least, most] = [at[0]!.x, at.at(-1)!.x].map((x) => round(x) + 0) as [number, number]
  const fine = decimals === null ? undefined : power(10, Math.min(15, decimals + extraDecimals))
  const places = at.map(({ u, x }, k) => {
    const mean = fine === undefined ? x : Math.round(x * fine) / fine
    const isEnd = k === 0 || k === at.length - 1
    const inside = Math.min(Math.max(mean, least), most)
    return {
      z: Math.min(Math.max(rounded(normalQuantile(u)), -maxCode), maxCode),
      x: isEnd ? (k === 0 ? least : most) : inside,
    }
  })
  // of knots at the end of the axis, the outermost stays
  const distinct = places.filter(({ z }, k) =>
    z > 0
      ? z < (places[k + 1]?.z ?? Number.POSITIVE_INFINITY)
      : z > (places[k - 1]?.z ?? Number.NEGATIVE_INFINITY),
  )
  return { as: 'quantile', z: distinct.map(({ z }) => z), x: distinct.map(({ x }) => x) } as const
}

/** The values that so many rows share, and the rows between them; fewer than three of these go with the nearer value. */
function partsOf(values: ArrayLike<number>, fewest: number): Part[] {
  const n = values.length
  const parts: Part[] = []
  for (let first = 0, from = 0; first < n; ) {
    const end = nextValue(values, first)
    const isShared = end - first >= fewest
    if (isShared && from < first) parts.push({ first: from, end: first })
    if (isShared) parts.push({ first, end, value: values[first]! })
    if (isShared) from = end
    else if (end === n) parts.push({ first: from, end })
    first = end
  }
  for (let k = parts.length - 1; k >= 0; k--) {
    const { first, end, value } = parts[k]!
    if (value !== undefined || end - first >= leastRows || parts.length === 1) continue
    const [before, after] = [parts[k - 1], parts[k + 1]]
    const middle = values[(first + end - 1) >> 1]!
    const isNearer = before && (!after || middle - before.value! <= after.value! - middle)
    if (isNearer) parts.splice(k - 1, 2, { ...before, end })
    else parts.splice(k, 2, { ...after!, first })
  }
  return parts
}

/** Both ends of a value's interval and its middle, where its code is; the column's end is just beyond the middle. */
function knotsOfValue({ first, end, value }: Part, n: number, isOuter: Outer): Knot[] {
  const x = value!
  const middle = (first + end) / 2 / n
  return [
    { u: isOuter.first ? middle - seam : first / n + seam, x },
    { u: middle, x },
    { u: isOuter.last ? middle + seam : end / n - seam, x },
  ]
}

/** Whether a part has the column's smallest or largest value. */
interface Outer {
  readonly first: boolean
  readonly last: boolean
}

/**
 * The means of groups of about `width` rows at their middle ranks. Next to a value that many rows share it is where the means lead that
 * the part begins or ends, if that is not beyond the value.
 *
 * @param between - The values before and after.
 */
function knotsOfGroups(
  values: ArrayLike<number>,
  { first, end }: Part,
  { width, unit }: { readonly width: number; readonly unit: number },
  isOuter: Outer,
  between: readonly [number | undefined, number | undefined],
): Knot[] {
  const n = values.length
  const borders = bordersOf(end - first, width, isOuter).map((border) => first + border)
  const means = borders.slice(1).map((to, g): Knot => {
    const from = borders[g]!
    return { u: (from + to) / 2 / n, x: meanOf(values, from, to, unit) }
  })
  const edge = (knot: Knot, next: Knot | undefined, border: number, value: number, side: 1 | -1): Knot[] => {
    const slope = next ? (next.x - knot.x) / (next.u - knot.u) : 0
    const x = knot.x + slope * (border / n - knot.u)
    // where the means lead up to the value, the line to it has no jump
    return side * (x - value) > 0 ? [{ u: border / n + side * seam, x }] : []
  }
  const [before, after] = between
  return [
    ...(before === undefined ? [] : edge(means[0]!, means[1], first, before, 1)),
    ...means,
    ...(after === undefined ? [] : edge(means.at(-1)!, means.at(-2), end, after, -1)),
  ]
}

/** Where groups of so many rows begin, and the end of the last: none has fewer than three, and the column's outermost have three. */
function bordersOf(rows: number, width: number, { first, last }: Outer): number[] {
  const from = first && rows >= 2 * leastRows ? leastRows : 0
  const to = last && rows - from >= 2 * leastRows ? rows - leastRows : rows
  const count = Math.max(1, Math.min(Math.floor((to - from) / leastRows), Math.round((to - from) / width)))
  const inner = Array.from({ length: count + 1 }, (_, g) => from + Math.floor((g * (to - from)) / count))
  return [...(from > 0 ? [0] : []), ...inner, ...(to < rows ? [rows] : [])]
}

function meanOf(values: ArrayLike<number>, from: number, to: number, unit: number): number {
  const least = values[from]!
  let sum = 0
  // of equal values, exactly their own
  for (let i = from; i < to; i++) sum += values[i]! - least
  return meanApart(
    least + sum / (to - from),
    Array.from({ length: to - from }, (_, i) => values[from + i]!),
    unit,
  )
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
  held: (column) => [...heldValues(column, column.x), ...heldByGrain(column.name, column)],
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
