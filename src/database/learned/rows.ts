import { shuffled } from '../../numerics/random.ts'
import { columnNamed, named } from '../../table/columns.ts'
import type { Step } from '../../table/relations/step.ts'
import { definitionOf, gathered, isGenerated, type NamedTable, type TableColumn } from '../../table/table.ts'
import type { Database, LinkedTable } from '../database.ts'
import { chosenContext } from './context.ts'
import { learnedCounts, shownCounts } from './counts.ts'
import { ownColumns, type Plans } from './plan.ts'
import { nameColumn } from './reference-data.ts'
import { asRepeats } from './repeats.ts'
import { inOrder, type OrderPlan, orderColumns, splitCell } from './row-order.ts'
import { siblingsOf } from './siblings.ts'

/** What the model of a table is trained on. */
export interface LearnedRows {
  readonly table: NamedTable
  /** The columns that are known of every row: those of its parent and of the rows before it. */
  readonly context: readonly string[]
  readonly step?: Step | undefined
  /** How many parents the rows have. */
  readonly parents?: number | undefined
}

/**
 * The rows that a table's model learns, by the plans of all tables.
 *
 * @param like - The context of the training rows, for those that are held out. Default: it is chosen.
 */
export function learnedRows(
  database: Database,
  plans: Plans,
  name: string,
  like?: readonly string[],
): LearnedRows {
  const table = database.tables.get(name)!
  const { references, clock: rowOrder, repeats = {} } = plans[name]!
  const parent = references.indexOf('parent')
  const all = table.columns
  const generated = generatedColumns(plans, { ...table, name })
  const learned = learnedColumns(database, plans, name)
  if (parent < 0)
    return {
      table: { name: table.name, columns: [...learned, ...generated], count: table.count },
      context: [],
    }
  const links = table.links[parent]!
  const { table: parentName } = database.schema.tables[name]!.references[parent]!
  const orphans = links.reduce((sum, row) => sum + Number(row < 0), 0)
  const parentTable = database.tables.get(parentName)!
  const of = groupOf(links, parentTable.count)
  const siblings = siblingsOf({
    parent: parentName,
    parents: shownColumns(database, plans, parentName).map((each) => gathered(each, of.parents)),
    count: parentTable.count + orphans,
    sizes: of.sizes,
    learned: learned.map(definitionOf),
    rowOrder,
  })
  const order = rowOrder && columnNamed(all, rowOrder.column.name).cells
  const rows = inOrder(of.rows, order)
  const width = siblings.columns.length
  const context = new Float64Array(rows.length * width)
  const cells = new Float64Array(learned.length)
  for (const [k, i] of rows.entries()) {
    siblings.write(of.rows[i]!, context, k * width)
    for (const [d, each] of learned.entries()) cells[d] = each.cells[i]!
    siblings.add(of.rows[i]!, cells, 0)
  }
  const candidates = siblings.columns.map((column, d) => ({
    ...column,
    cells: Float64Array.from(rows, (_, k) => context[k * width + d]!),
  }))
  const ordered = learned.map((each) => gathered(each, rows))
  const names = like ?? chosenContext(candidates, ordered, siblings, database.schema.tables[name]!.key)
  const contextColumns = candidates.filter((each) => names.includes(each.name))
  const isNext = (k: number) => k > 0 && of.rows[rows[k]!] === of.rows[rows[k - 1]!]
  const inRows = [
    ...ordered.map((each) => asRepeats(each, repeats, isNext)),
    ...generated.map((each) => gathered(each, rows)),
  ]
  // rows of one parent are not next to each other where some rows stand for all
  const mixed = shuffled(rows.length, 0, 0)
  return {
    table: {
      name: table.name,
      columns: [...contextColumns, ...inRows].map((each) => gathered(each, mixed)),
      count: rows.length,
    },
    context: contextColumns.map(({ name }) => name),
    parents: new Set(of.rows).size,
    ...(rowOrder && { step: { column: rowOrder.column.name, from: siblings.before! } }),
  }
}

/**
 * The parents of a child's rows, by its links: those of the parent's table, and one without a row for each row that has none.
 *
 * @returns By parent, its row or -1, and how many rows it has; by row, its parent.
 */
export function groupOf(links: Int32Array, parentRows: number) {
  const parents: number[] = Array.from({ length: parentRows }, (_, i) => i)
  const rows = links.map((link) => (link < 0 ? parents.push(-1) - 1 : link))
  const sizes = new Float64Array(parents.length)
  for (const parent of rows) sizes[parent]!++
  return { parents, sizes, rows }
}

/** The columns of a table whose cells are generated, but those without a value in any row. */
export function generatedColumns(plans: Plans, table: LinkedTable): TableColumn[] {
  const { missing = [] } = plans[table.name]!
  return table.columns.filter((each) => isGenerated(each) && !missing.includes(each.name))
}

/** The columns that the model of a table learns of each row, in its order: with a row order, those of it first. */
export function learnedColumns(database: Database, plans: Plans, name: string): TableColumn[] {
  const table = database.tables.get(name)!
  const { references, clock: rowOrder, missing = [], isBare } = plans[name]!
  const all = table.columns
  const links = references
    .flatMap((plan, k): TableColumn[] =>
      plan === 'name'
        ? [nameColumn(database, name, k)]
        : plan === 'nearest'
          ? wantedColumns(database, plans, name, k)
          : [],
    )
    .filter((each) => !missing.includes(each.name))
  return [
    ...(rowOrder ? splitOrder(columnNamed(all, rowOrder.column.name), rowOrder) : []),
    ...ownColumns(database.schema, plans, { ...table, name }).map((each) => columnNamed(all, each)),
    ...links,
    ...learnedCounts(database, plans, name),
    ...(isBare ? [evenRows(table.count)] : []),
  ]
}

/** What a table learns that has nothing else to learn. */
function evenRows(count: number): TableColumn {
  return {
    name: 'row is even',
    kind: 'boolean',
    categories: ['no', 'yes'],
    cells: Float64Array.from({ length: count }, (_, i) => i % 2),
  }
}

function splitOrder({ cells }: TableColumn, rowOrder: OrderPlan): TableColumn[] {
  const parts = Array.from(cells, (cell) => splitCell(cell, rowOrder))
  return orderColumns(rowOrder).map((each, k) => ({
    ...each,
    cells: Float64Array.from(parts, (part) => part[k]!),
  }))
}

/** A table's columns as its children see them. */
export function shownColumns(database: Database, plans: Plans, name: string): TableColumn[] {
  const table = database.tables.get(name)!
  const all = table.columns
  const { references, clock: rowOrder } = plans[name]!
  const names = [
    ...(rowOrder ? [rowOrder.column.name] : []),
    ...ownColumns(database.schema, plans, { ...table, name }),
  ]
  return [
    ...names.map((each) => columnNamed(all, each)),
    ...references.flatMap((plan, k) => (plan === 'name' ? [nameColumn(database, name, k)] : [])),
    ...shownCounts(database, plans, name),
  ]
}

/** Before the names of columns of a row that a reference leads to. */
export const wantedPrefix = (columns: readonly string[]) => `${columns.join('+')}.`

/** The column that says whether a row has a reference that it may lack. */
export const isSetName = (columns: readonly string[]) => `${columns.join('+')} is set`

/**
 * What is drawn with a row of the row that a reference leads to: its own columns, by which the nearest is found, and whether there
 * is one. Columns of its key that the row's order says are left out.
 */
export function wantedColumns(
  database: Database,
  plans: Plans,
  name: string,
  reference: number,
): TableColumn[] {
  const { schema, tables } = database
  const { columns, table: other, optional } = schema.tables[name]!.references[reference]!
  const links = tables.get(name)!.links[reference]!
  const shared = saidKeys(database, plans, name, reference)
  const theirs = tables.get(other)!
  const wanted = ownColumns(schema, plans, { ...theirs, name: other })
    .filter((each) => !shared.some(({ key }) => key === each))
    .map((each) =>
      named(gathered(columnNamed(theirs.columns, each), links), `${wantedPrefix(columns)}${each}`),
    )
  const isSet: TableColumn = {
    name: isSetName(columns),
    kind: 'boolean',
    categories: ['no', 'yes'],
    cells: Float64Array.from(links, (row) => Number(row >= 0)),
  }
  return optional ? [isSet, ...wanted] : wanted
}

/** The columns of a key that are known where the row that a reference leads to is chosen: by the order, or by the parent's key. */
export function saidKeys(
  { schema }: Pick<Database, 'schema'>,
  plans: Plans,
  name: string,
  reference: number,
): { readonly own: string; readonly key: string }[] {
  const { references, order } = schema.tables[name]!
  const { columns, table: other } = references[reference]!
  const parent = plans[name]!.references.indexOf('parent')
  const givenNames = new Set([
    ...(plans[name]!.clock && order !== undefined ? [order] : []),
    ...(references[parent]?.columns ?? []),
  ])
  const { key = [] } = schema.tables[other]!
  return columns.flatMap((column, k) => (givenNames.has(column) ? [{ own: column, key: key[k]! }] : []))
}
