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
  decoder:
    ({ first = 0 }) =>
    (_, row) =>
      first + row,
  graph(ops, { first = 0 }, code, name) {
    // a graph that takes its noise as input has no index of a sample
    if (!ops.exact) return ops.op('Mul', [code, ops.constant(`${name}.zero`, [1, 1], [0])])
    if (first === 0) return ops.exact.rows
    return ops.op('Add', [ops.exact.rows, ops.constant(`${name}.first`, [1, 1], [first])])
  },
})
