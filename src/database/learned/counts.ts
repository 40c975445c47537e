/** How many rows of other tables refer to each row of a table, as columns of its own. */
import { columnNamed } from '../../table/columns.ts'
import { leastRows } from '../../table/least-rows.ts'
import type { TableColumn } from '../../table/table.ts'
import type { Database } from '../database.ts'
import type { Schema } from '../schema.ts'
import { rowsBetween } from './edges.ts'
import { orderValues } from './order-values.ts'
import type { OrderPlan } from './row-order.ts'

/** What a table's plan says of counts. */
interface Planned {
  readonly references: readonly string[]
  readonly rowOrder?: OrderPlan | undefined
}

type Plans = Readonly<Record<string, Planned>>

/** A child table's number of rows for each row of another, as a column that the other's model learns. */
interface CountColumn {
  readonly name: string
  readonly child: string
  /** The index of the child's reference. */
  readonly reference: number
}

/** The columns of a table that count the rows which refer to it. */
export function countColumns({ tables }: Schema, plans: Plans, name: string): CountColumn[] {
  return Object.entries(tables).flatMap(([child, { references }]) =>
    references.flatMap(({ table }, reference): CountColumn[] =>
      table !== name || plans[child]?.references[reference] === 'name'
        ? []
        : [{ name: countName(tables, child, reference), child, reference }],
    ),
  )
}

/** The name of the column that counts the rows of a child by one of its references. */
export function countName(tables: Schema['tables'], child: string, reference: number): string {
  const { references } = tables[child]!
  const { table, columns } = references[reference]!
  const isOnly = references.filter((each) => each.table === table).length === 1
  return `number of ${child}${isOnly ? '' : ` by ${columns.join(', ')}`}`
}

/** By row of a table, how many rows of another refer to it. */
export function countsOf(
  { tables }: Database,
  name: string,
  { child, reference }: CountColumn,
): Float64Array {
  const cells = new Float64Array(tables.get(name)!.count)
  for (const row of tables.get(child)!.links[reference]!) if (row >= 0) cells[row]!++
  return cells
}

/** Counts in which rows to which none, one or two others refer share what these have together: a single one is not to be found. */
export function sharedCounts(counts: Float64Array): number[] {
  const few = counts.filter((count) => count < leastRows)
  const sum = few.reduce((all, count) => all + count, 0)
  const mean = sum < leastRows ? 0 : Number((sum / few.length).toPrecision(2))
  return Array.from(counts, (count) => (count < leastRows ? mean : count))
}

/** The counts of a table's rows, as its children see them. */
export function shownCounts(database: Database, plans: Plans, name: string): TableColumn[] {
  return countColumns(database.schema, plans, name).map((each) => ({
    name: each.name,
    kind: 'integer',
    cells: countsOf(database, name, each),
  }))
}

/**
 * The counts of a table's rows as its model learns them. Where the rows of a child fill what lies between two columns, such as the
 * seasons the years from the first game to the last, a count is how many are beyond that.
 */
export function learnedCounts(database: Database, plans: Plans, name: string): TableColumn[] {
  const all = database.tables.get(name)!.columns
  return countColumns(database.schema, plans, name).map((each) => {
    const [count, span] = [countsOf(database, name, each), spanOf(plans, each, all)]
    return span
      ? { ...span, cells: count.map((cell, i) => cell - span.cells[i]!) }
      : { name: each.name, kind: 'integer', cells: count }
  })
}

/** Drawn rows, with counts in the place of what is beyond. */
export function withCounts(
  schema: Schema,
  plans: Plans,
  name: string,
  learned: readonly TableColumn[],
): TableColumn[] {
  const counting = countColumns(schema, plans, name)
  return learned.map((column) => {
    for (const each of counting) {
      const span = spanOf(plans, each, learned)
      if (span?.name !== column.name) continue
      const cells = column.cells.map((cell, i) => Math.max(0, cell + span.cells[i]!))
      return { ...column, name: each.name, cells }
    }
    return column
  })
}

/** How many rows of a child would fill what lies between its parent's columns; undefined if they don't. */
function spanOf(
  plans: Plans,
  { name, child, reference }: CountColumn,
  parents: readonly TableColumn[],
): TableColumn | undefined {
  const { rowOrder, references } = plans[child]!
  if (references[reference] !== 'parent' || !rowOrder?.fills) return undefined
  const [begin, end] = [rowOrder.begin!, rowOrder.end!].map((each) =>
    orderValues(columnNamed(parents, each), rowOrder.isDate),
  )
  return {
    name: `${name} beyond ${rowOrder.begin} to ${rowOrder.end}`,
    kind: 'integer',
    cells: rowsBetween(begin!, end!),
  }
}
