/** Learns how one of several groups is chosen for each parent. */
import type { Work } from '../../core/work.ts'
import { shuffled } from '../../numerics/random.ts'
import { columnNamed } from '../../table/columns.ts'
import { isGenerated, type NamedTable, rowsAt, type TableColumn } from '../../table/table.ts'
import { learnOdds } from '../../train/candidates.ts'
import type { Database } from '../database.ts'
import { countName } from '../measured/child-groups.ts'
import type { Schema } from '../schema.ts'
import { summed } from './child-groups.ts'
import { seedOf, translation } from './draw-rows.ts'
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
  const { references, rules } = plans[name]!
  const reference = references.indexOf('parent')
  if (reference < 0 || schema.tables[name]!.keep) return false
  const { key = [], references: all } = schema.tables[name]!
  const { columns, links } = tables.get(name)!
  const generated = new Set(columns.flatMap((each) => (isGenerated(each) ? [each.name] : [])))
  const isKeyApart =
    key.some((column) => all[reference]!.columns.includes(column)) ||
    key.every((column) => generated.has(column))
  const isRowApart = !rules?.rules.some(({ kind }) => kind === 'unique')
  return isKeyApart && isRowApart && new Set(links[reference]!).size >= fewest
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
  if (names.length === 0) return result
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
    const { table: parent, reference } = parentIn(schema, plans, name)
    const { learned: children, links } = drawn.get(name)!
    const { learned: parents } = drawn.get(parent)!
    const [ofParents, ofChildren] = [
      shownColumns(database, plans, parent),
      shownColumns(database, plans, name),
    ]
    const samples = {
      parents: parents.filter((each) => isIn(ofParents, each)),
      children: children.filter((each) => isIn(ofChildren, each)),
      links: links[reference]!,
    }
    const rows = {
      parents: samples.parents.map((each) => trainingRows(each, ofParents)),
      children: samples.children.map((each) => trainingRows(each, ofChildren)),
      links: database.tables.get(name)!.links[reference]!,
    }
    const of = { parent, child: name, order: plans[name]!.clock?.column.name }
    const [real, drawnParents] = [rows, samples].map((each) => someWithRows(summed(each, of), name))
    const odds = await learnOdds(real!, drawnParents!, [...real!.columns.keys()], signal)
    if (odds) result[name] = { ...plans[name]!, families: { count: groupCount, ...odds } }
  }
  return result
}

function parentIn({ tables }: Schema, plans: Plans, name: string) {
  const reference = plans[name]!.references.indexOf('parent')
  return { table: tables[name]!.references[reference]!.table, reference }
}

function isIn(columns: readonly TableColumn[], column: TableColumn): boolean {
  return columns.some((each) => each.name === column.name)
}

/** The training rows of a drawn column, with its names. */
function trainingRows(column: TableColumn, rows: readonly TableColumn[]): TableColumn {
  const training = columnNamed(rows, column.name)
  return { ...column, cells: training.cells.map(translation(training, column)) }
}

/** The parents that have rows, or as many of them as are looked at. */
function someWithRows(table: NamedTable, child: string): NamedTable {
  const { cells: counts } = columnNamed(table.columns, countName(child))
  const some = Array.from(shuffled(counts.length, 0, 0))
    .filter((i) => counts[i]! > 0)
    .slice(0, most)
  return rowsAt(table, some)
}
