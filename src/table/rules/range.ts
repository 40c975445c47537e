/** Rules by conditions on columns: one that always holds, or that does where others hold. */
import * as v from 'valibot'
import { placeOf } from '../columns.ts'
import { type ColumnRange, columnRangeSchema, describeRange, rangeTest } from './column-range.ts'
import type { RuleKind } from './kind.ts'

/** A column whose cells, where they are there, are in a range or some values. */
export interface RangeRule extends ColumnRange {
  readonly kind: 'range'
}

export const range: RuleKind<RangeRule> = {
  schema: v.strictObject({ kind: v.literal('range'), ...columnRangeSchema.entries }),
  columns: ({ column }) => [column],
  held: () => [],
  describe: ({ kind, ...condition }) => describeRange(condition),
  test(rule, [column]) {
    const meets = rangeTest(rule, column!)
    return ([cell]) => (rule.isSet === undefined && Number.isNaN(cell)) || meets(cell!)
  },
}

/** Where all of some conditions hold, so do others. */
export interface Implication {
  readonly kind: 'if'
  readonly when: readonly ColumnRange[]
  readonly must: readonly ColumnRange[]
}

const conditions = v.pipe(v.array(columnRangeSchema), v.minLength(1), v.readonly())

export const implication: RuleKind<Implication> = {
  schema: v.strictObject({ kind: v.literal('if'), when: conditions, must: conditions }),
  columns: ({ when, must }) => [...new Set([...when, ...must].map(({ column }) => column))],
  held: () => [],
  describe: ({ when, must }) =>
    `if ${when.map(describeRange).join(' and ')} then ${must.map(describeRange).join(' and ')}`,
  test(rule, columns) {
    const testOf = (all: readonly ColumnRange[]) => {
      const tests = all.map((condition) => {
        const d = placeOf(columns, condition.column)
        return { d, meets: rangeTest(condition, columns[d]!) }
      })
      return (cells: readonly number[]) => tests.every(({ d, meets }) => meets(cells[d]!))
    }
    const [when, must] = [testOf(rule.when), testOf(rule.must)]
    return (cells) => !when(cells) || must(cells)
  },
}
