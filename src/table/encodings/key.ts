import * as v from 'valibot'
import { type ColumnOfCard, columnFields, defineEncoding } from './kind.ts'
import { nothing } from './parts.ts'

const schema = v.object({ ...columnFields, as: v.literal('key') })

/** A column of row numbers: it is not learned, and a sample's key is its index. */
export interface KeyColumn extends ColumnOfCard {
  readonly as: 'key'
}

export const key = defineEncoding<KeyColumn>({
  as: 'key',
  schema,
  parts: () => nothing,
  encoder: () => () => 0,
  decoder: () => (_, row) => row,
  // a graph that takes its noise as input has no index of a sample
  graph: (ops, _, code, name) =>
    ops.exact?.rows ?? ops.op('Mul', [code, ops.constant(`${name}.zero`, [1, 1], [0])]),
})
