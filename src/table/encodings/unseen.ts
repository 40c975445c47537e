/** Columns whose values a network does not see: at most where they are missing. */
import * as v from 'valibot'
import { heldByMaker } from '../generated/held.ts'
import type { Maker } from '../generated/maker.ts'
import { type ColumnOfCard, columnFields, defineEncoding, finite } from './kind.ts'
import { nothing } from './parts.ts'

/** A column with one value, stored on the card. */
export interface ConstantColumn extends ColumnOfCard {
  readonly as: 'constant'
  readonly value: number
}

/** A column of row numbers: it is not learned, and a sample's key is its index, from `first` on. */
export interface KeyColumn extends ColumnOfCard {
  readonly as: 'key'
}

/** A column that a relation gives in every row: the network does not see it. */
export interface DerivedColumn extends ColumnOfCard {
  readonly as: 'derived'
}

/** A column of texts that are made for each row: the network learns only where they are missing. */
export interface MadeColumn extends ColumnOfCard {
  readonly as: 'generated'
  readonly maker: Maker
}

const unseen = { parts: () => nothing, encoder: () => () => 0, held: () => [] }

export const constant = defineEncoding<ConstantColumn>({
  ...unseen,
  as: 'constant',
  schema: v.object({ ...columnFields, as: v.literal('constant'), value: finite }),
  held: ({ name, categories }) => [
    { columns: [name], count: 1, noun: categories ? ['name', 'names'] : ['value', 'values'] },
  ],
  decode:
    ({ value }) =>
    (ops) =>
      ops.number(value),
})

export const key = defineEncoding<KeyColumn>({
  ...unseen,
  as: 'key',
  schema: v.object({
    ...columnFields,
    as: v.literal('key'),
    first: v.optional(v.pipe(v.number(), v.safeInteger())),
  }),
  held: ({ name, first }) =>
    first === undefined
      ? []
      : [
          {
            columns: [name],
            count: 1,
            noun: ['number that keys continue from', 'numbers that keys continue from'],
          },
        ],
  decode:
    ({ first = 0 }) =>
    (ops) =>
      ops.add(ops.sampleIndex(), ops.number(first)),
})

export const derived = defineEncoding<DerivedColumn>({
  ...unseen,
  as: 'derived',
  schema: v.object({ ...columnFields, as: v.literal('derived') }),
  // its relation writes the cell
  decode: () => (ops) => ops.number(0),
})

export const generated = defineEncoding<MadeColumn>({
  ...unseen,
  as: 'generated',
  schema: v.object({
    ...columnFields,
    // cards of earlier versions say made
    as: v.pipe(
      v.picklist(['generated', 'made']),
      v.transform(() => 'generated' as const),
    ),
    // checked where texts are made, so that a page without them need not load how
    maker: v.custom<Maker>((value) => typeof value === 'object' && value !== null),
  }),
  held: ({ name, maker }) => heldByMaker(name, maker),
  // the index of the text, among those of the samples that are decoded together
  decode: () => (ops) => ops.number(0),
})
