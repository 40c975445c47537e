import { day, weekdayOf } from '../dates/calendar.ts'
import { formatDate, isDaily, monthNames, unitOf, weekdayNames } from '../dates/form.ts'
import { aheadOf, type GrainedColumn, remainder } from './grain.ts'

/** Units of time in milliseconds, the longest first. */
const units = [
  [day, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
  [1, 'millisecond'],
] as const

/**
 * What all values of a column are, as in `every 15 minutes, 09:00 to 17:45, Monday to Friday` or `in steps of 0.25`.
 *
 * @returns A part for each rule; none if there is nothing beyond the form of dates.
 */
export function describeGrain(column: GrainedColumn): string[] {
  const { kind, form = 'YYYY-MM-DD', grain } = column
  const { step, from } = grain
  if (kind !== 'date') return [`in steps of ${step}${from === 0 ? '' : ` from ${from}`}`]
  const { times, weekdays, months, monthDays, lastDays } = grain
  const isOwn = step === unitOf(form) && from === 0
  const isOfForm = form === 'YYYY-MM'
  return [
    ...(isOwn
      ? isDaily(form) && !weekdays && !monthDays && !lastDays
        ? ['daily']
        : []
      : [everyStep(column)]),
    ...(times ? [times.map(timeOfDay).join(' to ')] : []),
    ...(weekdays ? [namesIn(weekdays, (k) => weekdayNames[k]!)] : []),
    ...(monthDays && !isOfForm ? [`${counted(monthDays, 'day')} of the month`] : []),
    ...(lastDays
      ? [
          lastDays.join() === '1'
            ? 'last day of the month'
            : `${counted(lastDays, 'day')} from the month's end`,
        ]
      : []),
    ...(months ? [namesIn(months, (k) => monthNames[k - 1]!)] : []),
  ]
}

/** As in `every 2 hours from 00:30` or `every Monday at 08:00`. */
function everyStep({ form, grain: { step, from } }: GrainedColumn): string {
  const local = from + aheadOf(form)
  const ofDay = remainder(local, Math.min(step, day))
  const [ms, unit] = units.find(([ms]) => step % ms === 0) ?? units.at(-1)!
  const count = step / ms
  if (step === 7 * day)
    return `every ${weekdayNames[weekdayOf(Math.floor(local / day))]}${ofDay === 0 ? '' : ` at ${timeOfDay(ofDay)}`}`
  const every = `every ${count === 1 ? unit : `${count} ${unit}s`}`
  return ofDay === 0 ? every : `${every} ${step < day ? 'from' : 'at'} ${timeOfDay(ofDay)}`
}

function timeOfDay(time: number): string {
  return formatDate(time, time % 1000 !== 0 ? 'hh:mm:ss.sss' : time % 60_000 === 0 ? 'hh:mm' : 'hh:mm:ss')
}

/** Numbers as in `days 1, 15, 28 to 31`. */
function counted(numbers: readonly number[], noun: string): string {
  return `${noun}${numbers.length > 1 ? 's' : ''} ${namesIn(numbers, String)}`
}

/** A list of numbers, of which three or more that follow on each other are a range. */
function namesIn(numbers: readonly number[], nameOf: (k: number) => string): string {
  const runs: number[][] = []
  for (const k of numbers)
    if (runs.at(-1)?.at(-1) === k - 1) runs.at(-1)!.push(k)
    else runs.push([k])
  return runs
    .map((run) =>
      run.length > 2 ? `${nameOf(run[0]!)} to ${nameOf(run.at(-1)!)}` : run.map(nameOf).join(', '),
    )
    .join(', ')
}
