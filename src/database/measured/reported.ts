import { isGenerated, type NamedTable } from '../../table/table.ts'
import type { Database } from '../database.ts'
import type { ReferencePlan } from '../learned/plan.ts'
import { nameColumn } from '../learned/reference-data.ts'
import { stepOrder } from '../learned/row-order.ts'

/** By table, how the rows that its references lead to are found. */
export type ReferencePlans = Readonly<Record<string, readonly ReferencePlan[]>>

/**
 * The columns of a table that a report measures: without generated ones, keys of one column, and references; a reference to a
 * reference data is the name of its row.
 */
export function reportedTable(database: Database, plans: ReferencePlans, name: string): NamedTable {
  const { schema, tables } = database
  const table = tables.get(name)!
  const { key = [], references } = schema.tables[name]!
  const left = new Set([...references.flatMap(({ columns }) => columns), ...(key.length === 1 ? key : [])])
  // the order is learned, though a reference may need it too
  left.delete(stepOrder(schema, name) ?? '')
  const learned = table.columns.filter((column) => !isGenerated(column) && !left.has(column.name))
  const named = references.flatMap((_, k) =>
    plans[name]![k] === 'name' ? [nameColumn(database, name, k, true)] : [],
  )
  return { name, count: table.count, columns: [...learned, ...named] }
}

/** By row, the number of its first ancestor: rows of the same one belong together. A row without a parent has a number of its own. */
export function groupsOf({ schema, tables }: Database, plans: ReferencePlans, name: string): Int32Array {
  const { links, count } = tables.get(name)!
  const parent = plans[name]!.indexOf('parent')
  const above = parent < 0 ? undefined : schema.tables[name]!.references[parent]!.table
  if (above === undefined) return Int32Array.from({ length: count }, (_, i) => i)
  const ofParents = groupsOf({ schema, tables }, plans, above)
  const roots = ofParents.reduce((most, group) => Math.max(most, group), -1) + 1
  return links[parent]!.map((row, i) => (row < 0 ? roots + i : ofParents[row]!))
}
