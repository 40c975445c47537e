/**
 * Rules that a user states about rows: what samples, filled missing values and parts must meet. parse.ts reads them; each kind is a file and a
 * line here.
 */
import * as v from 'valibot'
import { counted, humanCount } from '../../core/format.ts'
import { columnNamed } from '../columns.ts'
import type { Column, NamedTable } from '../table.ts'
import { type ProductRule, product, type SumRule, sum } from './arithmetic.ts'
import { cellText } from './column-range.ts'
import { type Implication, implication } from './implication.ts'
import { type RowTest, type RuleKind, type RuleOfCard, ruleProblem } from './kind.ts'
import { type OrderRule, order } from './order.ts'
import { type RangeRule, range } from './range.ts'
import { type SeenRule, seen } from './seen.ts'
import { type UniqueRule, unique } from './unique.ts'

export type { Implication, OrderRule, ProductRule, RangeRule, RowTest, SeenRule, SumRule, UniqueRule }

/** A rule on a card. A new kind is a file, a type and a line here. */
export type Rule = OrderRule | SumRule | ProductRule | UniqueRule | SeenRule | Implication | RangeRule

const kinds = { order, sum, product, unique, seen, if: implication, range }

/** The kind of a rule. */
export function ruleKindOf(rule: Rule): RuleKind<RuleOfCard> {
  return kinds[rule.kind] as unknown as RuleKind<RuleOfCard>
}

export const ruleSchema = v.variant('kind', [
  order.schema as v.GenericSchema as never,
  sum.schema as never,
  product.schema as never,
  unique.schema as never,
  seen.schema as never,
  implication.schema as never,
  range.schema as never,
]) as v.GenericSchema<unknown, Rule>

/** A rule as its user states it, as in `start <= end`. */
export function describeRule(rule: Rule): string {
  return ruleKindOf(rule).describe(rule)
}

/** The names of the columns that a rule is about. */
export function columnsOf(rule: Rule): readonly string[] {
  return ruleKindOf(rule).columns(rule)
}

/** Whether a row meets a rule. Throws InputError on columns that the rule can't be about. */
export function ruleTest(rule: Rule, columns: readonly Column[]): RowTest {
  return ruleKindOf(rule).test(rule, columns)
}

/**
 * Checks rules on the rows, and completes them by what they keep of these.
 *
 * @param rules - As parse.ts reads them.
 * @param table - The training rows.
 * @returns The rules for the card. Throws InputError on columns that a rule can't be about, and on a rule that rows break, with the
 * first of them and how many there are.
 */
export function fitRules(rules: readonly Rule[], table: NamedTable): Rule[] {
  return rules.map((rule) => {
    // refuses columns first
    ruleTest(rule, table.columns)
    const kind = ruleKindOf(rule)
    const fitted = (kind.fit?.(rule, table) ?? rule) as Rule
    requireMet(fitted, table)
    return fitted
  })
}

function requireMet(rule: Rule, table: NamedTable): void {
  const { columns, count } = table
  const broken = rule.kind === 'unique' ? repeatedRows(rule, table) : brokenRows(ruleTest(rule, columns))
  if (broken.length === 0) return
  const [first] = broken
  const names = new Set(columnsOf(rule))
  const cells = columns.flatMap((column) =>
    names.has(column.name) ? [`${column.name} is ${cellText(column, column.cells[first!]!)}`] : [],
  )
  throw ruleProblem(
    describeRule(rule),
    `${humanCount(broken.length)} of ${counted(count, 'row')} of ${table.name} ${broken.length === 1 ? 'breaks' : 'break'} it, first row ${first! + 1}, where ${cells.join(' and ')}: correct the rows or leave the rule out`,
  )

  function brokenRows(isMet: RowTest): number[] {
    const all = columns.map(({ cells }) => cells)
    const rows: number[] = []
    for (let i = 0; i < count; i++) if (!isMet(all, i)) rows.push(i)
    return rows
  }
}

/** The rows that have the cells of one before. Rows with a missing value are like no other. */
function repeatedRows({ columns }: UniqueRule, table: NamedTable): number[] {
  const all = columns.map((name) => columnNamed(table.columns, name).cells)
  const keys = new Set<string>()
  const rows: number[] = []
  for (let i = 0; i < table.count; i++) {
    const cells = all.map((of) => of[i]!)
    if (cells.some(Number.isNaN)) continue
    const key = cells.join()
    if (keys.has(key)) rows.push(i)
    keys.add(key)
  }
  return rows
}
