import * as v from 'valibot'
import { power } from '../../numerics/elementary.ts'
import { unitOf } from '../dates/form.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { clamped, finite, type GraphOps, numbers } from '../encodings/kind.ts'
import { decimalsOf, rounder } from '../encodings/quantile.ts'
import {
  defineRelation,
  type GraphCell,
  type GraphColumns,
  type RelationOfCard,
  relationFields,
} from './kind.ts'

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

/** The rounding of a column's cells. */
export const roundingOf = ({ kind, form }: EncodedColumn, decimals: number | null) =>
  rounder({ kind, form, decimals })

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
  resolver(relation, { column }) {
    const { gapsFollow, decimals } = relation
    const round = roundingOf(column, decimals)
    return (cells, own) => {
      // a gap beside its sources stays one
      if (Number.isNaN(own)) return undefined
      if (cells.some(Number.isNaN)) return gapsFollow ? Number.NaN : undefined
      return round(sumOf(relation, cells))
    }
  },
  choices(relation, { column, sources }, cell, cells, isFree) {
    if (Number.isNaN(cell)) return []
    const round = roundingOf(column, relation.decimals)
    // of several free sources, the last one that can makes up the difference
    for (const [k, source] of [...sources.entries()].reverse()) {
      if (!isFree[k] || cells.some((each, j) => j !== k && Number.isNaN(each))) continue
      const rest = sumOf(relation, cells.with(k, 0))
      const solved = roundingOf(source, decimalsIn(source))((cell - rest) / relation.times[k]!)
      const chosen = cells.with(k, solved)
      if (isInRange(source, solved) && round(sumOf(relation, chosen)) === cell)
        return [{ cells: chosen, rows: 1 }]
    }
    return []
  },
  graph(ops, relation, { column, sources }, own, name) {
    const { times, plus } = relation
    const number = (part: string, value: number) => ops.constant(`${name}.${part}`, [1, 1], [value])
    const value = sources.reduce(
      (at, { cell }, k) => ops.op('Add', [at, ops.op('Mul', [number(`times_${k}`, times[k]!), cell])]),
      number('plus', plus),
    )
    return withGaps(ops, { value, relation, column, sources, own }, name)
  },
})

/** A column's rounded value in a graph, where no source is missing; otherwise a gap, or the column's own cell. */
export function withGaps<V>(
  ops: GraphOps<V>,
  {
    value,
    relation: { decimals, gapsFollow },
    column,
    sources,
    own,
  }: GraphColumns<V> & {
    readonly value: V
    readonly relation: Pick<Sum, 'decimals' | 'gapsFollow'>
    readonly own: GraphCell<V> | undefined
  },
  name: string,
): GraphCell<V> {
  const add = (a: V, b: V) => ops.op('Add', [a, b])
  const rounded = roundedInGraph(ops, column, decimals, value, name)
  const missing = sources.flatMap((source) => (source.missing === undefined ? [] : [source.missing]))
  if (missing.length === 0) return { cell: rounded, missing: own?.missing }
  const atMostOne = (of: V, part: string) => clamped(ops, of, [0, 1], `${name}.${part}`)
  const isMissing = atMostOne(missing.slice(1).reduce(add, missing[0]!), 'missing')
  if (gapsFollow)
    return {
      cell: rounded,
      missing: own?.missing ? atMostOne(add(own.missing, isMissing), 'either') : isMissing,
    }
  const isThere = ops.op('Sub', [ops.constant(`${name}.one`, [1, 1], [1]), isMissing])
  const cell = add(ops.op('Mul', [rounded, isThere]), ops.op('Mul', [own!.cell, isMissing]))
  return { cell, missing: own!.missing }
}

/** Whether a cell is between the smallest and the largest of the training rows. */
export function isInRange(column: EncodedColumn, cell: number): boolean {
  const [least, most] = endsOf(column)
  return cell >= least && cell <= most
}

/** A column's smallest and largest cell in the training rows; infinite if its encoding does not say. */
export function endsOf(column: EncodedColumn): readonly [number, number] {
  const values = column.as === 'quantile' ? column.x : 'values' in column ? column.values : undefined
  return values ? [values[0]!, values.at(-1)!] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
}

/** The smallest difference between a column's cells; 0 if they have too many decimals. */
export function unitIn({ kind, form }: EncodedColumn, decimals: number | null): number {
  if (kind === 'date') return unitOf(form ?? 'YYYY-MM-DD')
  return decimals === null ? 0 : power(10, -decimals)
}

/** The decimals of a source's cells; null for more than 15. */
export function decimalsIn(column: EncodedColumn): number | null {
  if (column.kind === 'integer') return 0
  if (column.as === 'quantile') return column.decimals
  return 'values' in column && column.values ? decimalsOf(column.values) : null
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

/** Rounds a column's cells in a graph; in float32 only those of a few decimals. */
export function roundedInGraph<V>(
  ops: GraphOps<V>,
  { kind, form }: EncodedColumn,
  decimals: number | null,
  value: V,
  name: string,
): V {
  const number = (part: string, of: number) => ops.constant(`${name}.${part}`, [1, 1], [of])
  if (ops.exact) {
    if (kind === 'date') {
      const unit = number('unit', unitOf(form ?? 'YYYY-MM-DD'))
      return ops.op('Mul', [ops.exact.whole(ops.op('Div', [value, unit]), name), unit])
    }
    if (decimals === null) return value
    const scale = number('scale', power(10, decimals))
    return ops.op('Div', [ops.exact.whole(ops.op('Mul', [value, scale]), name), scale])
  }
  if (kind === 'date' || decimals === null || decimals > 6) return value
  const scaled = ops.op('Mul', [value, number('scale', power(10, decimals))])
  const whole = ops.op('Floor', [ops.op('Add', [scaled, number('half', 0.5)])])
  return ops.op('Mul', [whole, number('unscale', power(10, -decimals))])
}
