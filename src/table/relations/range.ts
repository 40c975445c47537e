/** What a column's cells may be, and cells that are made within that. */
import * as v from 'valibot'
import { power } from '../../numerics/elementary.ts'
import { unitOf } from '../dates/form.ts'
import type { Direction } from '../encodings/grain-axis.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { finite } from '../encodings/kind.ts'
import { decimalsOf, rounder, rounding } from '../encodings/rounding.ts'
import type { HeldPart } from '../held.ts'
import { any, type Computation, clamped, type Operators } from '../operators/operators.ts'

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

/** Numbers rounded as the column's cells, and kept within its range. Only a grain has a direction. */
export function kept({ range, decimals }: Made, column: EncodedColumn, direction?: Direction): Computation {
  const round = rounding(column, decimals, direction)
  return (ops, value) => clamped(ops, round(ops, value), ...range)
}

/** A relation's range, as what it holds. */
export function heldRange(column: string): readonly HeldPart[] {
  return [{ columns: [column], count: 2, noun: ['value', 'values'], hasEnds: true }]
}

/** Rounds single numbers as a column's cells, whatever its grain. */
export function rounderOf({ kind, form }: EncodedColumn, decimals: number | null): (x: number) => number {
  return rounder({ kind, form }, decimals)
}

/** The column's own cells where one of the columns is missing, elsewhere what is made. */
export function ownWhereMissing<V>(ops: Operators<V>, columns: readonly V[], own: V, made: V): V {
  const areMissing = columns.map((column) => ops.isMissing(column))
  return ops.select(any(ops, areMissing), own, made)
}

/** Whether a column's cells have an order and differences. */
export function isNumeric({ kind }: Pick<EncodedColumn, 'kind'>): boolean {
  return kind === 'number' || kind === 'integer' || kind === 'date'
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
