/**
 * Rules that the model of a table can't keep by itself: about columns of the rows that a row refers to, about an order with a time of
 * day, and those that all rows of a child keep together; and what is found to hold of its order in all rows. Each drawn row is checked,
 * and drawn again where it breaks one.
 */
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { countsOf } from '../../measure/statistics.ts'
import { columnNamed, isNumber, named } from '../../table/columns.ts'
import { leastRows } from '../../table/least-rows.ts'
import { isNeverAbove } from '../../table/relations/find-orders.ts'
import { columnsOf, describeRule, fitRules, type OrderRule, type Rule } from '../../table/rules/index.ts'
import { parseRules } from '../../table/rules/parse.ts'
import { type Column, definitionOf, gathered, namesOf, type TableColumn } from '../../table/table.ts'
import type { Database } from '../database.ts'
import { isBefore, parentOf } from '../parent.ts'
import type { Schema } from '../schema.ts'
import type { CheckedRules, Plans } from './plan.ts'
import type { OrderPlan } from './row-order.ts'
import { generatedColumns, learnedColumns, rowColumns } from './rows.ts'

/** A row that is known where a table's row is drawn, by the references that lead to it, one after the other. */
interface Related {
  readonly table: string
  readonly path: readonly number[]
}

/** The rows to which a table's references lead before it is drawn, and theirs; a table that is reached twice is none. */
export function relatedOf(schema: Schema, plans: Plans, name: string): Related[] {
  const paths = new Map<string, (readonly number[])[]>()
  const visit = (at: string, path: readonly number[]) => {
    for (const [k, { table }] of schema.tables[at]!.references.entries()) {
      const isKnown = isBefore(schema, table, at) && (at !== name || plans[name]!.references[k] !== 'nearest')
      const before = paths.get(table) ?? []
      // all ways would be too many to walk: each table is left twice at most
      if (!isKnown || before.length === 2) continue
      paths.set(table, [...before, [...path, k]])
      visit(table, [...path, k])
    }
  }
  visit(name, [])
  return [...paths].flatMap(([table, [path, ...others]]) =>
    others.length === 0 ? [{ table, path: path! }] : [],
  )
}

interface PlannedRules {
  /** The texts of those that the table's model keeps, and the columns that they are about. */
  readonly ofModel: readonly string[]
  readonly inModel: ReadonlySet<string>
  /** The others, with what they keep of the rows, and the orders. */
  readonly checked?: CheckedRules
  /** A line for each of the orders that were found. */
  readonly notes: readonly string[]
}

/**
 * Tells the rules that a table's model keeps from those that are checked, on the training rows, and finds orders that hold in all of
 * these.
 *
 * @throws InputError on a rule that can't be read or kept, and on one that rows break, with the first of them.
 */
export function planRules(database: Database, plans: Plans, name: string): PlannedRules {
  const { schema, tables } = database
  const { rules: texts = [], keep, columns, references } = schema.tables[name]!
  if (texts.length === 0 && (keep || !plans[name]!.rowOrder))
    return { ofModel: [], inModel: new Set(), notes: [] }
  return inTable(name, () => {
    if (keep)
      throw new InputError('it keeps its rows, of which no rule says anything: leave `rules` out', 'conflict')
    const { rowOrder } = plans[name]!
    const table = tables.get(name)!
    const timed = rowOrder?.timeUnit === undefined ? undefined : rowOrder.column.name
    const generated = generatedColumns(database, plans, name)
    const { count } = table
    const ofModelTable = { name, columns: [...learnedColumns(database, plans, name), ...generated], count }
    const drawn = rowColumns(database, plans, name)
    const ofOthers = relatedOf(schema, plans, name).flatMap((related) =>
      relatedColumns(database, name, related),
    )
    const nameable = [...drawn, ...drawn.map((each) => named(each, `${name}.${each.name}`)), ...ofOthers]
    const isKnown = new Set(nameable.map(({ name }) => name))
    const inModel = new Set(namesOf(ofModelTable))
    const [ofModel, checked]: [string[], Rule[]] = [[], []]
    const ruled = new Set<string>()
    for (const text of texts) {
      const rules = parseRules([text], [...new Set([...isKnown, ...Object.keys(columns)])])
      const about = [...new Set(rules.flatMap(columnsOf))]
      const isGeneratedColumn = about.some((column) => generated.some((each) => each.name === column))
      const isOfAllRows = rules.some(({ kind }) => kind === 'unique') && parentOf(schema, name) !== undefined
      const isInModel = about.every((column) => inModel.has(column) && column !== timed)
      if (isInModel && (isGeneratedColumn || !isOfAllRows)) {
        fitRules(rules, ofModelTable)
        ofModel.push(text)
        for (const column of about) ruled.add(column)
        continue
      }
      const unknown = about.find((column) => !isKnown.has(column))
      if (unknown !== undefined)
        throw new InputError(
          `rule ${printable(text)}: ${whyUnknown(unknown, references)}: leave the rule out`,
          'conflict',
          { option: 'rules', value: text },
        )
      const rows = nameable.filter((each) => about.includes(each.name))
      checked.push(...fitRules(rules, { name: table.name, columns: rows, count }))
    }
    // its own relations keep the orders of a column that the model learns whole
    const others = [...(timed === undefined ? [] : drawn.slice(1)), ...ofOthers]
    const orders = rowOrder ? orderRules(rowOrder, drawn[0]!, others) : []
    const all = [...checked, ...orders]
    const about = new Set(all.flatMap(columnsOf))
    const ofChecked = nameable
      .filter((each) => about.has(each.name))
      .map((each) => sharedNames(database, name, each, textsIn(all)))
    return {
      ofModel,
      inModel: ruled,
      notes: orders.map((rule) => `${describeRule(rule)} in all rows`),
      ...(all.length > 0 && { checked: { rules: all, columns: ofChecked } }),
    }
  })
}

/**
 * Columns that are never after that of the row order in any row, or never before it, as rules. A model learns the order as a step, and its
 * day apart from its time, so that no relation of its own keeps them.
 *
 * @param at - The column of the order.
 * @param others - Other columns of the same rows: their own, and those of their parents.
 */
function orderRules(
  { isDate, comparable }: OrderPlan,
  at: TableColumn,
  others: readonly TableColumn[],
): OrderRule[] {
  // of numbers only those of the parent that are near the order's: an amount is in no order with a year
  const isComparable = (other: TableColumn) => comparable.some((name) => other.name.endsWith(`.${name}`))
  return others.flatMap((other): OrderRule[] => {
    const suits = isDate ? other.kind === 'date' : isNumber(other) && isComparable(other)
    const pairs = [
      [other, at],
      [at, other],
    ] as const
    const rising = suits && pairs.find(([first, second]) => isNeverAbove(first, second))
    return rising ? [{ kind: 'order', columns: [rising[0].name, rising[1].name], strict: [false] }] : []
  })
}

/** The texts of some rules, with the names that their user states. */
function textsIn(rules: readonly Rule[]): ReadonlySet<string> {
  const texts = new Set<string>()
  JSON.stringify(rules, (_, value) => {
    if (typeof value === 'string') texts.add(value)
    return value
  })
  return texts
}

/**
 * A column of a table's rules, or of the rows that it refers to, as the plan has it: names that fewer than three rows have are blank, so that
 * the others keep their places. Reference data has all of its names.
 */
function sharedNames(
  { schema, tables }: Database,
  name: string,
  column: TableColumn,
  stated: ReadonlySet<string>,
): Column {
  const definition = definitionOf(column)
  const { kind, categories } = column
  const isOwn = Object.hasOwn(schema.tables[name]!.columns, column.name)
  const table = isOwn
    ? name
    : Object.keys(schema.tables).find(
        (each) =>
          column.name.startsWith(`${each}.`) &&
          Object.hasOwn(schema.tables[each]!.columns, column.name.slice(each.length + 1)),
      )!
  if (kind !== 'category' || !categories || schema.tables[table]!.keep) return definition
  const own = isOwn ? column.name : column.name.slice(table.length + 1)
  const rows = countsOf(columnNamed(tables.get(table)!.columns, own).cells)
  const isShared = (text: string, k: number) => (rows.get(k) ?? 0) >= leastRows || stated.has(text)
  return { ...definition, categories: categories.map((text, k) => (isShared(text, k) ? text : '')) }
}

function whyUnknown(column: string, references: Schema['tables'][string]['references']): string {
  const reference = references.find(({ columns }) => columns.includes(column))
  return reference
    ? `${printable(column)} is the reference to ${printable(reference.table)}, whose row is chosen and not drawn`
    : `${printable(column)} is made, or copied from another table, once the row is drawn`
}

/** The columns of the rows that references lead to, by the row that they lead from. */
function relatedColumns({ schema, tables }: Database, name: string, { table, path }: Related): TableColumn[] {
  let [at, rows]: [string, Int32Array | undefined] = [name, undefined]
  for (const k of path) {
    const links = tables.get(at)!.links[k]!
    rows = rows ? rows.map((row) => (row < 0 ? -1 : links[row]!)) : links
    at = schema.tables[at]!.references[k]!.table
  }
  const target = tables.get(table)!
  const later = schema.tables[table]!.references.filter((each) => !isBefore(schema, each.table, table))
  const isThere = (column: TableColumn) => !later.some(({ columns }) => columns.includes(column.name))
  return (target.kept ?? target).columns
    .filter(isThere)
    .map((each) => named(gathered(each, rows!), `${table}.${each.name}`))
}

function inTable<R>(name: string, body: () => R): R {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(`schema.json, table ${printable(name)}: ${error.message}`, error.code)
  }
}
