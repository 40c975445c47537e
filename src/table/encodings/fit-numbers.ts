/** How a column of numbers or dates is encoded, by its values. */
import { power } from '../../numerics/elementary.ts'
import { day } from '../dates/calendar.ts'
import type { Column } from '../table.ts'
import { findGrain } from './find-grain.ts'
import { type Grain, type GrainedColumn, hasRules } from './grain.ts'
import { type Counted, mergeRare, sharesOf, sumOf } from './groups.ts'
import { fitQuantile, type QuantileColumn, rowsOfKnot } from './quantile.ts'
import { commonDecimals, rounder } from './rounding.ts'
import { fitSteps } from './steps.ts'

/** Whole numbers with at most this many values are better learned as categories. */
export const maxWholeCategories = 32

/**
 * So are other numbers and dates with at most this many values, if each has so many rows in the mean, none has more than
 * this share of them, and their shares are this far from those of their neighbours, as those of the sizes of hard disks.
 */
const [maxCategories, rowsPerCategory, largestShare, roughness] = [128, 50, 0.3, 0.5]

/** A frequent value has so many rows, and so many times those of its neighbours; their least share, and their number. */
const [frequentRows, frequentTimes, frequentShare, maxFrequent] = [10, 4, 0.5, 100]

/** A number with at most this many values has a step for each. */
const maxSteps = 200

const defaultKnots = 1000

/** The largest share of the rows of a column of few values that means take the place of. */
const mostOfMeans = 0.1

/** The largest share of its rows whose values fewer rows share than a knot is of. */
const mostOfFew = 0.02

/** In a span of so long there is a day of any rule: the longest is that from one 29 February to the next. */
const farthestDay = 8.1 * 365.25 * day

/** How numbers or dates are encoded, by the column's own, rising; those of one or two rows are merged with others. */
export function fitNumbers(column: Column, present: Float64Array, counted: Counted, knots = defaultKnots) {
  const { kind } = column
  const { values } = counted
  const constant = (value: number) => ({ as: 'constant', value }) as const
  if (values.length === 1) return constant(values[0]!)
  const decimals = kind === 'integer' ? 0 : commonDecimals(counted)
  const grain = grainOf(column, decimals, counted)
  const round = rounderWithin(column, decimals, grain, values)
  const means = { round, unit: grain?.step ?? (decimals === null ? 0 : power(10, -decimals)) }
  const isFewWhole = kind === 'integer' && values.length <= maxWholeCategories
  const merged =
    isFewWhole || values.length <= Math.min(maxSteps, knots) ? mergeRare(counted, means) : undefined
  // many means, or values of few rows, would be seen among samples: a line between fewer knots has all values
  if (merged && merged.ofMeans <= mostOfMeans * present.length) {
    const { values, counts } = merged
    if (values.length === 1) return constant(values[0]!)
    const isOften = values.length <= maxCategories && present.length >= rowsPerCategory * values.length
    const isEven = Math.max(...counts) <= largestShare * present.length
    if (isFewWhole || (isOften && isEven && roughnessOf(counts) > roughness))
      return { as: 'category', values, shares: sharesOf(counts) } as const
    const ofFew = sumOf(counted.counts.filter((count) => count < rowsOfKnot(present.length)))
    if (ofFew <= mostOfFew * present.length) return fitSteps(values, counts)
  }
  const fitted = fitQuantile(present, knots, means, decimals)
  if (fitted.x[0] === fitted.x.at(-1)) return constant(fitted.x[0]!)
  return { ...fitted, ...frequentIn(values, counted.counts, knots), decimals, ...(grain && { grain }) }
}

/** The grain of a column's values; a month has no other day than its first, however few values show it. */
function grainOf(column: Column, decimals: number | null, counted: Counted): Grain | undefined {
  const grain = findGrain(column, decimals, counted)
  const isMonthly = column.kind === 'date' && column.form === 'YYYY-MM'
  return grain && isMonthly && !grain.monthDays ? { ...grain, monthDays: [1] } : grain
}

/** Rounds a mean of a column's values to what its cells are. */
function rounderWithin(
  { kind, form }: Column,
  decimals: number | null,
  grain: Grain | undefined,
  values: readonly number[],
): (x: number) => number {
  if (!grain) return rounder({ kind, form }, decimals)
  // the nearest day that its rules allow may be beyond the column's own
  const beyond = hasRules(grain) ? farthestDay : 0
  const x = [values[0]! - beyond, values.at(-1)! + beyond]
  const grained: GrainedColumn = { kind, ...(form && { form }), grain, decimals, x }
  return rounder(grained, decimals)
}

/**
 * The values that stand out from a number's others: those of so many rows, and more than a multiple of those of their neighbours in the middle.
 * They are learned by themselves if they have enough of the rows together.
 */
function frequentIn(
  values: readonly number[],
  counts: readonly number[],
  knots: number,
): Pick<QuantileColumn, 'frequent'> {
  const all = sumOf(counts)
  const nearby = (i: number) => [-4, -3, -2, -1, 1, 2, 3, 4].flatMap((k) => counts[i + k] ?? [])
  const middle = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
  // each of so many rows has a knot, so that its code is its own
  const fewest = Math.max(frequentRows, all / (2 * knots))
  const standsOut = (count: number, i: number) => count >= fewest && count > frequentTimes * middle(nearby(i))
  const indices = [...counts.keys()]
    .filter((i) => standsOut(counts[i]!, i))
    .toSorted((a, b) => counts[b]! - counts[a]!)
    .slice(0, maxFrequent)
    .sort((a, b) => a - b)
  const rows = sumOf(indices.map((i) => counts[i]!))
  return rows >= frequentShare * all ? { frequent: indices.map((i) => values[i]!) } : {}
}

/** Total variation between the shares of values and those that the two neighbours on either side suggest. */
function roughnessOf(counts: readonly number[]): number {
  const suggested = counts.map((_, i) => {
    const near = [i - 2, i - 1, i + 1, i + 2].flatMap((k) => counts[k] ?? [])
    return sumOf(near) / near.length
  })
  const [all, allSuggested] = [sumOf(counts), sumOf(suggested)]
  return sumOf(counts.map((count, i) => Math.abs(count / all - suggested[i]! / allSuggested))) / 2
}
