import * as v from 'valibot'
import { type ColumnRange, columnRangeSchema, describeRange, rangeTest } from './column-range.ts'
import { defineRule, inRule, placesOf, type RowTest } from './kind.ts'

/** Where all of some conditions hold, so do others. */
export interface Implication {
  readonly kind: 'if'
  readonly when: readonly ColumnRange[]
  readonly must: readonly ColumnRange[]
}

const conditions = v.pipe(v.array(columnRangeSchema), v.minLength(1), v.readonly())

export const implication = defineRule<Implication>({
  kind: 'if',
  schema: v.strictObject({ kind: v.literal('if'), when: conditions, must: conditions }),
  columns: ({ when, must }) => [...new Set([...when, ...must].map(({ column }) => column))],
  describe: ({ when, must }) =>
    `if ${when.map(describeRange).join(' and ')} then ${must.map(describeRange).join(' and ')}`,
  test(rule, columns): RowTest {
    const text: string = implication.describe(rule)
    const testOf = (all: readonly ColumnRange[]) => {
      const tests = all.map((condition) => {
        const [d] = placesOf([condition.column], columns, text)
        return { d: d!, meets: inRule(text, columns, () => rangeTest(condition, columns[d!]!)) }
      })
      return (...[cells, i]: Parameters<RowTest>) => tests.every(({ d, meets }) => meets(cells[d]![i]!))
    }
    const [when, must] = [testOf(rule.when), testOf(rule.must)]
    return (cells, i) => !when(cells, i) || must(cells, i)
  },
})
