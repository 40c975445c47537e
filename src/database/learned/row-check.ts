/** The check of drawn rows by the rules that a model can't keep by itself. */
import { columnNamed, placeOf } from '../../table/columns.ts'
import { describeRule, ruleTest } from '../../table/rules/index.ts'
import type { Column, TableColumn } from '../../table/table.ts'
import { translation } from './draw-rows.ts'
import type { Drawn, DrawnBy } from './drawn.ts'
import { rowsByName } from './reference-data.ts'
import { type OrderPlan, orderCell } from './row-order.ts'
import { relatedOf } from './rules.ts'

type Rows = readonly TableColumn[]

/** Checks drawn rows, of each of which the row of its parent is known; -1 if it has none. */
export interface RowCheck {
  /** The rules that row k breaks. */
  broken(rows: Rows, k: number, parent: number): readonly string[]
  /** Keeps a row that breaks none, so that no other may be equal where a rule says so. */
  keep(rows: Rows, k: number, parent: number): void
}

/** Gives a cell that a rule is about, or the row that it is in, of row k of those drawn. */
type RuleCell = (rows: Rows, k: number, parent: number) => number

/**
 * The check of a table's rows.
 *
 * @param by - What the tables are drawn by.
 * @param drawn - The tables before it.
 * @param name - The table.
 * @returns Undefined if the table has no rules to check.
 */
export function checkOf(by: DrawnBy, drawn: ReadonlyMap<string, Drawn>, name: string): RowCheck | undefined {
  const { rules: checked } = by.plans[name]!
  if (!checked) return undefined
  const cells = ruleCells(by, drawn, name, checked.columns)
  const unique = checked.rules.flatMap((rule) =>
    rule.kind === 'unique' ? [{ rule, taken: new Set<string>() }] : [],
  )
  const tests = checked.rules.flatMap((rule) =>
    rule.kind === 'unique' ? [] : [{ rule, isMet: ruleTest(rule, checked.columns) }],
  )
  /** The rule's cells of a row, as columns of it alone. */
  const row = cells.map(() => [Number.NaN])
  const fill = (rows: Rows, k: number, parent: number) => {
    for (const [d, cell] of cells.entries()) row[d]![0] = cell(rows, k, parent)
  }
  const keyOf = (columns: readonly string[]) => {
    const key = columns.map((column) => row[placeOf(checked.columns, column)]![0]!)
    // a row with a missing value is like no other
    return key.some(Number.isNaN) ? undefined : key.join()
  }
  return {
    broken(rows, k, parent) {
      fill(rows, k, parent)
      const broken = [
        ...tests.filter(({ isMet }) => !isMet(row, 0)),
        ...unique.filter(({ rule, taken }) => taken.has(keyOf(rule.columns) ?? '')),
      ]
      return broken.map(({ rule }) => describeRule(rule))
    },
    keep(rows, k, parent) {
      if (unique.length === 0) return
      fill(rows, k, parent)
      for (const { rule, taken } of unique) {
        const key = keyOf(rule.columns)
        if (key !== undefined) taken.add(key)
      }
    },
  }
}

/** By column of a table's rules, its cells: of the table itself, or of the rows that its references lead to. */
function ruleCells(
  by: DrawnBy,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  columns: readonly Column[],
): RuleCell[] {
  const { schema, plans } = by
  const related = relatedOf(schema, plans, name)
  return columns.map((rule) => {
    const own = rule.name.startsWith(`${name}.`) ? rule.name.slice(name.length + 1) : rule.name
    if (Object.hasOwn(schema.tables[name]!.columns, own)) return ownCell(plans[name]!.rowOrder, own, rule)
    const other = related.find(({ table }) => rule.name.startsWith(`${table}.`))!
    const target = drawn.get(other.table)!.columns.get(rule.name.slice(other.table.length + 1))!
    const rowOf = relatedRow(by, drawn, name, other.path)
    const cell = translation(target, rule)
    return (rows, k, parent) => {
      const row = rowOf(rows, k, parent)
      return row < 0 ? Number.NaN : cell(target.cells[row]!)
    }
  })
}

function ownCell(rowOrder: OrderPlan | undefined, column: string, rule: Column): RuleCell {
  if (rowOrder?.column.name === column) return orderCell(rowOrder)
  let translated: ((cell: number) => number) | undefined
  return (rows, k) => {
    const own = columnNamed(rows, column)
    translated ??= translation(own, rule)
    return translated(own.cells[k]!)
  }
}

/** The row that references lead to, one after the other; -1 if there is none. */
function relatedRow(
  by: DrawnBy,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  [first, ...further]: readonly number[],
): RuleCell {
  const { tables } = by.schema
  const isParent = by.plans[name]!.references[first!] === 'parent'
  const rowOf: RuleCell = isParent ? (_, __, parent) => parent : rowByName(by, name, first!)
  return (rows, k, parent) => {
    let at = tables[name]!.references[first!]!.table
    let row = rowOf(rows, k, parent)
    for (const step of further) {
      row = row < 0 ? -1 : (drawn.get(at)!.links[step]?.[row] ?? -1)
      at = tables[at]!.references[step]!.table
    }
    return row
  }
}

/** The row of reference data of the name that a row has drawn; -1 if there is none. */
function rowByName(by: DrawnBy, name: string, reference: number): RuleCell {
  const { find } = rowsByName(by, name, reference)
  const { rowOrder } = by.plans[name]!
  const order = rowOrder && orderCell(rowOrder)
  return (rows, k) => find(rows, k, order?.(rows, k) ?? Number.NaN) ?? -1
}
