import * as v from 'valibot'
import { calendarDate, day, daysIn, daysSince1970 } from '../dates/calendar.ts'
import { unitOf } from '../dates/form.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import {
  clamped,
  countReached,
  finite,
  type GraphOps,
  lookUp,
  numbers,
  upperBound,
} from '../encodings/kind.ts'
import { isGenerated } from '../table.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'

/** Parts of a date that columns may have. Days of the week count from Monday, 0. */
export type DatePart = 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second'

const dateParts = [
  'year',
  'month',
  'day',
  'weekday',
  'hour',
  'minute',
  'second',
] as const satisfies DatePart[]

const calendar = ['year', 'month', 'day'] as const

/** Parts of the time of day, with their milliseconds. */
const clock = { hour: 3_600_000, minute: 60_000, second: 1000 } as const

const schema = v.pipe(
  v.object({
    kind: v.literal('date'),
    ...relationFields,
    parts: v.pipe(v.array(v.picklist(dateParts)), v.readonly()),
    numbers: v.pipe(v.array(v.nullable(numbers)), v.readonly()),
    years: v.pipe(v.tuple([finite, finite]), v.readonly()),
    from: numbers,
    plus: numbers,
    rest: v.boolean(),
  }),
  v.check(
    ({ by, parts, numbers, from, plus }) =>
      [parts, numbers].every(({ length }) => length === by.length) && plus.length === from.length + 1,
    'parts and numbers must be as many as the sources, and plus one more than from',
  ),
  v.check(({ parts }) => {
    const had = calendar.filter((part) => parts.includes(part)).length
    return new Set(parts).size === parts.length && (had === 0 || (had === 3 && !parts.includes('weekday')))
  }, 'parts must be different, with year, month and day all or none, and no weekday beside them'),
)

/**
 * A date whose parts are columns: year, month and day, or a day of the week, and a time of day. It takes the parts from their
 * columns and the rest from what the network drew. The columns may be local time: the date is later by `plus`, which may
 * change with the season.
 */
export interface DateOfParts extends RelationOfCard {
  readonly kind: 'date'
  /** By source: which part it has. */
  readonly parts: readonly DatePart[]
  /** By source: the part's number for each name, null if its cells are numbers. */
  readonly numbers: readonly (readonly number[] | null)[]
  /** The first and the last year of the training rows. */
  readonly years: readonly [number, number]
  /** Local times, rising, from which the next of `plus` counts, in milliseconds since 1970. */
  readonly from: readonly number[]
  /** How many milliseconds the date is after the local time. */
  readonly plus: readonly number[]
  /** Whether the network draws the rest: what is finer than the finest part, and the day if no column gives it. */
  readonly rest: boolean
}

export const date = defineRelation<DateOfParts>({
  kind: 'date',
  schema,
  mayBeSource: (column) => column.as !== 'derived' && !isGenerated(column),
  isTotal: ({ rest }, { gaps }) => !rest && !gaps,
  describe({ column, by, parts, plus }) {
    const hours = [...new Set(plus)].sort((a, b) => a - b).map((ms) => ms / clock.hour)
    const list = (all: readonly string[]) =>
      all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${all.at(-1)}` : all[0]
    const shift = hours.length === 1 && hours[0] === 0 ? '' : ` plus ${hours.join(' or ')} hours`
    const verb = parts.includes('year') ? 'is made of' : `takes its ${list(parts)} from`
    return `${column} ${verb} ${list(by)}${shift}`
  },
  resolver(relation, { column }) {
    const { from, plus } = relation
    const rest = relation.rest ? restOf(finestUnit(relation), column) : () => 0
    return (cells, own) => {
      if (Number.isNaN(own) || cells.some(Number.isNaN)) return undefined
      const drawn = own - plus[0]!
      const partOf = partsOf(relation, cells)
      const local = dayOf(partOf, drawn, column) * day + timeOf(partOf) + rest(drawn)
      return local + plus[upperBound(from, local)]!
    }
  },
  choices(relation, { sources }, cell, cells, isFree) {
    if (Number.isNaN(cell)) return []
    for (const [k, plus] of relation.plus.entries()) {
      const local = cell - plus
      if (upperBound(relation.from, local) !== k) continue
      const chosen = relation.parts.map((part, s) => {
        const number = numberAt(local, part)
        return relation.numbers[s]?.indexOf(number) ?? number
      })
      if (chosen.every((each, s) => mayHave(sources[s]!, each) && (isFree[s] || Object.is(each, cells[s]))))
        return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
  graph(ops, relation, { column, sources }, own, name) {
    const { parts, numbers, from, plus } = relation
    const number = (part: string, value: number) => ops.constant(`${name}.${part}`, [1, 1], [value])
    type V = ReturnType<typeof number>
    const of = new Map<DatePart, V>(
      parts.map((part, k) => {
        const names = numbers[k]
        return [part, names ? lookUp(ops, names, sources[k]!.cell, `${name}.${part}`) : sources[k]!.cell]
      }),
    )
    const drawn = own && ops.op('Sub', [own.cell, number('first_plus', plus[0]!)])
    const days = of.has('year')
      ? dayInMonth(ops, relation.years, of, name)
      : dayOfWeek(ops, of.get('weekday'), wholes(ops, drawn!, day, unitOf(column.form!), name), name)
    let local = ops.op('Mul', [days, number('day_ms', day)])
    for (const [part, ms] of Object.entries(clock)) {
      const time = of.get(part as DatePart)
      if (time) local = ops.op('Add', [local, ops.op('Mul', [time, number(`${part}_ms`, ms)])])
    }
    if (relation.rest) {
      const unit = finestUnit(relation)
      const whole = wholes(ops, drawn!, unit, unitOf(column.form!), `${name}.rest`)
      const rest = ops.op('Sub', [drawn!, ops.op('Mul', [whole, number('rest_ms', unit)])])
      local = ops.op('Add', [local, rest])
    }
    const bounds = ops.constant(`${name}.from`, [1, Math.max(1, from.length)], from.length > 0 ? from : [0])
    const later =
      from.length === 0
        ? number('plus', plus[0]!)
        : lookUp(ops, plus, countReached(ops, local, bounds, from.length, `${name}.season`), `${name}.plus`)
    return { cell: ops.op('Add', [local, later]), missing: own?.missing }
  },
})

/** The milliseconds of the finest part. */
export function finestUnit({ parts }: Pick<DateOfParts, 'parts'>): number {
  return Object.entries(clock).reduce(
    (unit, [part, ms]) => (parts.includes(part as DatePart) ? ms : unit),
    day,
  )
}

/** The part of a local time below a unit. Half of the form's resolution mends what float32 rounds down. */
function restOf(unit: number, { form }: EncodedColumn): (local: number) => number {
  return (local) => local - wholeUnits(local, unit, unitOf(form!)) * unit
}

function wholeUnits(local: number, unit: number, resolution: number): number {
  return Math.floor((local + resolution / 2) / unit)
}

function partsOf({ parts, numbers }: DateOfParts, cells: readonly number[]): Map<DatePart, number> {
  return new Map(parts.map((part, k) => [part, numbers[k]?.[cells[k]!] ?? cells[k]!]))
}

/** Days since 1970: by the parts, or that of the drawn time, moved to the day of the week. A month's last day is its limit. */
function dayOf(parts: ReadonlyMap<DatePart, number>, drawn: number, { form }: EncodedColumn): number {
  const [year, month] = [parts.get('year'), parts.get('month')!]
  if (year !== undefined)
    return daysSince1970(year, month, Math.min(parts.get('day')!, daysIn(year, month))) ?? Number.NaN
  const drawnDay = wholeUnits(drawn, day, unitOf(form!))
  const weekday = parts.get('weekday')
  if (weekday === undefined) return drawnDay
  // 1 January 1970 was a Thursday, 3: so the move, of -3 to 3 days, is this rest less 3
  const forward = weekday - drawnDay
  return drawnDay + forward - 7 * Math.floor(forward / 7) - 3
}

function timeOf(parts: ReadonlyMap<DatePart, number>): number {
  return Object.entries(clock).reduce((sum, [part, ms]) => sum + (parts.get(part as DatePart) ?? 0) * ms, 0)
}

/** A part of a local time. */
export function numberAt(local: number, part: DatePart): number {
  const days = Math.floor(local / day)
  if (part === 'weekday') return weekdayOf(days)
  if (part in clock) {
    const ms = clock[part as keyof typeof clock]
    return Math.floor((local - days * day) / ms) % (part === 'hour' ? 24 : 60)
  }
  const { year, month, dayOfMonth } = calendarDate(days)
  return part === 'year' ? year : part === 'month' ? month : dayOfMonth
}

/** The day of the week of so many days since 1 January 1970, from Monday, 0. */
function weekdayOf(days: number): number {
  return (((days + 3) % 7) + 7) % 7
}

/** Whether a column may have a cell: one of the training rows' if it has few. */
function mayHave(column: EncodedColumn, cell: number): boolean {
  if (column.as === 'constant') return column.value === cell
  if (column.as === 'category') return column.values ? column.values.includes(cell) : cell >= 0
  return true
}

/** `wholeUnits` as operators. */
function wholes<V>(ops: GraphOps<V>, local: V, unit: number, resolution: number, name: string): V {
  const number = (part: string, value: number) => ops.constant(`${name}.${part}`, [1, 1], [value])
  const middle = ops.op('Add', [local, number('half', resolution / 2)])
  return ops.op('Floor', [ops.op('Div', [middle, number('unit', unit)])])
}

/** Days since 1970 of year, month and day, with a table of the months. */
function dayInMonth<V>(
  ops: GraphOps<V>,
  [first, last]: DateOfParts['years'],
  of: ReadonlyMap<DatePart, V>,
  name: string,
): V {
  const number = (part: string, value: number) => ops.constant(`${name}.${part}`, [1, 1], [value])
  const months = Array.from({ length: 12 * (last - first + 1) }, (_, k) => ({
    year: first + Math.floor(k / 12),
    month: 1 + (k % 12),
  }))
  const years = ops.op('Sub', [of.get('year')!, number('first_year', first)])
  const place = ops.op('Add', [
    ops.op('Mul', [years, number('months', 12)]),
    ops.op('Sub', [of.get('month')!, number('first_month', 1)]),
  ])
  const begin = lookUp(
    ops,
    months.map(({ year, month }) => daysSince1970(year, month, 1)! - 1),
    place,
    `${name}.month_begins`,
  )
  const length = lookUp(
    ops,
    months.map(({ year, month }) => daysIn(year, month)),
    place,
    `${name}.month_length`,
  )
  const beyond = clamped(ops, ops.op('Sub', [of.get('day')!, length]), [0, 31], `${name}.beyond`)
  return ops.op('Add', [begin, ops.op('Sub', [of.get('day')!, beyond])])
}

/** Days since 1970 of a drawn day, moved to a day of the week if one is given. */
function dayOfWeek<V>(ops: GraphOps<V>, weekday: V | undefined, own: V, name: string): V {
  if (weekday === undefined) return own
  const number = (part: string, value: number) => ops.constant(`${name}.${part}`, [1, 1], [value])
  const forward = ops.op('Sub', [weekday, own])
  const weeks = ops.op('Floor', [ops.op('Div', [forward, number('week', 7)])])
  const inWeek = ops.op('Sub', [forward, ops.op('Mul', [weeks, number('days_of_week', 7)])])
  return ops.op('Add', [own, ops.op('Sub', [inWeek, number('three', 3)])])
}
