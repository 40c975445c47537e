import * as v from 'valibot'
import { midpoints, upperBound } from '../../numerics/bounds.ts'
import type { HeldPart } from '../held.ts'
import { clamped } from '../operators/operators.ts'
import type { Column } from '../table.ts'
import { type ColumnOfCard, columnFields, defineEncoding, heldValues, numbers } from './kind.ts'
import { digits, oneOf } from './parts.ts'

const schema = v.pipe(
  v.object({
    ...columnFields,
    as: v.literal('category'),
    values: v.optional(numbers),
    isNominal: v.optional(v.boolean()),
    groups: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(2))),
    shares: v.optional(v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))), v.readonly())),
  }),
  v.check(({ values, categories }) => (values ?? categories ?? []).length > 1, 'give two values or more'),
  v.check(
    ({ values, categories = [], groups = 2 }) => groups <= Math.max(2, (values ?? categories).length),
    'groups must be of values',
  ),
  v.check(
    ({ values, categories = [], shares }) =>
      shares === undefined || shares.length === (values ?? categories).length,
    'shares must be as many as the values',
  ),
)

/**
 * One of a few values, encoded as its index: names, or numbers or dates with few distinct values, which `values` lists in
 * ascending order.
 */
export interface CategoryColumn extends ColumnOfCard {
  readonly as: 'category'
  /** Numbers or dates, ascending; names are in `categories`. */
  readonly values?: readonly number[] | undefined
  /** Whether numbers are codes, such as postal codes: their order says nothing, and one that few rows have is unknown, as a name is. */
  readonly isNominal?: boolean | undefined
  /**
   * Of many names, the commonest first, or codes: they are in so many groups of one size, and each is encoded as its group and its
   * place in it. So a thousand names take 64 dimensions.
   */
  readonly groups?: number | undefined
  /** Each value's share of the training rows that have one, to two digits: rows of some values begin with them. */
  readonly shares?: readonly number[] | undefined
}

/** The code of a name that is not learned, which training takes for one of the others. */
export const unknownCode = -1

/** How many groups there are of this many names, undefined for few names. */
export function groupsFor(count: number): number | undefined {
  return count <= maxUngrouped ? undefined : Math.ceil(count / Math.ceil(Math.sqrt(count)))
}

/** More names than these are grouped: fewer are learned better one by one, and cost little. */
const maxUngrouped = 256

/** Whether a column's values are names or codes, so that one may be unknown. */
export function isOfNames(
  column: Column & { readonly as: string; readonly isNominal?: boolean | undefined },
): boolean {
  return column.as === 'category' && (column.categories !== undefined || column.isNominal === true)
}

/** Whether a cell is one of a column's codes; in other columns every cell has a code. */
export function codeTest(column: Column & { readonly as: string }): (cell: number) => boolean {
  if (column.as !== 'category') return () => true
  const { values, isNominal } = column as CategoryColumn
  if (!(values && isNominal)) return () => true
  const known = new Set(values)
  return (cell) => known.has(cell)
}

const countOf = ({ values, categories = [] }: CategoryColumn) => values?.length ?? categories.length

export const category = defineEncoding<CategoryColumn>({
  as: 'category',
  schema,
  parts(column) {
    const count = countOf(column)
    const { groups } = column
    return groups === undefined ? oneOf(count) : digits([groups, Math.ceil(count / groups)])
  },
  encoder(column) {
    const { values } = column
    const count = countOf(column)
    if (!values) return (cell) => (cell < count ? cell : unknownCode)
    // a number between two values counts as the nearest
    const bounds = midpoints(values)
    return (cell) => upperBound(bounds, cell)
  },
  held(column): HeldPart[] {
    const { name, values } = column
    return values
      ? heldValues(column, values)
      : [{ columns: [name], count: countOf(column), noun: ['name', 'names'] }]
  },
  decode(column) {
    const { values, groups } = column
    // the last group may have places without a value
    const last = countOf(column) - 1
    return (ops, [code]) => {
      const place = groups === undefined ? code! : clamped(ops, code!, 0, last)
      return values ? ops.lookUp(values, place) : place
    }
  },
})
