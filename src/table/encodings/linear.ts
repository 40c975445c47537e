import * as v from 'valibot'
import type { Column } from '../table.ts'
import { type ColumnOfCard, columnFields, defineEncoding, finite } from './kind.ts'

/** A column whose range [min, max] is scaled to [-1, 1]. */
interface Range {
  readonly min: number
  readonly max: number
}

/** The factor and the shift from a cell to its code. */
export function toCode({ min, max }: Range): { factor: number; shift: number } {
  const factor = 2 / (max - min)
  return { factor, shift: -1 - min * factor }
}

/** The factor and the shift from a code to its cell. */
export function toCell({ min, max }: Range): { factor: number; shift: number } {
  return { factor: (max - min) / 2, shift: (max + min) / 2 }
}

/** Decodes codes to cells, inside the range if `clip`; a whole number is the one nearest to a sample's float32. */
export function scaledDecoder(
  column: Range & Pick<Column, 'kind'>,
  clip: boolean | undefined,
): (code: number) => number {
  const { factor, shift } = toCell(column)
  const [low, high] = clip ? [column.min, column.max] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const inRange = (cell: number) => Math.min(Math.max(cell, low), high)
  return column.kind === 'integer'
    ? (code) => Math.round(inRange(Math.fround(code * factor + shift)))
    : (code) => inRange(code * factor + shift)
}

const schema = v.object({ ...columnFields, as: v.literal('linear'), min: finite, max: finite })

/** A number whose range [min, max] is scaled to [-1, 1], as in the recipes of points and on cards of format 1. */
export interface LinearColumn extends ColumnOfCard {
  readonly as: 'linear'
  readonly min: number
  readonly max: number
}

export const linear = defineEncoding<LinearColumn>({
  as: 'linear',
  schema,
  size: () => 1,
  encoder(column) {
    const { factor, shift } = toCode(column)
    return (cell) => cell * factor + shift
  },
  decoder: scaledDecoder,
  graph(ops, column, code, name) {
    const { factor, shift } = toCell(column)
    const scaled = ops.op('Mul', [code, ops.constant(`${name}.factor`, [1, 1], [factor])])
    const cell = ops.op('Add', [scaled, ops.constant(`${name}.shift`, [1, 1], [shift])])
    return ops.exact && column.kind === 'integer' ? ops.exact.whole(cell, name) : cell
  },
})
