import * as v from 'valibot'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { finite, numbers } from '../encodings/kind.ts'
import { rounder, rounding } from '../encodings/rounding.ts'
import { linear as sumOfColumns } from '../operators/operators.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'
import {
  decimalsIn,
  heldRange,
  isInRange,
  isNumeric,
  kept,
  madeFields,
  ownWhereMissing,
  rounderOf,
} from './range.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('linear'),
    ...relationFields,
    times: numbers,
    plus: v.optional(finite),
    decimals: madeFields.decimals,
    gapsFollow: v.optional(v.boolean()),
    residual: v.optional(encodedColumnSchema),
    range: v.optional(madeFields.range),
  }),
  v.check(({ by, times }) => by.length === times.length, 'times must have a factor for each source'),
  v.check(
    ({ residual, range }) => (residual === undefined) === (range === undefined),
    'a residual has a range, and nothing else has one',
  ),
)

/**
 * A number or date that is a sum of multiples of others, plus + times[0] by[0] + times[1] by[1] + ...; or nearly one, where the network
 * also learns the residual, which is small.
 */
export interface Linear extends RelationOfCard {
  readonly kind: 'linear'
  /** By source: its factor. */
  readonly times: readonly number[]
  /** Default: 0. */
  readonly plus?: number | undefined
  /** To which the sum is rounded; null for more than 15. */
  readonly decimals: number | null
  /** Whether the sum is missing where a source is. Default: false. */
  readonly gapsFollow?: boolean | undefined
  /** What the column is beyond the sum, encoded; no column has its name. */
  readonly residual?: EncodedColumn | undefined
  /** With a residual: the smallest and the largest cell of the column. */
  readonly range?: readonly [number, number] | undefined
}

export const linear: RelationKind<Linear> = {
  schema,
  auxiliary: {
    column: ({ residual }) => residual,
    cells: (relation) => (cells, own) => own - sumOf({ times: relation.times }, cells),
  },
  held: ({ column, by, times, range }) => [
    { columns: [column, ...by], count: times.length, noun: ['factor', 'factors'] },
    ...(range ? heldRange(column) : []),
  ],
  mayBeSource: isNumeric,
  isTotal: ({ by, share, residual }, { gaps }) => by.length === 1 && share === 1 && !gaps && !residual,
  describe: (relation) => (relation.residual ? describeNear(relation) : describeSum(relation)),
  follow(relation, { column }) {
    const { range, gapsFollow, plus = 0 } = relation
    const times = factorsOf(relation)
    const { kind, form } = column
    const finish = range ? kept({ ...relation, range }, column) : rounding({ kind, form }, relation.decimals)
    return (ops, columns) => {
      const [sources, own] = [columns.slice(0, -1), columns.at(-1)!]
      const made = finish(ops, [sumOfColumns(ops, times, sources, plus)])
      // what is computed from a missing value is one, and a missing value next to its sources stays one
      return ownWhereMissing(ops, gapsFollow ? [own] : [own, made], own, made)
    }
  },
  choices(relation, { column, sources }, cell, cells, isFree) {
    const { residual, plus } = relation
    const times = factorsOf(relation)
    const round = rounderOf(column, relation.decimals)
    // of several free sources, the last one that can makes up the difference: a residual first
    for (const [k, source] of [...sources.entries()].reverse()) {
      if (!isFree[k] || cells.some((each, j) => j !== k && Number.isNaN(each))) continue
      const others = sumOf({ times, plus }, cells.with(k, 0))
      const roundSource = residual
        ? rounder(source, decimalsIn(source))
        : rounderOf(source, decimalsIn(source))
      const chosen = cells.with(k, roundSource((cell - others) / times[k]!))
      const isRight = residual !== undefined || round(sumOf({ times, plus }, chosen)) === cell
      if (isInRange(source, chosen[k]!) && isRight) return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
}

/** The factors, with that of the residual, the last source. */
function factorsOf({ times, residual }: Linear): readonly number[] {
  return residual ? [...times, 1] : times
}

export function sumOf({ times, plus = 0 }: Pick<Linear, 'times' | 'plus'>, cells: readonly number[]): number {
  return cells.reduce((total, cell, k) => total + times[k]! * cell, plus)
}

function describeNear({ column, by, times }: Linear): string {
  const terms = by.map((name, k) => {
    const factor = Number(times[k]!.toPrecision(2))
    return Math.abs(factor) === 1 ? `${factor < 0 ? '-' : ''}${name}` : `${factor} ${name}`
  })
  return `${column} is nearly ${terms.join(' + ').replaceAll('+ -', '- ')}`
}

function describeSum({ column, by, times, plus = 0 }: Linear): string {
  const perUnit = dateUnits.find(([ms]) => times.every((factor) => Math.abs(factor * ms) === 1))
  const terms = by.map((name, k) => ({ factor: times[k]! * (perUnit?.[0] ?? 1), name }))
  const [first, ...rest] = terms.map(
    ({ factor, name }) => `${factor < 0 ? '- ' : '+ '}${termOf(factor, name)}`,
  )
  const all = [first!.replace(/^\+ /, '').replace(/^- /, '-'), ...rest].join(' ')
  const constant = plus === 0 ? '' : ` ${plus < 0 ? '-' : '+'} ${Math.abs(plus)}`
  return `${column} is ${perUnit ? `(${all}) in ${perUnit[1]}` : all}${constant}`
}

/** Units of dates, in milliseconds. */
const dateUnits = [
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
