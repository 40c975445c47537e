/**
 * Rules that a user states about rows: what samples, filled missing values and parts must meet. parse.ts reads them; each kind is a file and a
 * line here.
 */
import * as v from 'valibot'
import { counted, humanCount } from '../../core/format.ts'
import { textOf } from '../cell-text.ts'
import { columnNamed } from '../columns.ts'
import type { Column, NamedTable, TableColumn } from '../table.ts'
import { type ProductRule, product, type SumRule, sum } from './arithmetic.ts'
import { inRule, placesOf, type RowTest, type RuleKind, ruleProblem } from './kind.ts'
import { type OrderRule, order } from './order.ts'
import { type Implication, implication, type RangeRule, range } from './range.ts'
import { type SeenRule, seen } from './seen.ts'
import { type UniqueRule, unique } from './unique.ts'

export type { Implication, OrderRule, ProductRule, RangeRule, RowTest, SeenRule, SumRule, UniqueRule }

/** A rule on a card. A new kind is a file, a type and a line here. */
export type Rule = OrderRule | SumRule | ProductRule | UniqueRule | SeenRule | Implication | RangeRule

const kinds = { order, sum, product, unique, seen, if: implication, range }

/** The kind of a rule. */
export function ruleKindOf(rule: Rule): RuleKind<Rule> {
  return kinds[rule.kind] as unknown as RuleKind<Rule>
}

export const ruleSchema = v.variant(
  'kind',
  Object.values(kinds).map(({ schema }) => schema as v.GenericSchema as never) as never,
) as v.GenericSchema<unknown, Rule>

/** A rule as its user states it, as in `start <= end`. */
export function describeRule(rule: Rule): string {
  return ruleKindOf(rule).describe(rule)
}

/** The names of the columns that a rule is about. */
export function columnsOf(rule: Rule): readonly string[] {
  return ruleKindOf(rule).columns(rule)
}

/**
 * Returns a test of whether a row meets a rule; for `unique` it remembers the rows that it was asked about, each once. Throws InputError on
 * columns that the rule can't be about.
 */
export function ruleTest(rule: Rule, columns: readonly Column[]): RowTest {
  const text = describeRule(rule)
  const places = placesOf(columnsOf(rule), columns, text)
  const own = places.map((d) => columns[d]!)
  const isMet = inRule(text, columns, () => ruleKindOf(rule).test(rule, own))
  return (cells, i) => isMet(places.map((d) => cells[d]![i]!))
}

/** How many rows have all columns of a rule, and how many of these meet it. */
export function countMet(rule: Rule, columns: readonly TableColumn[]) {
  const isMet = ruleTest(rule, columns)
  const cells = columns.map((column) => column.cells)
  const own = columnsOf(rule).map((name) => columnNamed(columns, name).cells)
  let [rows, met] = [0, 0]
  for (let i = 0; i < (own[0]?.length ?? 0); i++) {
    if (own.some((each) => Number.isNaN(each[i]!))) continue
    rows++
    if (isMet(cells, i)) met++
  }
  return { rows, met }
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
    const own = columnsOf(rule).map((name) => columnNamed(table.columns, name))
    const fitted = ruleKindOf(rule).fit?.(rule, own) ?? rule
    // rows of combinations that are too rare to be kept don't meet it
    if (fitted.kind !== 'seen') requireMet(fitted, table)
    return fitted
  })
}

function requireMet(rule: Rule, { name, count, columns }: NamedTable): void {
  const isMet = ruleTest(rule, columns)
  const all = columns.map(({ cells }) => cells)
  const broken: number[] = []
  for (let i = 0; i < count; i++) if (!isMet(all, i)) broken.push(i)
  if (broken.length === 0) return
  const [first] = broken
  const names = new Set(columnsOf(rule))
  const cells = columns.flatMap((column) => {
    const cell = column.cells[first!]!
    const text = Number.isNaN(cell) ? 'missing' : textOf(column)(cell)
    return names.has(column.name) ? [`${column.name} is ${text}`] : []
  })
  throw ruleProblem(
    describeRule(rule),
    `${humanCount(broken.length)} of ${counted(count, 'row')} of ${name} ${broken.length === 1 ? 'breaks' : 'break'} it, first row ${first! + 1}, where ${cells.join(' and ')}: correct the rows or leave the rule out`,
  )
}
