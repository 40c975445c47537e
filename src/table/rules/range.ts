import * as v from 'valibot'
import { type ColumnRange, describeRange, rangeFields, rangeTest } from './column-range.ts'
import { defineRule, inRule, placesOf, type RowTest } from './kind.ts'

/** A column whose cells, where they are there, are in a range or some values. */
export interface RangeRule extends ColumnRange {
  readonly kind: 'range'
}

export const range = defineRule<RangeRule>({
  kind: 'range',
  schema: v.strictObject({
    kind: v.literal('range'),
    column: v.string(),
    isSet: v.optional(v.boolean()),
    ...rangeFields,
  }),
  columns: ({ column }) => [column],
  describe: ({ kind, ...condition }) => describeRange(condition),
  test(rule, columns): RowTest {
    const text = range.describe(rule)
    const [d] = placesOf([rule.column], columns, text)
    const meets = inRule(text, columns, () => rangeTest(rule, columns[d!]!))
    return (cells, i) => (rule.isSet === undefined && Number.isNaN(cells[d!]![i]!)) || meets(cells[d!]![i]!)
  },
})
