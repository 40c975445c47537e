import { power } from '../../numerics/elementary.ts'
import { calendarDate, day } from '../dates/calendar.ts'
import { isClock, unitOf } from '../dates/form.ts'
import { leastRows } from '../least-rows.ts'
import { Outermost } from '../outermost.ts'
import type { Column } from '../table.ts'
import {
  aheadOf,
  type DayNumbers,
  type DayRules,
  dayNumbers,
  type Grain,
  maxDays,
  numbersOf,
  remainder,
  ruleNames,
} from './grain.ts'
import type { Counted } from './groups.ts'

/** A column of random values has a step, or a rule of days, less often than once in 2^20, which is about a million. */
const evidence = 20

/**
 * Finds the grain of a column of dates or numbers: the step of all its values, without exceptions, and rules of days that hold but in
 * fewer than three rows. That of dates has at least the resolution of their form. Undefined of numbers that have none beyond their
 * decimals.
 *
 * @param column - Its kind, and the form of its dates.
 * @param decimals - Decimals of the values; null for more than 15.
 */
export function findGrain(
  { kind, form = 'YYYY-MM-DD' }: Pick<Column, 'kind' | 'form'>,
  decimals: number | null,
  { values, counts }: Counted,
): Grain | undefined {
  const isDate = kind === 'date'
  if (decimals === null || (isDate && decimals > 0)) return undefined
  const scale = power(10, decimals)
  const unit = isDate ? unitOf(form) : 1
  const whole = values.map((value) => Math.round(value * scale))
  if (!whole.every(Number.isSafeInteger)) return undefined
  // n random values are all a multiple of k apart with the probability k^(1 - n): for all k from 2 on less than 2^(2 - n)
  const step = values.length - 2 >= evidence ? commonStep(whole, unit) : unit
  const rules =
    isDate && !isClock(form)
      ? findRules(
          whole.map((time) => time + aheadOf(form)),
          counts,
          step,
        )
      : {}
  if (!isDate && step === unit) return undefined
  return { step: step / scale, from: remainder(whole[0]!, step) / scale, ...rules }
}

/** The largest number of which all differences are multiples; at least the unit. */
function commonStep([first, ...others]: readonly number[], unit: number): number {
  let step = 0
  for (const value of others) {
    let rest = value - first!
    while (rest !== 0) [step, rest] = [rest, step % rest]
    if (step <= unit) return unit
  }
  return step
}

/** A day of the calendar, and how many rows it has. */
interface Day {
  readonly days: number
  readonly month: number
  readonly numbers: DayNumbers
  readonly rows: number
}

function dayAt(time: number, rows = 0): Day {
  const days = Math.floor(time / day)
  const { year, month } = calendarDate(days)
  return { days, month: 12 * year + month, numbers: numbersOf(days), rows }
}

/** The rules that local times keep, which are multiples of a step apart, and of which so many rows have each. */
function findRules(
  times: readonly number[],
  counts: readonly number[],
  step: number,
): Omit<Grain, 'step' | 'from'> {
  const [first, last] = [times[0]!, times.at(-1)!]
  if ((day % step !== 0 && step % day !== 0) || last - first > maxDays * day) return {}
  const rowsOfDay = new Map<number, number>()
  for (const [k, time] of times.entries()) {
    const begin = time - remainder(time, day)
    rowsOfDay.set(begin, (rowsOfDay.get(begin) ?? 0) + counts[k]!)
  }
  const had = [...rowsOfDay].map(([begin, rows]) => dayAt(begin, rows))
  const ofDay = step < day ? findTimes(times, counts, had.length, step) : undefined
  return { ...(ofDay && { times: ofDay }), ...findDayRules(had, Math.max(1, step / day)) }
}

/**
 * The earliest and the latest time of day, as the means of three rows, if it is evident that there are none before and after: a day would
 * be within random bounds with the probability w / s, for w of the s steps of a day, and there are fewer than s^2 bounds.
 */
function findTimes(
  times: readonly number[],
  counts: readonly number[],
  days: number,
  step: number,
): readonly [number, number] | undefined {
  const ofDay = new Outermost()
  for (const [k, time] of times.entries()) ofDay.add(remainder(time, day), counts[k]!)
  const [earliest, latest] = [ofDay.smallest[0]!, ofDay.largest[0]!]
  const [all, within] = [day / step, (latest - earliest) / step + 1]
  if (days * Math.log2(all / within) < evidence + 2 * Math.log2(all)) return undefined
  const [from, to] = ofDay.means.map((mean) => earliest + Math.round((mean - earliest) / step) * step)
  return [from!, to!]
}

/**
 * The rules that days keep. One by one, it is that which leaves the fewest of the days between the first and the last, if it is evident
 * among those that the rules before it leave.
 *
 * @param width - How many days are between two that may be.
 */
function findDayRules(had: readonly Day[], width: number): DayRules {
  const [first, last] = [had[0]!.days, had.at(-1)!.days]
  let possible = Array.from({ length: (last - first) / width + 1 }, (_, k) =>
    dayAt((first + k * width) * day),
  )
  let rules: DayRules = {}
  // of the c numbers that a day may have there are 2^c lists
  const bitsOfLists = (name: keyof DayNumbers) => dayNumbers[name][1] - dayNumbers[name][0] + 1
  for (;;) {
    const [best] = ruleNames
      .map((name) => {
        const list = commonNumbers(had, name)
        const isLeft = ({ numbers }: Day) => list.includes(numbers[name])
        return { name, list, isLeft, left: possible.filter(isLeft), kept: had.filter(isLeft) }
      })
      .filter(({ kept }) => rowsOf(had) - rowsOf(kept) < leastRows)
      .filter(
        ({ name, isLeft, kept }) => bitsOf(name, kept, possible, isLeft) >= evidence + bitsOfLists(name),
      )
      .sort((a, b) => a.left.length - b.left.length)
    if (!best) return rules
    rules = { ...rules, [best.name]: best.list }
    possible = best.left
  }
}

/** The numbers of days that three rows or more have, rising. */
function commonNumbers(had: readonly Day[], name: keyof DayNumbers): number[] {
  const rows = new Map<number, number>()
  for (const { numbers, rows: ofDay } of had) rows.set(numbers[name], (rows.get(numbers[name]) ?? 0) + ofDay)
  return [...rows].flatMap(([number, count]) => (count >= leastRows ? number : [])).sort((a, b) => a - b)
}

function rowsOf(days: readonly Day[]): number {
  return days.reduce((sum, { rows }) => sum + rows, 0)
}

/**
 * How improbable it is that days keep a rule by chance, in bits. Days without rows often follow on each other, as when nothing was
 * recorded for weeks; so it is runs of days with rows that are placed at random, and the rule has to leave each of them in
 * one piece. Of months, it is runs of months.
 */
function bitsOf(
  name: keyof DayNumbers,
  had: readonly Day[],
  possible: readonly Day[],
  isLeft: (day: Day) => boolean,
): number {
  const keyOf = ({ days, month }: Day) => (name === 'months' ? month : days)
  const present = new Set(had.map(keyOf))
  const units = [...new Map(possible.map((each) => [keyOf(each), isLeft(each)]))]
  const runs = runsOf(units.map(([key]) => present.has(key)))
  const rooms = runsOf(units.map(([, isAllowed]) => isAllowed))
  const bitsOfRun = (length: number) => {
    const places = rooms.reduce((sum, room) => sum + Math.max(0, room - length + 1), 0)
    return Math.log2((units.length - length + 1) / places)
  }
  const bits = new Map([...new Set(runs)].map((length) => [length, bitsOfRun(length)]))
  return runs.reduce((sum, length) => sum + bits.get(length)!, 0)
}

/** The lengths of the runs of true. */
function runsOf(flags: readonly boolean[]): number[] {
  const runs: number[] = []
  for (const [k, flag] of flags.entries())
    if (flag && flags[k - 1]) runs[runs.length - 1]!++
    else if (flag) runs.push(1)
  return runs
}
