import * as v from 'valibot'
import { finite, numbers } from '../encodings/kind.ts'
import { rounding } from '../encodings/rounding.ts'
import { linear, type Operators } from '../operators/operators.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'
import { decimalsIn, isInRange, ownWhereMissing, rounderOf } from './range.ts'

const schema = v.pipe(
  v.object({
    kind: v.literal('sum'),
    ...relationFields,
    times: numbers,
    plus: finite,
    decimals: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(15))),
    gapsFollow: v.boolean(),
  }),
  v.check(({ by, times }) => by.length === times.length, 'times must have a factor for each source'),
)

/** A number or date that is a sum of multiples of others: plus + times[0] by[0] + times[1] by[1] + ... */
export interface Sum extends RelationOfCard {
  readonly kind: 'sum'
  /** By source: its factor. */
  readonly times: readonly number[]
  readonly plus: number
  /** To which the sum is rounded; null for more than 15. */
  readonly decimals: number | null
  /** Whether the sum is missing where a source is. */
  readonly gapsFollow: boolean
}

export const sum = defineRelation<Sum>({
  kind: 'sum',
  schema,
  mayBeSource: ({ as, kind }) => as !== 'derived' && ['number', 'integer', 'date'].includes(kind),
  isTotal: ({ by, share }, { gaps }) => by.length === 1 && share === 1 && !gaps,
  describe({ column, by, times, plus }) {
    const perUnit = dateUnits.find(([ms]) => times.every((factor) => Math.abs(factor * ms) === 1))
    const terms = by.map((name, k) => ({ factor: times[k]! * (perUnit?.[0] ?? 1), name }))
    const [first, ...rest] = terms.map(
      ({ factor, name }) => `${factor < 0 ? '- ' : '+ '}${termOf(factor, name)}`,
    )
    const all = [first!.replace(/^\+ /, '').replace(/^- /, '-'), ...rest].join(' ')
    const constant = plus === 0 ? '' : ` ${plus < 0 ? '-' : '+'} ${Math.abs(plus)}`
    return `${column} is ${perUnit ? `(${all}) in ${perUnit[1]}` : all}${constant}`
  },
  follow(relation, { column: { kind, form } }) {
    const { times, plus, decimals } = relation
    const round = rounding({ kind, form }, decimals)
    return (ops, columns) =>
      withGaps(ops, relation, columns, (sources) => round(ops, [linear(ops, times, sources, plus)]))
  },
  choices(relation, { column, sources }, cell, cells, isFree) {
    if (Number.isNaN(cell)) return []
    const round = rounderOf(column, relation.decimals)
    // of several free sources, the last one that can makes up the difference
    for (const [k, source] of [...sources.entries()].reverse()) {
      if (!isFree[k] || cells.some((each, j) => j !== k && Number.isNaN(each))) continue
      const rest = sumOf(relation, cells.with(k, 0))
      const solved = rounderOf(source, decimalsIn(source))((cell - rest) / relation.times[k]!)
      const chosen = cells.with(k, solved)
      if (isInRange(source, solved) && round(sumOf(relation, chosen)) === cell)
        return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
})

/** A computed cell; where a source is missing, a gap or the column's own. A gap beside its sources stays one. */
export function withGaps<V>(
  ops: Operators<V>,
  { gapsFollow }: Pick<Sum, 'gapsFollow'>,
  columns: readonly V[],
  compute: (sources: readonly V[]) => V,
): V {
  const [sources, own] = [columns.slice(0, -1), columns.at(-1)!]
  const computed = compute(sources)
  // what is computed from a gap is one
  return ownWhereMissing(ops, gapsFollow ? [own] : [own, computed], own, computed)
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

export function sumOf({ times, plus }: Pick<Sum, 'times' | 'plus'>, cells: readonly number[]): number {
  return cells.reduce((total, cell, k) => total + times[k]! * cell, plus)
}
