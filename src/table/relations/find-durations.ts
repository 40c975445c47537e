import { day } from '../dates/calendar.ts'
import { clockParts } from './date-parts.ts'
import type { Found, SearchedColumn } from './found.ts'
import { floored, type Linear, monthsAt, sumOf } from './linear.ts'
import { completeRows, type NumericColumn, numbersIn, someOf, withoutCommonest } from './numbers.ts'

/** What durations are counted in, in milliseconds: a month and a year by their usual numbers of days too. */
const units = [day, 7 * day, ...Object.values(clockParts), 30 * day, 365 * day, 365.25 * day]

/** What durations are counted in, in months of the calendar. */
const calendarUnits = [12, 1]

/** The fewest rows with another cell than the commonest, the fewest values, and so many rows are tried first. */
const [fewestOther, fewestValues, triedRows] = [30, 4, 500]

/** How far a rounded duration may be off, in its last digit: a half is rounded up or down. */
const half = 0.5 + 1e-6

/**
 * Finds the numbers that are the time between two dates in some unit, in whole units that have passed, or rounded, in all rows. Those that
 * are neither are sums. They are added to `found`.
 */
export function findDurations(columns: readonly SearchedColumn[], found: Found): void {
  const all = numbersIn(columns)
  const dates = all.filter(({ d, column }) => column.kind === 'date' && found.mayBeSource(d))
  if (dates.length < 2) return
  const tried = someOf([...all[0]!.cells.keys()], triedRows)
  for (const target of all) {
    if (target.column.kind === 'date' || target.unit === 0) continue
    for (const from of dates)
      for (const to of dates)
        if (from !== to && [from, to].every(({ d }) => found.mayFollowFrom(target.d, d))) {
          const relation = durationOf(target, from, to, tried)
          if (relation)
            found.add(relation, () => (sources, own) => holds(relation, target.unit, sources, own))
        }
  }
}

/** Whether a row holds a duration; undefined if a cell is missing. */
function holds(
  { times, plus = 0, inMonths }: Pick<Linear, 'times' | 'plus' | 'inMonths'>,
  unit: number,
  sources: readonly number[],
  own: number,
): boolean | undefined {
  const made = sumOf({ times, plus }, inMonths ? sources.map(monthsAt) : sources)
  if (Number.isNaN(made + own)) return undefined
  // whole units that have passed are not rounded up
  return plus === 0 ? Math.abs(made - own) <= half * unit : Math.round(made) === own
}

function durationOf(
  target: NumericColumn,
  from: NumericColumn,
  to: NumericColumn,
  tried: readonly number[],
): Linear | undefined {
  const { column, cells, decimals, unit } = target
  const rowAt = (i: number): [number, number] => [to.cells[i]!, from.cells[i]!]
  const isComplete = (i: number) => [target, from, to].every((each) => !Number.isNaN(each.cells[i]!))
  const first = tried.find(isComplete)
  if (first === undefined) return undefined
  const ways = [
    ...(decimals === 0 ? calendarUnits.map((per) => ({ per, inMonths: true, isFloored: true })) : []),
    ...units.flatMap((per) =>
      (decimals === 0 ? [true, false] : [false]).map((isFloored) => ({ per, inMonths: false, isFloored })),
    ),
  ]
  for (const { per, inMonths, isFloored } of ways) {
    const times = [1 / per, -1 / per]
    const [end, start] = rowAt(first).map((time) => (inMonths ? monthsAt(time) : time))
    // the first day may count as one
    const plus = isFloored
      ? cells[first]! -
        Math.floor((end! - start!) / per + (inMonths ? 1e-6 : 0)) +
        floored(inMonths ? 32 * per : per)
      : 0
    const isHere = (i: number) => holds({ times, plus, inMonths }, unit, rowAt(i), cells[i]!) ?? true
    if (!tried.every(isHere)) continue
    const complete = completeRows([target, from, to])
    if (!complete.every(isHere)) continue
    if (withoutCommonest(cells, complete) < fewestOther || new Set(cells).size < fewestValues)
      return undefined
    const isWithout = (_: number, i: number) => Number.isNaN(to.cells[i]! + from.cells[i]!)
    const gapsFollow = cells.every((cell, i) => Number.isNaN(cell) || !isWithout(cell, i))
    return {
      kind: 'linear',
      column: column.name,
      by: [to.column.name, from.column.name],
      share: gapsFollow ? 1 : complete.length / cells.length,
      times,
      ...(plus !== 0 && { plus }),
      decimals,
      ...(gapsFollow && { gapsFollow }),
      ...(inMonths && { inMonths }),
    }
  }
  return undefined
}
