/**
 * Rules that the model of a table can't keep by itself: about columns of the rows that a row refers to, about an order with a time of
 * day, and those that all rows of a child keep together; and what is found to hold of its order in all rows. Each drawn row is checked,
 * and drawn again where it breaks one.
 */
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { columnNamed, named } from '../../table/columns.ts'
import { columnsOf, describeRule, fitRules, type Rule } from '../../table/rules/index.ts'
import { parseRules } from '../../table/rules/parse.ts'
import { definitionOf, gathered, namesOf, type TableColumn } from '../../table/table.ts'
import type { Database } from '../database.ts'
import { isBefore } from '../parent.ts'
import type { Schema } from '../schema.ts'
import { orderRules } from './order-rules.ts'
import { type CheckedRules, ownColumns, type Plans } from './plan.ts'
import { generatedColumns, learnedColumns } from './rows.ts'

/** A row that is known where a table's row is drawn, by the references that lead to it, one after the other. */
interface Related {
  readonly table: string
  readonly path: readonly number[]
}

/** The rows to which a table's references lead before it is drawn, and theirs; a table that is reached twice is none. */
export function relatedOf(schema: Schema, plans: Plans, name: string): Related[] {
  const known = (table: string) =>
    [...schema.tables[table]!.references.entries()].filter(
      ([k, reference]) =>
        (table !== name || plans[name]!.references[k] !== 'nearest') &&
        isBefore(schema, reference.table, table),
    )
  // all ways would be too many to walk: each table is left twice at most
  const times = new Map<string, number>()
  const reached = [name]
  for (let at = reached.pop(); at !== undefined; at = reached.pop())
    for (const [, { table }] of known(at)) {
      const before = times.get(table) ?? 0
      if (before === 2) continue
      times.set(table, before + 1)
      reached.push(table)
    }
  const related: Related[] = []
  const visit = (at: string, path: readonly number[]) => {
    for (const [k, { table }] of known(at)) {
      if (times.get(table) !== 1) continue
      related.push({ table, path: [...path, k] })
      visit(table, [...path, k])
    }
  }
  visit(name, [])
  return related
}

export interface PlannedRules {
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
  if (texts.length === 0 && (keep || !plans[name]!.clock))
    return { ofModel: [], inModel: new Set(), notes: [] }
  const where = `schema.json, table ${printable(name)}`
  return inTable(where, () => {
    if (keep)
      throw new InputError('it keeps its rows, of which no rule says anything: leave `rules` out', 'conflict')
    const { clock: rowOrder } = plans[name]!
    const table = tables.get(name)!
    const timed = rowOrder?.timeUnit === undefined ? undefined : rowOrder.column.name
    const generated = generatedColumns(plans, { ...table, name })
    const { count } = table
    const ofModelTable = { name, columns: [...learnedColumns(database, plans, name), ...generated], count }
    const drawn = [
      ...(rowOrder ? [rowOrder.column.name] : []),
      ...ownColumns(schema, plans, { ...table, name }),
    ].map((column) => columnNamed(table.columns, column))
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
      const ofAllRows =
        rules.some(({ kind }) => kind === 'unique') && plans[name]!.references.includes('parent')
      if (
        about.every((column) => inModel.has(column) && column !== timed) &&
        (isGeneratedColumn || !ofAllRows)
      ) {
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
    const notes = orders.map((rule) => `${describeRule(rule)} in all rows`)
    checked.push(...orders)
    if (checked.length === 0) return { ofModel, inModel: ruled, notes }
    const about = new Set(checked.flatMap(columnsOf))
    return {
      ofModel,
      inModel: ruled,
      notes,
      checked: {
        rules: checked,
        columns: nameable.filter((each) => about.has(each.name)).map(definitionOf),
      },
    }
  })
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

function inTable<R>(where: string, body: () => R): R {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(`${where}: ${error.message}`, error.code)
  }
}
