import { InputError } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'
import { type Families, minRows, type ReportSources } from '../../measure/prepare.ts'
import { type NamedTable, type Table, withoutColumns } from '../../table/table.ts'
import type { Database } from '../database.ts'
import { tablesInOrder } from '../database.ts'
import { planReferences } from '../learned/plan.ts'
import type { TableSamples } from '../model.ts'
import type { ChildGroups } from './child-groups.ts'
import { type Followed, type FollowedReference, followReferences } from './follow.ts'
import { groupsOf, reportedTable } from './reported.ts'

/** The tables of a report on several. */
export interface DatabaseReportSources {
  /** What a model of several tables has drawn, by their names, or tables that were read. */
  readonly samples: Readonly<Record<string, NamedTable>> | TableSamples | Database
  /** Held-out parents with their children, of the same source, that were not trained on. */
  readonly against: Database
  /** The rows that were trained on. */
  readonly train: Database
}

/** A table's rows in all three sets. */
export interface TablePart {
  readonly name: string
  /** The columns that are measured. */
  readonly sources: Readonly<Record<keyof ReportSources, ReturnType<typeof reportedTable>>>
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
  readonly groups: Readonly<Record<keyof ReportSources, ChildGroups>>
  /** By row of the child and of the parent, the first ancestor. */
  readonly ofChildren: Families
  readonly ofParents: Families
}

/** Several tables, prepared to be measured. */
export interface DatabaseParts {
  readonly tables: readonly TablePart[]
  /** Without those of a table to itself. */
  readonly references: readonly ReferencePart[]
  /** By table, the key in its samples. */
  readonly keys: Followed['keys']
}

function isOfSchema(samples: DatabaseReportSources['samples']): samples is TableSamples | Database {
  return (samples as TableSamples).tables instanceof Map
}

/**
 * Prepares several tables to be measured.
 *
 * @throws InputError on tables that are not the same in all three sets.
 */
export function partsOf({ samples: given, against, train }: DatabaseReportSources): DatabaseParts {
  const { schema } = train
  const samples = isOfSchema(given) ? given : { schema, tables: new Map(Object.entries(given)) }
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
  const inEach = <T>(
    make: (set: Database, of: keyof ReportSources) => T,
  ): Record<keyof ReportSources, T> => ({
    samples: make(sets.samples, 'samples'),
    against: make(sets.against, 'against'),
    train: make(sets.train, 'train'),
  })
  const groups = new Map(names.map((name) => [name, inEach((set) => groupsOf(set, plans, name))]))
  const reported = new Map(names.map((name) => [name, inEach((set) => reportedTable(set, plans, name))]))
  /** The column of a table's order, if it is measured. */
  const orderOf = (name: string) =>
    reported.get(name)!.train.columns.find((column) => column.name === schema.tables[name]!.order)?.name
  const tables = names.map((name): TablePart => {
    const sources = reported.get(name)!
    const isChild = plans[name]!.includes('parent')
    const ofChild = isChild ? groups.get(name)! : undefined
    return {
      name,
      sources,
      groups: ofChild,
      omitted: omittedBy(train, { name, sources, groups: groups.get(name)! }),
    }
  })
  /** The children of a reference: an order that it takes part in is the same in the row that it leads to. */
  const childrenOf = (child: string, columns: readonly string[], of: keyof ReportSources) => {
    const order = orderOf(child)
    const isShared = order !== undefined && columns.includes(order)
    const all = reported.get(child)![of]
    return isShared ? { children: withoutColumns(all, [order]) } : { children: all, order }
  }
  const references = names.flatMap((child) =>
    schema.tables[child]!.keep
      ? []
      : schema.tables[child]!.references.flatMap(({ table: parent, columns }, k): ReferencePart[] =>
          parent === child
            ? []
            : [
                {
                  child,
                  parent,
                  columns,
                  followed: followed.references.get(child)![k]!,
                  isWhole: plans[child]![k] === 'parent',
                  groups: inEach((set, of) => ({
                    parents: reported.get(parent)![of],
                    ...childrenOf(child, columns, of),
                    links: set.tables.get(child)!.links[k]!,
                  })),
                  ofChildren: groups.get(child)!,
                  ofParents: groups.get(parent)!,
                },
              ],
        ),
  )
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

function isSame(a: Table, b: Table): boolean {
  return (
    a.count === b.count &&
    a.columns.length === b.columns.length &&
    a.columns.every(({ cells }, d) => cells.every((cell, i) => Object.is(cell, b.columns[d]!.cells[i])))
  )
}
