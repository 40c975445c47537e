import * as v from 'valibot'
import { type ColumnOfCard, columnFields, defineEncoding } from './kind.ts'
import { nothing } from './parts.ts'

const schema = v.object({ ...columnFields, as: v.literal('derived') })

/** A column that a relation gives in every row: the network does not see it. */
export interface DerivedColumn extends ColumnOfCard {
  readonly as: 'derived'
}

export const derived = defineEncoding<DerivedColumn>({
  as: 'derived',
  schema,
  parts: () => nothing,
  encoder: () => () => 0,
  // its relation writes the cell
  decode: () => (ops) => ops.number(0),
})
