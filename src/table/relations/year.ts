import * as v from 'valibot'
import { day, daysSince1970 } from '../dates/calendar.ts'
import { unitOf } from '../dates/form.ts'
import { hasGrain } from '../encodings/grain.ts'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { clamped, countReached, finite, type GraphOps, lookUp } from '../encodings/kind.ts'
import { numberAt } from './date.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'
import { keeper, keptInGraph, type Made, madeFields, madeWhereThere } from './made.ts'
import { greatestOf } from './order.ts'
import { isInRange } from './sum.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('year'),
    ...relationFields,
    rest: encodedColumnSchema,
    years: v.pipe(v.tuple([finite, finite]), v.readonly()),
    follows: v.boolean(),
    ...madeFields,
  }),
  v.check(
    ({ by, years: [first, last] }) => by.length === 1 && last > first && last - first < maxYears,
    'a year has one source and few years',
  ),
)

/** The most years that the table of a graph may have. */
export const maxYears = 1000

/**
 * A date some years after another, or from a year beside it, as a first game is from the year of birth. What the network drew of it
 * is moved by whole years, so that it keeps its day of the year, to the year of the source and the rest, which the network also learns.
 */
export interface DateNearYear extends RelationOfCard, Made {
  readonly kind: 'year'
  /** How many years the date is after the source, or -1 where it is the date that it follows, encoded; its name is that of no column. */
  readonly rest: EncodedColumn
  /** The first and the last year of the training rows, those of the source among them. */
  readonly years: readonly [number, number]
  /** Whether the source is a date, which the date is never before; otherwise it is a year. */
  readonly follows: boolean
}

export const year = defineRelation<DateNearYear>({
  kind: 'year',
  schema,
  beside: {
    column: ({ rest }) => rest,
    cell: (relation, [source], own) => yearsAfter(relation, source!, own),
  },
  mayBeSource: ({ as, kind }) => as !== 'derived' && (kind === 'integer' || kind === 'date'),
  isTotal: () => false,
  describe: ({ column, by, follows }) =>
    follows ? `${by[0]} <= ${column}` : `the year of ${column} is near ${by[0]}`,
  resolver(relation, { column }) {
    const kept = keeper(relation, column)
    const above = hasGrain(column) ? keeper(relation, column, 'up') : (x: number) => x
    return ([source, rest], own) => {
      const wanted = yearBeside(relation, source!) + rest!
      if (Number.isNaN(own) || Number.isNaN(wanted)) return undefined
      const [first, last] = relation.years
      const moved = own + beginOf(Math.min(Math.max(wanted, first), last)) - beginOf(yearOf(own))
      if (!relation.follows) return kept(moved)
      // in the year of the source it may come before it, and is put as far after it
      return rest === same
        ? source
        : Math.max(kept(Math.max(moved, 2 * source! - moved)), above(source!), source!)
    }
  },
  choices(relation, { sources: [column] }, cell, [source, drawn], [isFree]) {
    const { rest, follows } = relation
    if (Number.isNaN(cell)) return []
    const between = yearsAfter(relation, source!, cell)
    // the rest makes up the difference where it can, otherwise the source
    if (isInRange(rest, between) && !(follows && source! > cell))
      return [{ cells: [source!, between], rows: 1 }]
    const moved = !follows
      ? yearOf(cell) - drawn!
      : Math.min(cell, source! + beginOf(yearOf(cell) - drawn!) - beginOf(yearOf(source!)))
    const chosen = follows ? yearsAfter(relation, moved, cell) : drawn!
    return isFree && isInRange(column!, moved) ? [{ cells: [moved, chosen], rows: 1 }] : []
  },
  graph(ops, relation, { column, sources }, own, name) {
    const number = (part: string, value: number) => ops.constant(`${name}.${part}`, [1, 1], [value])
    const [first, last] = relation.years
    const begins = Array.from({ length: last - first + 1 }, (_, k) => beginOf(first + k))
    const later = begins.slice(1)
    const bounds = ops.constant(`${name}.begins`, [1, later.length], later)
    /** The place of a date's year among these. Half of the form's resolution mends what float32 rounds down. */
    const placeOf = (time: typeof bounds, form: string, part: string) => {
      const middle = ops.op('Add', [time, number(`${part}_half`, unitOf(form) / 2)])
      return countReached(ops, middle, bounds, later.length, `${name}.${part}`)
    }
    const [source, rest] = sources
    const from = placeOf(own!.cell, column.form!, 'own')
    const beside = relation.follows
      ? placeOf(source!.cell, source!.column.form!, 'source')
      : ops.op('Sub', [source!.cell, number('first', first)])
    const into = clamped(ops, ops.op('Add', [beside, rest!.cell]), [0, last - first], `${name}.into`)
    const [to, at] = [into, from].map((place, k) => lookUp(ops, begins, place, `${name}.begin_${k}`))
    const moved = ops.op('Add', [own!.cell, ops.op('Sub', [to!, at!])])
    const made = relation.follows
      ? afterInGraph(ops, relation, { column, source: source!.cell, moved, rest: rest!.cell }, name)
      : keptInGraph(ops, relation, column, moved, name)
    return madeWhereThere(ops, { made, own: own!, sources }, name)
  },
})

/** A date that follows another, as the resolver has it. */
function afterInGraph<V>(
  ops: GraphOps<V>,
  relation: Made,
  { column, source, moved, rest }: { column: EncodedColumn; source: V; moved: V; rest: V },
  name: string,
): V {
  const mirrored = ops.op('Sub', [ops.op('Add', [source, source]), moved])
  const kept = keptInGraph(ops, relation, column, greatestOf(ops, [moved, mirrored]), name)
  const above = hasGrain(column) ? [keptInGraph(ops, relation, column, source, `${name}.above`, 'up')] : []
  const after = greatestOf(ops, [kept, ...above, source])
  const zero = ops.constant(`${name}.zero`, [1, 1], [0])
  const isSame = clamped(ops, ops.op('Sub', [zero, rest]), [0, 1], `${name}.same`)
  const isAfter = ops.op('Sub', [ops.constant(`${name}.whole`, [1, 1], [1]), isSame])
  return ops.op('Add', [ops.op('Mul', [source, isSame]), ops.op('Mul', [after, isAfter])])
}

/** What stands for the very date that a date follows, in the place of years. */
const same = -1

/** The year of a time. */
export function yearOf(time: number): number {
  return numberAt(time, 'year')
}

function yearBeside({ follows }: Pick<DateNearYear, 'follows'>, source: number): number {
  return follows ? yearOf(source) : source
}

/** How many years a date is after its source. */
export function yearsAfter(relation: Pick<DateNearYear, 'follows'>, source: number, own: number): number {
  return relation.follows && own === source ? same : yearOf(own) - yearBeside(relation, source)
}

/** The time at which a year begins. */
function beginOf(year: number): number {
  return daysSince1970(year, 1, 1)! * day
}
