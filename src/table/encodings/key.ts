import * as v from 'valibot'
import { type ColumnOfCard, columnFields, defineEncoding } from './kind.ts'
import { nothing } from './parts.ts'

const schema = v.object({
  ...columnFields,
  as: v.literal('key'),
  first: v.optional(v.pipe(v.number(), v.safeInteger())),
})

/** A column of row numbers: it is not learned, and a sample's key is its index, from `first` on. */
export interface KeyColumn extends ColumnOfCard {
  readonly as: 'key'
}

export const key = defineEncoding<KeyColumn>({
  as: 'key',
  schema,
  parts: () => nothing,
  encoder: () => () => 0,
  decode:
    ({ first = 0 }) =>
    (ops) =>
      ops.add(ops.sampleIndex(), ops.number(first)),
})
