import { countsOf } from '../../measure/statistics.ts'
import { shuffled } from '../../numerics/random.ts'
import { columnNamed, named } from '../../table/columns.ts'
import { leastRows } from '../../table/least-rows.ts'
import { Outermost } from '../../table/outermost.ts'
import { definitionOf, gathered, isGenerated, type TableColumn } from '../../table/table.ts'
import type { Database } from '../database.ts'
import { parentOf } from '../parent.ts'
import { chosenContext } from './context.ts'
import { learnedCounts, shownCounts } from './counts.ts'
import { ownColumns, type Plans } from './plan.ts'
import { nameColumn } from './reference-data.ts'
import { asRepeats } from './repeats.ts'
import { inOrder, splitOrder } from './row-order.ts'
import { siblingsOf } from './siblings.ts'

/**
 * The rows that a table's model learns, by the plans of all tables.
 *
 * @param like - The context of the training rows, for those that are held out. Default: it is chosen.
 * @returns The rows; the columns that are known of each, those of its parent and of the rows before it; how many parents they have; and the
 * cells of these in the parent's columns, each once, as what a file holds of a parent's column is derived from three parents or more.
 */
export function learnedRows(database: Database, plans: Plans, name: string, like?: readonly string[]) {
  const table = database.tables.get(name)!
  const { rowOrder, repeats = {} } = plans[name]!
  const parent = parentOf(database.schema, name)
  const generated = generatedColumns(database, plans, name)
  const learned = learnedColumns(database, plans, name)
  if (!parent) {
    const all = { name: table.name, columns: [...learned, ...generated], count: table.count }
    return {
      table: all,
      context: [] as string[],
      parentCells: undefined,
      parents: undefined,
      step: undefined,
    }
  }
  const parentName = parent.reference.table
  const of = groupOf(table.links[parent.index]!, database.tables.get(parentName)!.count)
  const shown = shownColumns(database, plans, parentName).map((each) => gathered(each, of.parents))
  const ofParents = like ? shown : shown.map((each) => withoutRare(each, of.sizes))
  const siblings = siblingsOf({
    parent: parentName,
    parents: ofParents,
    count: of.parents.length,
    sizes: of.sizes,
    learned: learned.map(definitionOf),
    rowOrder,
  })
  const order = rowOrder && columnNamed(table.columns, rowOrder.column.name).cells
  const rows = inOrder(of.rows, order)
  const candidates = siblings.columns.map((column) => ({
    ...column,
    cells: new Float64Array(rows.length),
  }))
  const drawn = new Float64Array(learned.length)
  for (const [k, i] of rows.entries()) {
    for (const [d, { cells }] of candidates.entries()) cells[k] = siblings.cellOf(d, of.rows[i]!)
    for (const [d, { cells }] of learned.entries()) drawn[d] = cells[i]!
    siblings.add(of.rows[i]!, drawn)
  }
  capSizes(candidates, siblings.ofSequence, of.sizes)
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
    parentCells: new Map(
      siblings.ofParent.map((each, d) => [each, ofParents[d]!.cells.filter((_, p) => of.sizes[p]! > 0)]),
    ),
    parents: new Set(of.rows).size,
    step:
      rowOrder && names.includes(siblings.before!)
        ? { column: rowOrder.column.name, from: siblings.before! }
        : undefined,
  }
}

/**
 * A column of parents without names that only one or two of them have, of those that have rows; without any cell if only so few have a
 * value: what a file holds of it is derived from three parents or more.
 */
function withoutRare(column: TableColumn, sizes: Float64Array): TableColumn {
  const { kind, cells } = column
  const present = cells.filter((cell, p) => sizes[p]! > 0 && !Number.isNaN(cell))
  const isFew = present.length < leastRows
  if (kind !== 'category' && !isFew) return column
  const rows = countsOf(present)
  const isRare = (cell: number) => isFew || (rows.get(cell) ?? 0) < leastRows
  return { ...column, cells: cells.map((cell) => (isRare(cell) ? Number.NaN : cell)) }
}

/** Writes the mean of the three largest numbers of rows of a parent where a place, or how many rows are left, is beyond it. */
function capSizes(
  columns: readonly TableColumn[],
  [place, left]: readonly string[],
  sizes: Float64Array,
): void {
  const outermost = new Outermost().addAll(sizes)
  const most = outermost.areFew ? 1 : Math.round(outermost.means[1])
  for (const name of [place!, left!]) {
    const { cells } = columnNamed(columns, name)
    for (const [k, cell] of cells.entries()) cells[k] = Math.min(cell, most)
  }
}

/**
 * The parents of a child's rows, by its links: those of the parent's table, and one without a row for each row that has none.
 *
 * @returns By parent, its row or -1, and how many rows it has; by row, its parent.
 */
function groupOf(links: Int32Array, parentRows: number) {
  const parents: number[] = Array.from({ length: parentRows }, (_, i) => i)
  const rows = links.map((link) => (link < 0 ? parents.push(-1) - 1 : link))
  const sizes = new Float64Array(parents.length)
  for (const parent of rows) sizes[parent]!++
  return { parents, sizes, rows }
}

/** The columns of a table whose cells are generated, but those without a value in any row. */
export function generatedColumns({ tables }: Database, plans: Plans, name: string): TableColumn[] {
  const { missing = [] } = plans[name]!
  return tables.get(name)!.columns.filter((each) => isGenerated(each) && !missing.includes(each.name))
}

/** The columns that the model of a table learns of each row, in its order: with a row order, those of it first. */
export function learnedColumns(database: Database, plans: Plans, name: string): TableColumn[] {
  const { count, columns } = database.tables.get(name)!
  const { references, rowOrder, missing = [], isBare } = plans[name]!
  const ofReferences = references.flatMap((plan, k): TableColumn[] => {
    if (plan === 'name') return [nameColumn(database, name, k)]
    return plan === 'nearest' ? wantedColumns(database, plans, name, k) : []
  })
  return [
    ...(rowOrder ? splitOrder(columnNamed(columns, rowOrder.column.name), rowOrder) : []),
    ...ownColumns(database, plans, name),
    ...ofReferences.filter((each) => !missing.includes(each.name)),
    ...learnedCounts(database, plans, name),
    ...(isBare ? [evenRows(count)] : []),
  ]
}

/** The column that a table learns that has nothing else to learn. */
export const evenName = 'row is even'

/** It holds nothing of the rows. */
function evenRows(count: number): TableColumn {
  return {
    name: evenName,
    kind: 'boolean',
    categories: ['no', 'yes'],
    cells: Float64Array.from({ length: count }, (_, i) => i % 2),
  }
}

/** The columns that are learned as they are in the rows: with a row order, its column first. */
export function rowColumns(database: Database, plans: Plans, name: string): TableColumn[] {
  const { columns } = database.tables.get(name)!
  const { rowOrder } = plans[name]!
  return [
    ...(rowOrder ? [columnNamed(columns, rowOrder.column.name)] : []),
    ...ownColumns(database, plans, name),
  ]
}

/** A table's columns as its children see them. */
export function shownColumns(database: Database, plans: Plans, name: string): TableColumn[] {
  const { references } = plans[name]!
  return [
    ...rowColumns(database, plans, name),
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
function wantedColumns(database: Database, plans: Plans, name: string, reference: number): TableColumn[] {
  const { schema, tables } = database
  const { columns, table: other, optional } = schema.tables[name]!.references[reference]!
  const links = tables.get(name)!.links[reference]!
  const shared = saidKeys(database, plans, name, reference)
  const wanted = ownColumns(database, plans, other)
    .filter((each) => !shared.some(({ key }) => key === each.name))
    .map((each) => named(gathered(each, links), `${wantedPrefix(columns)}${each.name}`))
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
  const { columns, table: other } = schema.tables[name]!.references[reference]!
  const rowOrder = plans[name]!.rowOrder
  const givenNames = [
    ...(rowOrder ? [rowOrder.column.name] : []),
    ...(parentOf(schema, name)?.reference.columns ?? []),
  ]
  const { key = [] } = schema.tables[other]!
  return columns.flatMap((column, k) => (givenNames.includes(column) ? [{ own: column, key: key[k]! }] : []))
}
