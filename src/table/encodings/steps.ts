import * as v from 'valibot'
import { upperBound } from '../../numerics/bounds.ts'
import { normalQuantile } from '../../numerics/elementary.ts'
import { type ColumnOfCard, columnFields, defineEncoding, heldValues, numbers } from './kind.ts'
import { oneNumber } from './parts.ts'

const schema = v.pipe(
  v.object({
    ...columnFields,
    as: v.literal('steps'),
    values: numbers,
    z: numbers,
    borders: numbers,
  }),
  v.check(
    ({ values, z, borders }) =>
      values.length > 1 && z.length === values.length && borders.length === values.length - 1,
    'values, z and borders must be of one length, borders one shorter',
  ),
)

/**
 * A number with few values: each has an interval of the standard normal's axis with the value's own probability, and
 * its code is that interval's median.
 */
export interface StepsColumn extends ColumnOfCard {
  readonly as: 'steps'
  /** Rising. */
  readonly values: readonly number[]
  /** Code of each value. */
  readonly z: readonly number[]
  /** Where the codes of each value after the first begin. */
  readonly borders: readonly number[]
}

/** Fits the values (ascending), given how many rows have each. */
export function fitSteps(values: readonly number[], counts: readonly number[]) {
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const [z, borders]: [number[], number[]] = [[], []]
  let before = 0
  for (const count of counts) {
    if (before > 0) borders.push(rounded(normalQuantile(before / rows)))
    z.push(rounded(normalQuantile((before + count / 2) / rows)))
    before += count
  }
  return { as: 'steps', values, z, borders } as const
}

/** Rounds a number on the normal axis for cards, finer than float32 resolves. */
export function rounded(z: number): number {
  return Math.round(z * 1e8) / 1e8
}

export const steps = defineEncoding<StepsColumn>({
  as: 'steps',
  schema,
  parts: () => oneNumber,
  encoder({ values, z }) {
    return (cell) => {
      const above = upperBound(values, cell)
      if (above === 0) return z[0]!
      if (above === values.length || values[above - 1] === cell) return z[above - 1]!
      // a value between two steps gets a code between theirs
      const [low, high] = [values[above - 1]!, values[above]!]
      return z[above - 1]! + ((cell - low) / (high - low)) * (z[above]! - z[above - 1]!)
    }
  },
  held: (column) => heldValues(column, column.values),
  decode:
    ({ values, borders }) =>
    (ops, [code]) =>
      ops.lookUp(values, ops.countReached(borders, code!)),
})
