import { day } from '../dates/calendar.ts'
import { type DateNearYear, dateNearYear, yearOf, yearsAfter } from './date-near-year.ts'
import { numberOfPart } from './date-parts.ts'
import type { Found, Learn, SearchedColumn } from './found.ts'
import {
  completeRows,
  endsIn,
  isNearMost,
  isOrdered,
  type NumericColumn,
  nearRows,
  numbersIn,
  spreadOf,
} from './numbers.ts'

/** A date is near a year if the years between are spread to this share of the date's years. */
const nearShare = 0.15

/** Days between two dates that are spread so much say nothing of the day of the year. */
const halfYear = 183 * day

/** Dates have a season if so many of them are in so many months of the year. */
const [seasonShare, seasonMonths] = [0.5, 3]

/** Dates span fewer years than these, of which the source has as many before them. */
const mostYears = 500

/** The fewest rows that have both. */
const fewestRows = 100

/** Finds the dates that are some years from a year beside them. They are added to `found`. */
export function findYears(columns: readonly SearchedColumn[], found: Found): void {
  const numbers = numbersIn(columns.filter(({ column }) => dateNearYear.mayBeSource(column)))
  const sources = numbers.filter(({ column }) => column.kind === 'integer')
  for (const target of numbers) {
    if (!hasYears(target)) continue
    const at = target.cells.map(yearOf)
    const shareOf = (source: NumericColumn) => {
      const rows = completeRows([target, source])
      if (rows.length < fewestRows || !found.mayFollowFrom(target.d, source.d)) return 1
      return spreadOf(rows.map((i) => at[i]! - source.cells[i]!)) / spreadOf(rows.map((i) => at[i]!))
    }
    const shares = sources.map(shareOf)
    const least = Math.min(...shares)
    if (least <= nearShare) addNearYear(target, sources[shares.indexOf(least)]!, false, found)
  }
}

/** Whether a date that is never before another has a season, of which the days between say nothing. */
export function isYearsAfter(target: NumericColumn, rests: Float64Array): boolean {
  const spread = spreadOf([...rests].filter((each) => !Number.isNaN(each)))
  return hasYears(target) && spread > halfYear && hasSeason(target)
}

function hasSeason({ cells }: NumericColumn): boolean {
  const counts = new Array<number>(12).fill(0)
  for (const cell of cells) if (!Number.isNaN(cell)) counts[numberOfPart(cell, 'month') - 1]!++
  const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0)
  const commonest = counts.toSorted((a, b) => b - a).slice(0, seasonMonths)
  return sum(commonest) >= seasonShare * sum(counts)
}

/** Adds the relation of a date to a year, or to a date that it `follows`, if it is confirmed. */
export function addNearYear(
  target: NumericColumn,
  source: NumericColumn,
  follows: boolean,
  found: Found,
): boolean {
  const { column, cells, decimals } = target
  const after = (from: number, own: number) => yearsAfter({ follows }, from, own)
  const rests = cells.map((cell, i) => after(source.cells[i]!, cell))
  const [first, last] = endsIn(target).map(yearOf) as [number, number]
  const relation: DateNearYear = {
    kind: 'dated',
    column: column.name,
    by: [source.column.name],
    share: completeRows([target, source]).length / cells.length,
    residual: found.encode(`${column.name}, its years`, true, rests),
    years: follows ? [Math.min(first, yearOf(endsIn(source)[0])), last] : [first, last],
    follows,
    range: endsIn(target),
    decimals,
  }
  const learn: Learn = (rows) => {
    const isNear = isNearMost(rows.map((i) => rests[i]!))
    return ([from], own) => (follows ? isOrdered(from!, own) : isNear(after(from!, own)))
  }
  return found.add(relation, learn, follows ? 1 : nearRows)
}

/** Whether a column has dates of many values, in few years. */
function hasYears({ column }: NumericColumn): boolean {
  if (column.kind !== 'date' || column.as !== 'quantile') return false
  const [first, last] = endsIn({ column }).map(yearOf)
  return last! > first! && last! - first! < mostYears
}
