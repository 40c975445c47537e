/** Relations in a line, for people: a kind of relation has its line here, apart from what samples need of it. */
import { humanCount } from '../../core/format.ts'
import type { DateOfParts } from './date-of-parts.ts'
import { clockParts } from './date-parts.ts'
import type { Relation } from './index.ts'
import { floored, type Linear } from './linear.ts'

type Lines = { readonly [K in Relation['kind']]: (relation: Extract<Relation, { kind: K }>) => string }

const lines: Lines = {
  'look-up': ({ column, by, part }) =>
    part ? `${column} is the ${part.of} of ${by[0]}` : `${column} is determined by ${by.join(' and ')}`,
  combination: ({ column, by, to }) => `${column} and ${by[0]} come in ${humanCount(to.length)} combinations`,
  nearest: ({ column, by, to }) => `${column} and ${by[0]} come in ${humanCount(to.length)} combinations`,
  linear: (relation) => (relation.residual ? describeNear(relation) : describeSum(relation)),
  product: ({ column, by, times, isRatio, rates }) => {
    const factors = by.map((name, k) => factorText(name, rates?.[k])).join(isRatio ? ' / ' : ' * ')
    return `${column} is ${times === undefined ? '' : `${times} * `}${factors}`
  },
  order: ({ column, by }) => by.map((name) => `${name} <= ${column}`).join(' and '),
  copy: ({ column, by, share }) =>
    `${column} equals ${by[0]} in ${Math.max(1, Math.round(100 * share))} % of the rows`,
  dated(relation) {
    if (!('follows' in relation)) return describeDate(relation)
    const { column, by, follows } = relation
    return follows ? `${by[0]} <= ${column}` : `the year of ${column} is near ${by[0]}`
  },
  piece: ({ column, by, isMonth }) =>
    `${column} is ${isMonth ? 'the first day of the month' : 'part'} of ${by[0]}`,
  within: ({ column, by }) => `the range of ${column} depends on ${by.join(' and ')}`,
}

/** A relation in a line, as in `seats is determined by model`. */
export function describeRelation(relation: Relation): string {
  return (lines[relation.kind] as (relation: Relation) => string)(relation)
}

function describeDate({ column, by, parts, plus }: DateOfParts): string {
  const hours = [...new Set(plus)].sort((a, b) => a - b).map((ms) => ms / clockParts.hour)
  const list = (all: readonly string[]) =>
    all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${all.at(-1)}` : all[0]
  const shift = hours.length === 1 && hours[0] === 0 ? '' : ` plus ${hours.join(' or ')} hours`
  const verb = parts.includes('year') ? 'is made of' : `takes its ${list(parts)} from`
  return `${column} ${verb} ${list(by)}${shift}`
}

/** A factor in a line, such as `(1 - discount / 100)`. */
function factorText(name: string, rate = 0): string {
  if (rate === 0) return name
  return `(1 ${rate < 0 ? '-' : '+'} ${name}${Math.abs(rate) === 1 ? '' : ` / ${1 / Math.abs(rate)}`})`
}

function describeNear({ column, by, times }: Linear): string {
  const terms = by.map((name, k) => {
    const factor = Number(times[k]!.toPrecision(2))
    return Math.abs(factor) === 1 ? `${factor < 0 ? '-' : ''}${name}` : `${factor} ${name}`
  })
  return `${column} is nearly ${terms.join(' + ').replaceAll('+ -', '- ')}`
}

function describeSum({ column, by, times, plus = 0, skipsMissing, inMonths }: Linear): string {
  const perUnit = (inMonths ? calendarUnits : dateUnits).find(([per]) =>
    times.every((factor) => Math.abs(Math.abs(factor * per) - 1) < 1e-12),
  )
  const terms = by.map((name, k) => ({ factor: perUnit ? Math.sign(times[k]!) : times[k]!, name }))
  const [first, ...rest] = terms.map(
    ({ factor, name }) => `${factor < 0 ? '- ' : '+ '}${termOf(factor, name)}`,
  )
  const all = [first!.replace(/^\+ /, '').replace(/^- /, '-'), ...rest].join(' ')
  const before = perUnit ? plus - floored(perUnit[0] * (inMonths ? 32 : 1)) : plus
  const isFloored = perUnit && Math.abs(before - Math.round(before)) < 1e-12
  const more = isFloored ? Math.round(before) : plus
  const constant = more === 0 ? '' : ` ${more < 0 ? '-' : '+'} ${Math.abs(more)}`
  return `${column} is ${perUnit ? `(${all}) in ${isFloored ? 'whole ' : ''}${perUnit[1]}` : all}${constant}${skipsMissing ? ', a missing one counts as 0' : ''}`
}

/** Units of the calendar, in months. */
const calendarUnits = [
  [12, 'years'],
  [1, 'months'],
] as const

/** Units of dates, in milliseconds. */
const dateUnits = [
  [365.25 * 86_400_000, 'years of 365.25 days'],
  [365 * 86_400_000, 'years of 365 days'],
  [30 * 86_400_000, 'months of 30 days'],
  [7 * 86_400_000, 'weeks'],
  [86_400_000, 'days'],
  [3_600_000, 'hours'],
  [60_000, 'minutes'],
  [1000, 'seconds'],
] as const

function termOf(factor: number, name: string): string {
  const size = Math.abs(factor)
  const unit = dateUnits.find(([ms]) => ms === size && ms >= 60_000)?.[1]
  return size === 1 ? name : unit ? `${name} (in ${unit})` : `${size} ${name}`
}
