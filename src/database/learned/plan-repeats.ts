import { columnNamed } from '../../table/columns.ts'
import { codesOf, isDetermined } from '../../table/relations/find-determined.ts'
import { namesOf, type TableColumn } from '../../table/table.ts'
import type { Database } from '../database.ts'
import { parentOf } from '../parent.ts'
import { ownColumns, type Plans, type Repeats } from './plan.ts'
import { inOrder } from './row-order.ts'
import { learnedColumns } from './rows.ts'

/** The least share of rows that repeat the name of the row before, beyond those that would by chance. */
const leastShare = 0.5

/** The fewest rows that may show it, and how often each name must begin on average. */
const [fewestRows, fewestBegun] = [20, 5]

/**
 * Plans the columns of a child whose names are repeated. Left out are those of its key and of rules, and those that determine another
 * column, alone or with a name, or that another determines: all of these are learned as they are, since a repeated name would hide
 * the relation.
 *
 * @param inRules - The columns that rules of the table's model are about.
 */
export function planRepeats(
  database: Database,
  plans: Plans,
  name: string,
  inRules: ReadonlySet<string>,
): Repeats {
  const { rowOrder } = plans[name]!
  const parent = parentOf(database.schema, name)
  if (!parent) return {}
  const table = database.tables.get(name)!
  const links = table.links[parent.index]!
  const rows = inOrder(links, rowOrder && columnNamed(table.columns, rowOrder.column.name).cells)
  const learned = learnedColumns(database, plans, name)
  const { key = [] } = database.schema.tables[name]!
  const ownNames = namesOf({ columns: ownColumns(database, plans, name) })
  const isRelated = relatedIn(learned, new Set(ownNames))
  return Object.fromEntries(
    learned.flatMap((column, d) => {
      const isPlanned =
        column.kind === 'category' &&
        !key.includes(column.name) &&
        !inRules.has(column.name) &&
        isRepeated(column, rows, links) &&
        !isRelated(d)
      return isPlanned ? [[column.name, freeName(column.categories!, 'as the row before')]] : []
    }),
  )
}

/** The most rows that show a relation. */
const mostRows = 20_000

/**
 * Returns a function that says whether a column determines another or is determined by one. The columns of a row that a reference
 * leads to need not be told apart from each other: all are of the row that is chosen in the end.
 */
function relatedIn(learned: readonly TableColumn[], ownNames: ReadonlySet<string>): (d: number) => boolean {
  const count = Math.min(mostRows, learned[0]?.cells.length ?? 0)
  const coded = learned.map(({ cells }) => codesOf(cells.subarray(0, count)))
  const isOwn = (d: number) => ownNames.has(learned[d]!.name)
  const isName = (d: number) => learned[d]!.categories !== undefined
  return (d) => {
    const others = [...learned.keys()].filter((other) => other !== d)
    return others.some((other) => {
      if (!isOwn(d) && !isOwn(other)) return false
      if (isDetermined(coded[other]!, [coded[d]!]) || isDetermined(coded[d]!, [coded[other]!])) return true
      return others.some(
        (auxiliary) =>
          auxiliary !== other &&
          isName(auxiliary) &&
          isDetermined(coded[other]!, [coded[d]!, coded[auxiliary]!]),
      )
    })
  }
}

function freeName(names: readonly string[], name: string): string {
  return names.includes(name) ? freeName(names, `${name}_`) : name
}

function isRepeated({ cells }: TableColumn, rows: readonly number[], links: Int32Array): boolean {
  const counts = new Map<number, number>()
  let [all, next, same] = [0, 0, 0]
  for (const [k, i] of rows.entries()) {
    const cell = cells[i]!
    if (Number.isNaN(cell)) continue
    all++
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
    const before = rows[k - 1]
    if (before === undefined || links[i]! < 0 || links[before] !== links[i] || Number.isNaN(cells[before]!))
      continue
    next++
    if (cells[before] === cell) same++
  }
  if (next < fewestRows || all - same < fewestBegun * counts.size) return false
  const chance = [...counts.values()].reduce((sum, count) => sum + (count / all) ** 2, 0)
  return same / next - chance >= leastShare * (1 - chance)
}
