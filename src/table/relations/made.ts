/** Cells that are made from others, rounded as those of their column and kept within its range. */
import * as v from 'valibot'
import { hasGrain } from '../encodings/grain.ts'
import { type Direction, grainRounder, roundedToGrain } from '../encodings/grain-axis.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { clamped, finite, type GraphOps } from '../encodings/kind.ts'
import type { GraphCell } from './kind.ts'
import { roundedInGraph, roundingOf } from './sum.ts'

/** What a relation says of the cells that it makes. */
export interface Made {
  /** The smallest and the largest cell of the column. */
  readonly range: readonly [number, number]
  /** To which a cell is rounded; null for more than 15. */
  readonly decimals: number | null
}

export const madeFields = {
  range: v.pipe(v.tuple([finite, finite]), v.readonly()),
  decimals: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(15))),
}

/** The rounding of a column's cells, to its grain if it has one. */
export function cellRounding(column: EncodedColumn, decimals: number | null, direction?: Direction) {
  return hasGrain(column) ? grainRounder(column, direction) : roundingOf(column, decimals)
}

/** Returns a function that rounds a number and keeps it within the column's range. Only a grain has a direction. */
export function keeper(
  { range, decimals }: Made,
  column: EncodedColumn,
  direction?: Direction,
): (x: number) => number {
  const round = cellRounding(column, decimals, direction)
  const [least, most] = range
  return (x) => Math.min(Math.max(round(x), least), most)
}

/** `keeper` as operators. */
export function keptInGraph<V>(
  ops: GraphOps<V>,
  { range, decimals }: Made,
  column: EncodedColumn,
  value: V,
  name: string,
  direction?: 'nearest' | 'up',
): V {
  const onGrain = hasGrain(column) && roundedToGrain(ops, column, value, `${name}.grain`, direction)
  const rounded = onGrain || roundedInGraph(ops, column, decimals, value, name)
  return clamped(ops, rounded, [...range], `${name}.range`)
}

/**
 * A column's cells in a graph: made from its sources where none of them is missing, and the column's own where one is, or where
 * `isOwn` is 1.
 */
export function madeWhereThere<V>(
  ops: GraphOps<V>,
  cells: {
    readonly made: V
    readonly own: GraphCell<V>
    readonly sources: readonly GraphCell<V>[]
    readonly isOwn?: V
  },
  name: string,
): GraphCell<V> {
  const { made, own, sources, isOwn } = cells
  const reasons: V[] = isOwn === undefined ? [] : [isOwn]
  for (const { missing } of sources) if (missing !== undefined) reasons.push(missing)
  if (reasons.length === 0) return { cell: made, missing: own.missing }
  const total = reasons.reduce((sum, each) => ops.op('Add', [sum, each]))
  const keepsOwn = clamped(ops, total, [0, 1], `${name}.own`)
  const isMade = ops.op('Sub', [ops.constant(`${name}.one`, [1, 1], [1]), keepsOwn])
  const parts = [ops.op('Mul', [made, isMade]), ops.op('Mul', [own.cell, keepsOwn])]
  return { cell: ops.op('Add', parts), missing: own.missing }
}
