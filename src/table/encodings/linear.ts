import * as v from 'valibot'
import { type ColumnOfCard, columnFields, defineEncoding, finite } from './kind.ts'
import { scaledDecoder, toCell, toCode } from './scaling.ts'

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
