import * as v from 'valibot'
import { columnFields, defineEncoding, finite } from './kind.ts'
import { oneNumber } from './parts.ts'
import { type LinearColumn, scaledDecoder, toCell, toCode } from './scaled.ts'

const schema = v.object({ ...columnFields, as: v.literal('linear'), min: finite, max: finite })

export const linear = defineEncoding<LinearColumn>({
  as: 'linear',
  schema,
  parts: () => oneNumber,
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
