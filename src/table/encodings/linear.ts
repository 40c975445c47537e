import * as v from 'valibot'
import { type ColumnOfCard, columnFields, defineEncoding, finite } from './kind.ts'

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
  encoder({ min, max }) {
    const factor = 2 / (max - min)
    const shift = -1 - min * factor
    return (cell) => cell * factor + shift
  },
  decoder({ min, max, kind }, clip) {
    const [factor, shift] = [(max - min) / 2, (max + min) / 2]
    const [low, high] = clip ? [min, max] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    const inRange = (cell: number) => Math.min(Math.max(cell, low), high)
    // samples are float32: a whole number is the one nearest to that
    return kind === 'integer'
      ? (code) => Math.round(inRange(Math.fround(code * factor + shift)))
      : (code) => inRange(code * factor + shift)
  },
  graph(ops, { min, max, kind }, code, name) {
    const scaled = ops.op('Mul', [code, ops.constant(`${name}.factor`, [1, 1], [(max - min) / 2])])
    const cell = ops.op('Add', [scaled, ops.constant(`${name}.shift`, [1, 1], [(max + min) / 2])])
    return ops.exact && kind === 'integer' ? ops.exact.whole(cell, name) : cell
  },
})
