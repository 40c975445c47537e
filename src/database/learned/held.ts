/** What tables.json holds of the rows. A new field of a plan, or of a row order, says it here. */
import { heldByTrees } from '../../model/candidates.ts'
import type { HeldPart } from '../../table/held.ts'
import { ruleKindOf } from '../../table/rules/index.ts'
import type { TablePlan } from './plan.ts'
import type { OrderPlan } from './row-order.ts'

/** By field of a plan, what a value of it holds; `none` of the ones that only name columns and how they go together. */
type HeldBy<P> = {
  readonly [F in keyof Required<P>]: 'none' | ((value: NonNullable<P[F]>) => readonly HeldPart[])
}

const heldByOrder: HeldBy<OrderPlan> = {
  column: 'none',
  isDate: 'none',
  timeUnit: 'none',
  comparable: 'none',
  begin: 'none',
  end: 'none',
  isAtBegin: 'none',
  isAtEnd: 'none',
  fills: 'none',
  base: () => [partOf([], 1, ['number that rows begin at', 'numbers that rows begin at'])],
  minimumGap: () => [partOf([], 1, ['least step', 'least steps'])],
}

const heldByFields: HeldBy<TablePlan> = {
  // how many there are in all
  rows: 'none',
  orphans: 'none',
  references: 'none',
  copied: 'none',
  missing: 'none',
  isBare: 'none',
  // the names that stand for those of the row before are Moonstep's
  repeats: 'none',
  rowOrder: (order) => heldIn(order, heldByOrder).map((part) => ({ ...part, columns: [order.column.name] })),
  counts: (counts) =>
    Object.entries(counts).map(([name, all]) =>
      partOf([name], new Set(all).size, ['number of rows', 'numbers of rows']),
    ),
  groups: heldByTrees,
  rules: ({ rules, columns }) => [
    ...rules.flatMap((rule) => ruleKindOf(rule).held(rule)),
    ...columns.map(({ name, kind, categories = [] }) =>
      partOf([name], kind === 'category' ? categories.filter(Boolean).length : 0, ['name', 'names']),
    ),
  ],
}

/** What tables.json holds of a table's rows. */
export function heldByPlan(plan: TablePlan): HeldPart[] {
  return heldIn(plan, heldByFields).filter(({ count }) => count > 0)
}

function partOf(columns: readonly string[], count: number, noun: HeldPart['noun']): HeldPart {
  return { columns, count, noun }
}

function heldIn<P extends object>(plan: P, by: HeldBy<P>): HeldPart[] {
  return (Object.keys(by) as (keyof P)[]).flatMap((field) => {
    const [value, held] = [plan[field], by[field]]
    return value == null || held === 'none' ? [] : held(value as NonNullable<P[keyof P]>)
  })
}
