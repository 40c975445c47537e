/** Learns how one of several groups is chosen for each parent. */
import type { Work } from '../../core/work.ts'
import { shuffled } from '../../numerics/random.ts'
import { columnNamed, placeOf } from '../../table/columns.ts'
import { isGenerated, type NamedTable, rowsAt, type TableColumn } from '../../table/table.ts'
import { learnOdds } from '../../train/candidates.ts'
import { withValuesBefore } from '../../train/known-names.ts'
import type { Database } from '../database.ts'
import { countName } from '../measured/child-groups.ts'
import { parentOf } from '../parent.ts'
import { summed } from './child-groups.ts'
import { seedOf, translated } from './draw-rows.ts'
import { drawEach } from './draw-tables.ts'
import type { DrawnBy } from './drawn.ts'
import type { Plans } from './plan.ts'
import { shownColumns } from './rows.ts'

/** The groups of each parent, of which one is taken. The rows of two, of half as many candidates, take as long. */
export const groupCount = 2

/** The fewest parents with rows that show how groups are, and the most that are looked at. */
const [fewest, most] = [200, 10_000]

/**
 * Whether one of several groups can be taken for each parent of a table: there are enough of them, and what one group has is
 * not taken from others, as a key of the whole table or a rule of all rows would be.
 */
export function hasGroups({ schema, tables }: Database, plans: Plans, name: string): boolean {
  const parent = parentOf(schema, name)
  if (!parent) return false
  const { key = [] } = schema.tables[name]!
  const { columns, links } = tables.get(name)!
  const generated = new Set(columns.flatMap((each) => (isGenerated(each) ? [each.name] : [])))
  const isKeyApart =
    key.some((column) => parent.reference.columns.includes(column)) ||
    key.every((column) => generated.has(column))
  const isRowApart = !plans[name]!.rules?.rules.some(({ kind }) => kind === 'unique')
  return isKeyApart && isRowApart && new Set(links[parent.index]!).size >= fewest
}

/**
 * Learns the trees that choose groups, on as many rows of all tables as there are of training rows.
 *
 * @param by - What the tables are drawn by.
 * @param database - The training rows.
 * @param names - The tables whose groups are chosen.
 * @returns The plans, with those trees; a table without them where the trees see no difference.
 */
export async function learnGroups(
  by: DrawnBy,
  database: Database,
  names: readonly string[],
  { seed, signal, onProgress }: Work & { readonly seed: number },
): Promise<Plans> {
  const { schema, plans } = by
  const result: Record<string, Plans[string]> = { ...plans }
  const drawn = await drawEach(by, {
    counts: {},
    seed: seedOf(seed, 'families'),
    signal,
    onProgress: ({ table, ...counts }) =>
      onProgress?.({ stage: `drawing ${table}`, unit: 'rows', ...counts }),
  })
  for (const [k, name] of names.entries()) {
    const stage = { stage: 'learning to choose families', unit: 'tables' }
    onProgress?.({ ...stage, done: k, count: names.length })
    const { reference, index } = parentOf(schema, name)!
    const parent = reference.table
    const [ofParents, ofChildren] = [parent, name].map((each) => shownColumns(database, plans, each))
    const parents = columnsIn(ofParents!, drawn.get(parent)!.learned)
    const children = columnsIn(ofChildren!, drawn.get(name)!.learned)
    const of = { parent, child: name, order: plans[name]!.rowOrder?.column.name }
    const samples = summed(parents, children, drawn.get(name)!.links[index]!, of)
    const rows = summed(
      parents.map((each) => inNamesOf(each, columnNamed(ofParents!, each.name))),
      children.map((each) => inNamesOf(each, columnNamed(ofChildren!, each.name))),
      database.tables.get(name)!.links[index]!,
      of,
    )
    const [real, drawnParents] = [rows, samples].map((each) => someWithRows(each, name))
    const odds = await learnOdds(real!, drawnParents!, [...real!.columns.keys()], signal)
    if (odds) result[name] = { ...plans[name]!, groups: { count: groupCount, ...odds } }
  }
  return result
}

/** Training rows with the names of drawn ones; one that these lack, as it is not learned, is that of the nearest row before. */
function inNamesOf(drawn: TableColumn, rows: TableColumn): TableColumn {
  const column = translated(rows, drawn)
  const { cells } = column
  const isUnknown = (i: number) => Number.isNaN(cells[i]!) && !Number.isNaN(rows.cells[i]!)
  return { ...column, cells: withValuesBefore(cells, isUnknown) }
}

/** Those of some columns that others have too. */
function columnsIn(others: readonly TableColumn[], columns: readonly TableColumn[]): TableColumn[] {
  return columns.filter(({ name }) => placeOf(others, name) >= 0)
}

/** The parents that have rows, or as many of them as are looked at. */
function someWithRows(table: NamedTable, child: string): NamedTable {
  const { cells: counts } = columnNamed(table.columns, countName(child))
  const some = shuffled(counts.length, 0, 0).filter((i) => counts[i]! > 0)
  return rowsAt(table, some.subarray(0, most))
}
