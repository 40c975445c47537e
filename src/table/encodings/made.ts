import * as v from 'valibot'
import type { Maker } from '../generated/maker.ts'
import { type ColumnOfCard, columnFields, defineEncoding } from './kind.ts'
import { nothing } from './parts.ts'

const schema = v.object({
  ...columnFields,
  as: v.literal('made'),
  // checked where texts are made, so that a page without them need not load how
  maker: v.custom<Maker>((value) => typeof value === 'object' && value !== null),
})

/** A column of texts that are made for each row: the network learns only where they are missing. */
export interface MadeColumn extends ColumnOfCard {
  readonly as: 'made'
  readonly maker: Maker
}

export const made = defineEncoding<MadeColumn>({
  as: 'made',
  schema,
  parts: () => nothing,
  encoder: () => () => 0,
  // the index of the text, among those of the samples that are decoded together
  decode: () => (ops) => ops.number(0),
})
