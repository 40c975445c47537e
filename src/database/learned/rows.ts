import { shuffled } from '../../numerics/random.ts'
import type { Step } from '../../table/relations/step.ts'
import { isGenerated, type NamedTable } from '../../table/table.ts'
import type { Database, LinkedTable } from '../database.ts'
import { clockColumns, inOrder, splitCell } from './clock.ts'
import { chosenContext } from './context.ts'
import { countsFilled, learnedCounts } from './counts.ts'
import { type Filled, filledIn, filledNamed, gathered, named, tableOf } from './filled.ts'
import { nameColumn } from './kept-names.ts'
import { ownColumns, type Plans } from './plan.ts'
import { asRepeats } from './repeats.ts'
import { siblingsOf } from './siblings.ts'

/** What the model of a table is trained on. */
export interface LearnedRows {
  readonly table: NamedTable<Float64Array>
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
  const { references, clock, repeats = {} } = plans[name]!
  const parent = references.indexOf('parent')
  const all = filledIn(table)
  const generated = generatedColumns(plans, { ...table, name })
  const learned = learnedColumns(database, plans, name)
  if (parent < 0)
    return { table: tableOf(table.name, [...learned, ...generated], table.points.count), context: [] }
  const links = table.links[parent]!
  const { table: parentName } = database.schema.tables[name]!.references[parent]!
  const orphans = links.reduce((sum, row) => sum + Number(row < 0), 0)
  const parentTable = database.tables.get(parentName)!
  const of = familyOf(links, parentTable.points.count)
  const siblings = siblingsOf({
    parent: parentName,
    parents: shownColumns(database, plans, parentName).map((each) => gathered(each, of.parents)),
    count: parentTable.points.count + orphans,
    sizes: of.sizes,
    learned: learned.map(({ column }) => column),
    clock,
  })
  const order = clock && filledNamed(all, clock.column.name).cells
  const rows = inOrder(of.rows, order)
  const width = siblings.columns.length
  const context = new Float64Array(rows.length * width)
  const cells = new Float64Array(learned.length)
  for (const [k, i] of rows.entries()) {
    siblings.write(of.rows[i]!, context, k * width)
    for (const [d, each] of learned.entries()) cells[d] = each.cells[i]!
    siblings.add(of.rows[i]!, cells, 0)
  }
  const candidates = siblings.columns
    .map((column, d) => ({ column, cells: rows.map((_, k) => context[k * width + d]!) }))
    .map(({ column, cells }) => ({ column, cells: Float64Array.from(cells) }))
  const ordered = learned.map((each) => gathered(each, rows))
  const names = like ?? chosenContext(candidates, ordered, siblings, database.schema.tables[name]!.key)
  const contextColumns = candidates.filter(({ column }) => names.includes(column.name))
  const isNext = (k: number) => k > 0 && of.rows[rows[k]!] === of.rows[rows[k - 1]!]
  const inRows = [
    ...ordered.map((each) => asRepeats(each, repeats, isNext)),
    ...generated.map((each) => gathered(each, rows)),
  ]
  // rows of one parent are not beside each other where some rows stand for all
  const mixed = shuffled(rows.length, 0, 0)
  return {
    table: tableOf(
      table.name,
      [...contextColumns, ...inRows].map((each) => gathered(each, mixed)),
      rows.length,
    ),
    context: contextColumns.map(({ column }) => column.name),
    parents: new Set(of.rows).size,
    ...(clock && { step: { column: clock.column.name, from: siblings.before! } }),
  }
}

/**
 * The parents of a child's rows, by its links: those of the parent's table, and one without a row for each row that has none.
 *
 * @returns By parent, its row or -1, and how many rows it has; by row, its parent.
 */
export function familyOf(links: Int32Array, parentRows: number) {
  const parents: number[] = Array.from({ length: parentRows }, (_, i) => i)
  const rows = links.map((link) => (link < 0 ? parents.push(-1) - 1 : link))
  const sizes = new Float64Array(parents.length)
  for (const parent of rows) sizes[parent]!++
  return { parents, sizes, rows }
}

/** The columns of a table whose cells are made, but those without a value in any row. */
export function generatedColumns(plans: Plans, table: LinkedTable): Filled[] {
  const { missing = [] } = plans[table.name]!
  return filledIn(table).filter(({ column }) => isGenerated(column) && !missing.includes(column.name))
}

/** The columns that the model of a table learns of each row, in its order: with a clock, the clock's first. */
export function learnedColumns(database: Database, plans: Plans, name: string): Filled[] {
  const table = database.tables.get(name)!
  const { references, clock, missing = [], isBare } = plans[name]!
  const all = filledIn(table)
  const links = references
    .flatMap((plan, k): Filled[] =>
      plan === 'name'
        ? [nameColumn(database, name, k)]
        : plan === 'nearest'
          ? wantedColumns(database, plans, name, k)
          : [],
    )
    .filter(({ column }) => !missing.includes(column.name))
  return [
    ...(clock ? clockFilled(filledNamed(all, clock.column.name), clock) : []),
    ...ownColumns(database.schema, plans, { ...table, name }).map((each) => filledNamed(all, each)),
    ...links,
    ...learnedCounts(database, plans, name),
    ...(isBare ? [evenRows(table.points.count)] : []),
  ]
}

/** What a table learns that has nothing else to learn. */
function evenRows(count: number): Filled {
  return {
    column: { name: 'row is even', kind: 'boolean', categories: ['no', 'yes'] },
    cells: Float64Array.from({ length: count }, (_, i) => i % 2),
  }
}

function clockFilled({ cells }: Filled, clock: NonNullable<Plans[string]['clock']>): Filled[] {
  const parts = Array.from(cells, (cell) => splitCell(cell, clock))
  return clockColumns(clock).map((each, k) => ({
    column: each,
    cells: Float64Array.from(parts, (part) => part[k]!),
  }))
}

/** A table's columns as its children see them. */
export function shownColumns(database: Database, plans: Plans, name: string): Filled[] {
  const table = database.tables.get(name)!
  const all = filledIn(table)
  const { references, clock } = plans[name]!
  const names = [
    ...(clock ? [clock.column.name] : []),
    ...ownColumns(database.schema, plans, { ...table, name }),
  ]
  return [
    ...names.map((each) => filledNamed(all, each)),
    ...references.flatMap((plan, k) => (plan === 'name' ? [nameColumn(database, name, k)] : [])),
    ...countsFilled(database, plans, name),
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
export function wantedColumns(database: Database, plans: Plans, name: string, reference: number): Filled[] {
  const { schema, tables } = database
  const { columns, table: other, optional } = schema.tables[name]!.references[reference]!
  const links = tables.get(name)!.links[reference]!
  const shared = saidKeys(database, plans, name, reference)
  const theirs = tables.get(other)!
  const all = filledIn(theirs)
  const wanted = ownColumns(schema, plans, { ...theirs, name: other })
    .filter((each) => !shared.some(({ key }) => key === each))
    .map((each) => named(gathered(filledNamed(all, each), links), `${wantedPrefix(columns)}${each}`))
  const isSet: Filled = {
    column: { name: isSetName(columns), kind: 'boolean', categories: ['no', 'yes'] },
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
