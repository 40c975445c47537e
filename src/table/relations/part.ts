import * as v from 'valibot'
import { calendarDate, day } from '../dates/calendar.ts'
import { hasGrain } from '../encodings/grain.ts'
import { grainRounder } from '../encodings/grain-axis.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { clamped, finite, lookUp } from '../encodings/kind.ts'
import { numberAt } from './date.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'

/** Parts that columns may have of a date. Days of the week count from Monday, 0. */
export type PartOfDates = 'year' | 'quarter' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second'

export const partsOfDates: readonly PartOfDates[] = [
  'year',
  'quarter',
  'month',
  'day',
  'weekday',
  'hour',
  'minute',
  'second',
]

const schema = v.pipe(
  v.object({
    kind: v.literal('part'),
    ...relationFields,
    part: v.picklist(partsOfDates),
    plus: finite,
    days: v.pipe(v.tuple([finite, finite]), v.readonly()),
    first: finite,
    cells: v.pipe(v.array(finite), v.minLength(1), v.readonly()),
  }),
  v.check(({ by }) => by.length === 1, 'a part has one source'),
  v.check(({ days: [first, last] }) => last >= first && last - first < maxDays, 'days are too many'),
)

/** The most days that a table of a graph may have: 179 years. */
export const maxDays = 65_536

/** A column that is a part of a date, as a number or a name: its year, its month, its day of the week, its hour. */
export interface PartOfDate extends RelationOfCard {
  readonly kind: 'part'
  readonly part: PartOfDates
  /** How many milliseconds the date is after the local time whose part the column is. */
  readonly plus: number
  /** The first and the last day of the training rows, in days since 1970, local time. */
  readonly days: readonly [number, number]
  /** The smallest number of the part ... */
  readonly first: number
  /** ... and the cell of each number from there on. */
  readonly cells: readonly number[]
}

export const part = defineRelation<PartOfDate>({
  kind: 'part',
  schema,
  mayBeSource: ({ as, kind }) => as !== 'derived' && kind === 'date',
  isTotal: (_, { gaps }) => !gaps,
  describe: ({ column, by, part }) => `${column} is the ${part} of ${by[0]}`,
  resolver: (relation) => {
    return ([time]) => (Number.isNaN(time!) ? Number.NaN : cellAt(relation, time!))
  },
  choices(relation, { sources: [source] }, cell, [drawn], [isFree]) {
    const times = isFree ? [Number.NaN, ...timesOf(source!)] : [drawn!]
    return times
      .filter((time) => Object.is(Number.isNaN(time) ? time : cellAt(relation, time), cell))
      .map((time) => ({ cells: [time], rows: 1 }))
  },
  graph(ops, relation, { sources: [source] }, _, name) {
    const { part, plus, days, first, cells } = relation
    const number = (at: string, value: number) => ops.constant(`${name}.${at}`, [1, 1], [value])
    const { cell: time, missing } = source!
    const local = ops.op('Sub', [time, number('plus', plus)])
    const whole = (unit: number, of: typeof local, at: string) =>
      ops.op('Floor', [ops.op('Div', [of, number(`${at}_ms`, unit)])])
    // half a minute mends what float32 rounds down
    const middle =
      ops.exact || unitOfPart(part) !== day ? local : ops.op('Add', [local, number('half', 65_536)])
    const dayOf = whole(day, middle, 'day')
    if (unitOfPart(part) === day) {
      const [from, to] = days
      const fromFirst = ops.op('Sub', [dayOf, number('first_day', from)])
      const inRange = clamped(ops, fromFirst, [0, to - from], `${name}.days`)
      const byDay = Array.from({ length: to - from + 1 }, (_, k) => cellAt(relation, (from + k) * day + plus))
      return { cell: lookUp(ops, byDay, inRange, `${name}.by_day`), missing }
    }
    const unit = unitOfPart(part)
    const above = part === 'hour' ? day : 60 * unit
    const rest = ops.op('Sub', [local, ops.op('Mul', [whole(above, local, 'above'), number('above', above)])])
    const fromFirst = ops.op('Sub', [whole(unit, rest, 'unit'), number('first', first)])
    const place = clamped(ops, fromFirst, [0, cells.length - 1], `${name}.numbers`)
    return { cell: lookUp(ops, cells, place, `${name}.cells`), missing }
  },
})

/** The cell beside a date: a part that no training row has counts as the nearest. */
function cellAt({ part, plus, first, cells }: PartOfDate, time: number): number {
  const place = partNumber(time - plus, part) - first
  return cells[Math.min(Math.max(place, 0), cells.length - 1)]!
}

function unitOfPart(part: PartOfDates): number {
  return part === 'hour' ? 3_600_000 : part === 'minute' ? 60_000 : part === 'second' ? 1000 : day
}

/** A part of a local time; quarters count from 1. */
export function partNumber(local: number, part: PartOfDates): number {
  if (part === 'quarter') return Math.floor((calendarDate(Math.floor(local / day)).month + 2) / 3)
  return numberAt(local, part)
}

/** Dates that a column may have: those of its training rows that its encoding keeps. */
function timesOf(column: EncodedColumn): readonly number[] {
  if (column.as === 'quantile')
    return [...new Set(hasGrain(column) ? column.x.map(grainRounder(column)) : column.x)]
  return ('values' in column && column.values) || []
}
