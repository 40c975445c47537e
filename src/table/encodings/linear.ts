import * as v from 'valibot'
import { columnFields, defineEncoding, finite, heldValues } from './kind.ts'
import { oneNumber } from './parts.ts'
import { type LinearColumn, toCell, toCode } from './scaled.ts'

const schema = v.object({ ...columnFields, as: v.literal('linear'), min: finite, max: finite })

export const linear = defineEncoding<LinearColumn>({
  as: 'linear',
  schema,
  parts: () => oneNumber,
  encoder(column) {
    const { factor, shift } = toCode(column)
    return (cell) => cell * factor + shift
  },
  held: (column) => heldValues(column, [column.min, column.max]),
  decode(column) {
    const { factor, shift } = toCell(column)
    return (ops, [code]) => {
      const cell = ops.add(ops.multiply(code!, ops.number(factor)), ops.number(shift))
      return column.kind === 'integer' ? ops.round(cell) : cell
    }
  },
})
