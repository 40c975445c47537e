import * as v from 'valibot'
import { type ColumnOfCard, columnFields, defineEncoding, finite } from './kind.ts'
import { nothing } from './parts.ts'

const schema = v.object({ ...columnFields, as: v.literal('constant'), value: finite })

/** A column with one value, stored on the card. */
export interface ConstantColumn extends ColumnOfCard {
  readonly as: 'constant'
  readonly value: number
}

export const constant = defineEncoding<ConstantColumn>({
  as: 'constant',
  schema,
  parts: () => nothing,
  encoder: () => () => 0,
  decode:
    ({ value }) =>
    (ops) =>
      ops.number(value),
})
