import * as v from 'valibot'
import { isDateForm } from '../dates/form.ts'
import type { HeldPart } from '../held.ts'
import { groupSeparators } from '../number-form.ts'
import type { Computation } from '../operators/operators.ts'
import { type Column, columnKinds } from '../table.ts'

/** A code as the codes of blocks: their sizes, and how it is split into them and joined again. */
export interface CodeParts {
  /** 1 for a number, the number of values for an index. Empty if there is nothing to learn. */
  readonly sizes: readonly number[]
  /** The code of a block, 0 for the first. */
  split(code: number, block: number): number
  /** The code, given the codes of its blocks. */
  readonly join: Computation
}

/** Fields of every encoded column. */
export interface ColumnOfCard extends Column {
  /** Whether cells may be missing: a block of two (present, missing) follows the value's. */
  readonly gaps?: boolean | undefined
}

/**
 * An encoding of a column: the network sees a cell's code, a number distributed about like a standard normal, or the
 * index of one of a few values. A new encoding is a file here and a line in index.ts.
 */
export interface EncodingKind<C extends Column = Column> {
  /** Its name on a card. */
  readonly as: string
  /** Schema of such a column on a card. */
  readonly schema: v.GenericSchema<unknown, C>
  /** The blocks of a code. */
  parts(column: C): CodeParts
  /** Encodes a cell. Throws InputError on a cell without a code. */
  encoder(column: C): (cell: number) => number
  /** What a card holds of the training rows with such a column. */
  held(column: C): readonly HeldPart[]
  /** The cells of codes, by the first column: in code and in graphs. */
  decode(column: C): Computation
}

export const finite = v.pipe(v.number(), v.finite())
export const numbers = v.pipe(v.array(finite), v.readonly())

const fewDigits = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(20))
const affix = v.pipe(v.string(), v.minLength(1), v.maxLength(8))

/** How numbers are written, on a card. */
export const numberFormSchema = v.pipe(
  v.strictObject({
    prefix: v.optional(affix),
    suffix: v.optional(affix),
    group: v.optional(v.picklist(groupSeparators)),
    decimal: v.optional(v.literal(',')),
    decimals: v.optional(fewDigits),
    width: v.optional(fewDigits),
    parentheses: v.optional(v.boolean()),
    duration: v.optional(v.boolean()),
  }),
  v.check(({ group, decimal = '.' }) => group !== decimal, 'group and decimal must differ'),
)

/** Numbers or dates of a column that a card holds, with the column's ends. */
export function heldValues({ name }: Column, values: readonly number[]): HeldPart[] {
  return [{ columns: [name], count: new Set(values).size, noun: ['value', 'values'], hasEnds: true }]
}

/** A card's fields of every column. */
export const columnFields = {
  name: v.string(),
  kind: v.picklist(columnKinds),
  categories: v.optional(v.pipe(v.array(v.string()), v.readonly())),
  form: v.optional(
    v.pipe(v.string(), v.check(isDateForm, 'form must be a form of dates, such as YYYY-MM-DD')),
  ),
  /** How numbers are written in text. */
  numberForm: v.optional(numberFormSchema),
  /** Whether cells may be missing: a block of two (present, missing) follows the value's. */
  gaps: v.optional(v.boolean()),
}

/** The maximum of a code on the standard normal's axis; one row in 300,000 would exceed it. */
export const maxCode = 4.5

/** Checks a definition's types and erases them: the registry finds them by their columns' `as`. */
export function defineEncoding<C extends Column & { readonly as: string }>(
  definition: EncodingKind<C>,
): EncodingKind<C> {
  return definition
}
