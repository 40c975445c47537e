import { InputError } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'
import { type Families, minRows, type ReportSources } from '../../measure/prepare.ts'
import { isGenerated, type NamedTable, type Table, withoutColumns } from '../../table/table.ts'
import { type Database, tablesInOrder } from '../database.ts'
import { planReferences, type ReferencePlan } from '../learned/plan.ts'
import { nameColumn } from '../learned/reference-data.ts'
import { stepOrder } from '../learned/row-order.ts'
import type { TableSamples } from '../model.ts'
import type { ChildGroups } from './child-groups.ts'
import { type Followed, type FollowedReference, followReferences } from './follow.ts'

/** The tables of a report on several. */
export interface DatabaseReportSources {
  /** What a model of several tables has drawn, by their names, or tables that were read. */
  readonly samples: Readonly<Record<string, NamedTable>> | TableSamples | Database
  /** Held-out parents with their children, of the same source, that were not trained on. */
  readonly against: Database
  /** The rows that were trained on. */
  readonly train: Database
}

/** Something of each of the three sets. */
export type Sets<T> = Readonly<Record<keyof ReportSources, T>>

export function inEach<T>(make: (of: keyof ReportSources) => T): Sets<T> {
  return { samples: make('samples'), against: make('against'), train: make('train') }
}

/** A table's rows in all three sets. */
export interface TablePart {
  readonly name: string
  /** The columns that are measured. */
  readonly sources: Sets<NamedTable>
  /** By row, the first ancestor; undefined of a table without a parent. */
  readonly groups: Families | undefined
  /** Why the table is not measured by itself; undefined if it is. */
  readonly omitted: Omitted | undefined
}

/** What is not measured. */
export interface Omitted {
  readonly sentence: string
  /** Whether there is something to measure after all, so that nothing can be said of it. */
  readonly isOpen: boolean
}

/** A reference in all three sets. */
export interface ReferencePart {
  readonly child: string
  readonly parent: string
  readonly columns: readonly string[]
  /** How often samples of the child lead to a row. */
  readonly followed: FollowedReference
  /** Whether each parent has all of its children in its set: of the reference that children are drawn by. */
  readonly isWhole: boolean
  readonly groups: Sets<ChildGroups>
  /** By row of the child and of the parent, the first ancestor. */
  readonly ofChildren: Families
  readonly ofParents: Families
}

/** Several tables, prepared to be measured. */
interface DatabaseParts {
  readonly tables: readonly TablePart[]
  /** Without those of a table to itself. */
  readonly references: readonly ReferencePart[]
  /** By table, the key in its samples. */
  readonly keys: Followed['keys']
}

/**
 * Prepares several tables to be measured.
 *
 * @throws InputError on tables that are not the same in all three sets.
 */
export function partsOf({ samples: given, against, train }: DatabaseReportSources): DatabaseParts {
  const { schema } = train
  const isOfSchema = given.tables instanceof Map
  const samples = isOfSchema
    ? (given as TableSamples | Database)
    : { schema, tables: new Map(Object.entries(given)) }
  const names = tablesInOrder(schema)
  for (const [option, { tables }] of Object.entries({ samples, against })) {
    const lacking = names.find((name) => !tables.has(name))
    if (lacking !== undefined)
      throw new InputError(
        `${option} has no table ${printable(lacking)}, which the training rows have: give the same tables`,
        'conflict',
        { option },
      )
  }
  const followed = followReferences(samples)
  const sets = { samples: followed.database, against, train }
  const plans = Object.fromEntries(names.map((name) => [name, planReferences(train, name)]))
  const groups = new Map(names.map((name) => [name, inEach((of) => groupsOf(sets[of], plans, name))]))
  const reported = new Map(names.map((name) => [name, inEach((of) => reportedTable(sets[of], plans, name))]))
  /** The column of a table's order, if it is measured. */
  const orderOf = (name: string) =>
    reported.get(name)!.train.columns.find((column) => column.name === schema.tables[name]!.order)?.name
  const tables = names.map((name): TablePart => {
    const part = { name, sources: reported.get(name)!, groups: groups.get(name)! }
    const isChild = plans[name]!.includes('parent')
    return { ...part, groups: isChild ? part.groups : undefined, omitted: omittedBy(train, part) }
  })
  /** The children of a reference: an order that it takes part in is the same in the row that it leads to. */
  const childrenOf = (child: string, columns: readonly string[], of: keyof ReportSources) => {
    const order = orderOf(child)
    const isShared = order !== undefined && columns.includes(order)
    const all = reported.get(child)![of]
    return isShared ? { children: withoutColumns(all, [order]) } : { children: all, order }
  }
  const referencesOf = (child: string) =>
    schema.tables[child]!.references.flatMap(({ table: parent, columns }, k): ReferencePart[] => {
      if (parent === child) return []
      const ofReference = inEach((of) => ({
        parents: reported.get(parent)![of],
        ...childrenOf(child, columns, of),
        links: sets[of].tables.get(child)!.links[k]!,
      }))
      return [
        {
          child,
          parent,
          columns,
          followed: followed.references.get(child)![k]!,
          isWhole: plans[child]![k] === 'parent',
          groups: ofReference,
          ofChildren: groups.get(child)!,
          ofParents: groups.get(parent)!,
        },
      ]
    })
  const references = names.flatMap((name) => (schema.tables[name]!.keep ? [] : referencesOf(name)))
  return { tables, references, keys: followed.keys }
}

/** How many groups rows are of. */
export function groupCount(groups: Int32Array): number {
  return new Set(groups).size
}

type OwnRows = Pick<TablePart, 'name' | 'sources'> & { readonly groups: Families }

function omittedBy({ schema }: Database, { name, sources, groups }: OwnRows): Omitted | undefined {
  const { against, train } = sources
  if (schema.tables[name]!.keep)
    return { isOpen: false, sentence: `${name} keeps its real rows: the samples have them as they are.` }
  if (against.columns.length === 0)
    return { isOpen: false, sentence: `${name} has no columns but its key and references.` }
  if (isSame(against, train))
    return {
      isOpen: true,
      sentence: `${name} could not be held out, as rows of other tables refer to its rows: all of them were trained on, and nothing can be said of them.`,
    }
  const sets = {
    sample: groups.samples,
    'held-out row': groups.against,
    'training row': groups.train,
  }
  const few = Object.entries(sets).find(([, rows]) => groupCount(rows) < minRows)
  if (!few) return undefined
  const [what, rows] = few
  const count = groupCount(rows)
  const isChild = groupCount(groups.train) < train.count
  return {
    isOpen: true,
    sentence: isChild
      ? `The ${what}s of ${name} are of ${count === 1 ? 'one family' : `${count} families`}: a report needs ${minRows} or more.`
      : `There ${count === 1 ? 'is' : 'are'} ${counted(count, what)} of ${name}: a report needs ${minRows} or more.`,
  }
}

/** Whether two tables have the same rows, as those have that could not be kept aside. */
export function isSame(a: Table, b: Table): boolean {
  return (
    a.count === b.count &&
    a.columns.length === b.columns.length &&
    a.columns.every(({ cells }, d) => cells.every((cell, i) => Object.is(cell, b.columns[d]!.cells[i])))
  )
}

/** By table, how the rows that its references lead to are found. */
type ReferencePlans = Readonly<Record<string, readonly ReferencePlan[]>>

/**
 * The columns of a table that a report measures: without generated ones, keys of one column, and references; a reference to a
 * reference data is the name of its row.
 */
function reportedTable(database: Database, plans: ReferencePlans, name: string): NamedTable {
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
