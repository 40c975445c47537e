/** How the tables of a database are learned and drawn: one model a table, children under the columns of their parents. */
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import type { Candidates } from '../../model/candidates.ts'
import { leastRows } from '../../table/least-rows.ts'
import type { Rule } from '../../table/rules/index.ts'
import { type Column, isGenerated, type TableColumn } from '../../table/table.ts'
import { type Database, tablesInOrder } from '../database.ts'
import { isBefore, parentOf } from '../parent.ts'
import { fewRows } from '../propose.ts'
import type { Schema } from '../schema.ts'
import { countColumns, countsOf, sharedCounts } from './counts.ts'
import { hasFewNames } from './reference-data.ts'
import { type OrderPlan, planOrder } from './row-order.ts'

/**
 * How the row that a reference leads to is found: the rows are drawn as children of it; the reference is learned as the name of
 * a row of reference data; or the other row's columns are drawn too, and the nearest free row is taken.
 */
export type ReferencePlan = 'parent' | 'name' | 'nearest'

/** A column that is always that of the row that a reference leads to. */
export interface Copied {
  readonly column: string
  /** The index of the reference. */
  readonly reference: number
  readonly from: string
}

/** The rules of a table that are checked on each drawn row, and the columns that they are about. */
export interface CheckedRules {
  readonly rules: readonly Rule[]
  readonly columns: readonly Column[]
}

/** By column whose names the rows of a parent repeat, the name that stands for that of the row before. */
export type Repeats = Readonly<Record<string, string>>

/** What is known of a table in addition to its schema and its model. */
export interface TablePlan {
  /** The training rows. */
  readonly rows: number
  readonly references: readonly ReferencePlan[]
  readonly copied: readonly Copied[]
  /** How the order of a parent's rows is learned. */
  readonly rowOrder?: OrderPlan | undefined
  /** Of a child whose parent may be missing: the rows without one; none if they are only one or two. */
  readonly orphans: number
  /** Of reference data: how many rows of another refer to each of its rows, about, by the column that counts them. */
  readonly counts?: Readonly<Record<string, readonly number[]>> | undefined
  readonly repeats?: Repeats | undefined
  /** The columns that are not learned: those without a value in any training row, and whether a row has a reference that every row has. */
  readonly missing?: readonly string[] | undefined
  /** Whether no two training rows differ in what could be learned. */
  readonly isBare?: boolean | undefined
  /** How one of several groups is chosen for each parent. */
  readonly groups?: Candidates | undefined
  /** The rules that each drawn row is checked by. */
  readonly rules?: CheckedRules | undefined
}

export type Plans = Readonly<Record<string, TablePlan>>

/** Plans each table of a database, parents first. */
export function planTables(database: Database): Plans {
  const { schema, tables } = database
  // a table may be named __proto__
  const plans: Record<string, TablePlan> = Object.create(null)
  for (const name of tablesInOrder(schema)) {
    const table = tables.get(name)!
    const links = table.links[parentOf(schema, name)?.index ?? -1]
    const rowOrder = planOrder(database, name)
    const orphans = links?.filter((row) => row < 0).length ?? 0
    plans[name] = {
      rows: table.count,
      references: planReferences(database, name),
      copied: copiedColumns(database, name),
      orphans: orphans < leastRows ? 0 : orphans,
      ...(rowOrder && { rowOrder }),
    }
  }
  for (const [name, plan] of Object.entries(plans)) {
    const counted = schema.tables[name]!.keep ? countColumns(schema, plans, name) : []
    const counts = counted.map((each) => [each.name, sharedCounts(countsOf(database, name, each))])
    if (counted.length > 0) plans[name] = { ...plan, counts: Object.fromEntries(counts) }
  }
  return plans
}

/** How the rows that a table's references lead to are found. */
export function planReferences(database: Database, name: string): ReferencePlan[] {
  const { schema } = database
  const { references, keep } = schema.tables[name]!
  if (keep) return references.map(() => 'name')
  const parent = parentOf(schema, name)?.index
  return references.map(({ table }, k) => {
    if (k === parent) return 'parent'
    return schema.tables[table]!.keep && hasFewNames(database, name, k) ? 'name' : 'nearest'
  })
}

/** The columns that repeat one of a row that they refer to, in every row; the row is there before they are drawn. */
function copiedColumns({ schema, tables }: Database, name: string): Copied[] {
  const { references, keep } = schema.tables[name]!
  if (keep) return []
  const table = tables.get(name)!
  const referring = new Set(references.flatMap(({ columns }) => columns))
  return table.columns.flatMap((column): Copied[] => {
    if (referring.has(column.name) || column.name === schema.tables[name]!.order) return []
    for (const [reference, { table: other }] of references.entries()) {
      if (!isBefore(schema, other, name)) continue
      const target = tables.get(other)!
      const { key = [] } = schema.tables[other]!
      const unknown = new Set([...key, ...laterColumns(schema, other)])
      const from = target.columns.find(
        (each) => !unknown.has(each.name) && isCopy(column, each, table.links[reference]!),
      )
      if (from) return [{ column: column.name, reference, from: from.name }]
    }
    return []
  })
}

/** The columns of a table that get their cells when later tables are drawn, too late for the rows of its children. */
export function laterColumns(schema: Schema, name: string): string[] {
  const { references, keep } = schema.tables[name]!
  const isLater = (other: string) =>
    keep ? !schema.tables[other]!.keep : other !== name && !isBefore(schema, other, name)
  return references.flatMap(({ columns, table }) => (isLater(table) ? columns : []))
}

/** The fewest rows, and values among them, that show a copy. */
const [fewestRows, fewestValues] = [20, 3]

function isCopy(column: TableColumn, other: TableColumn, links: Int32Array): boolean {
  const [texts, otherTexts] = [column.categories, other.categories]
  if ((texts === undefined) !== (otherTexts === undefined)) return false
  const value = (cell: number, of: readonly string[] | undefined) => (of ? of[cell] : cell)
  const values = new Set<unknown>()
  let rows = 0
  for (const [i, link] of links.entries()) {
    const cell = column.cells[i]!
    const there = link < 0 ? Number.NaN : other.cells[link]!
    if (Number.isNaN(cell) && Number.isNaN(there)) continue
    if (Number.isNaN(cell) || Number.isNaN(there) || value(cell, texts) !== value(there, otherTexts))
      return false
    values.add(value(cell, texts))
    rows++
  }
  return rows >= fewestRows && values.size >= fewestValues
}

/**
 * The columns of a table that its model learns as they are: not generated ones, those that refer to others, that are
 * copied, nor that by which rows follow each other.
 */
export function ownColumns({ schema, tables }: Database, plans: Plans, name: string): TableColumn[] {
  const { copied, rowOrder, missing = [] } = plans[name]!
  const ofReferences = schema.tables[name]!.references.flatMap((each) => each.columns)
  const left = new Set([...ofReferences, ...copied.map(({ column }) => column), ...missing])
  if (rowOrder) left.add(rowOrder.column.name)
  return tables.get(name)!.columns.filter((column) => !isGenerated(column) && !left.has(column.name))
}

/** Throws InputError if there is no table to learn, and on reference data whose key names new rows. */
export function requireTables({ schema, tables }: Database): void {
  const all = Object.entries(schema.tables)
  if (all.length === 0)
    throw new InputError('no table has a row, so that there is nothing to learn: add rows', 'bad-data')
  if (all.every(([, { keep }]) => keep))
    throw new InputError(
      'every table keeps its rows, so that there is nothing to learn: leave `keep` out of the schema where rows are to be drawn',
      'bad-data',
    )
  for (const [name, { key = [], keep, references }] of all) {
    const { count } = tables.get(name)!
    if (!keep && count < leastRows)
      throw new InputError(
        `table ${printable(name)} has ${fewRows(count)}, from which nothing can be learned: say "keep": true in schema.json, and the model file has ${count === 1 ? 'the row as it is' : 'its rows as they are'}, or take the table out of schema.json`,
        'bad-data',
      )
    const generated = references.find(
      ({ columns, table }) =>
        keep && count > 1 && !schema.tables[table]!.keep && columns.some((column) => key.includes(column)),
    )
    if (generated)
      throw new InputError(
        `table ${printable(name)} keeps its rows, and its key ${key.map(printable).join(', ')} refers to ${printable(generated.table)}, which gets new rows: leave \`keep\` out of one, or give it to both`,
        'conflict',
      )
  }
}
