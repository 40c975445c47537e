import type { NamedTable } from '../../table/table.ts'
import { tablesInOrder } from '../database.ts'
import { parentOf } from '../parent.ts'
import { withCounts } from './counts.ts'
import { withoutRepeatedKeys } from './distinct-keys.ts'
import { drawChildren } from './draw-children.ts'
import { drawRoot } from './draw-root.ts'
import { type Drawn, type DrawnBy, referenceRows, type TablesDraw, tableOf } from './drawn.ts'
import { withReferences } from './reference-columns.ts'

/**
 * Draws all tables, parents first: each row of a child under what is known of its parent and of the rows before it. Every
 * reference meets a row.
 *
 * @returns The rows of each table, in the order of the schema's columns.
 * @throws InputError on a condition that does not fit, and where a reference finds no row.
 */
export async function drawTables(by: DrawnBy, draw: TablesDraw): Promise<Map<string, NamedTable>> {
  const drawn = await drawEach(by, draw)
  return new Map(tablesInOrder(by.schema).map((name) => [name, tableOf(by, name, drawn.get(name)!)]))
}

/**
 * The same, with what is known of each row in addition to the schema's columns. Each step gives its rows as a whole, and none
 * writes into those of another:
 *
 * 1. `drawChildren`: the rows of each parent, as many as the parent's row says, one after the other, under its columns and the rows
 *    before; or `drawRoot`
 * 2. `withCounts`: how many children each of these rows will have in turn
 * 3. `withoutRepeatedKeys`: one row of each key
 * 4. `withReferences`: the rows that all other references lead to, and then the columns that hold their keys
 *
 * In the end come the references that lead to tables further down, and those of reference data, whose own rows are there first.
 */
export async function drawEach(by: DrawnBy, draw: TablesDraw): Promise<ReadonlyMap<string, Drawn>> {
  const { schema, plans, referenceData, models } = by
  const order = tablesInOrder(schema)
  const given = order.filter((name) => referenceData.has(name))
  const generated = order.filter((name) => !referenceData.has(name))
  const drawn = new Map(given.map((name) => [name, referenceRows(by, name)]))
  for (const name of generated) {
    draw.signal?.throwIfAborted()
    const drawRows = parentOf(schema, name) ? drawChildren : drawRoot
    const rows = await drawRows(by, draw, drawn, name)
    // the next table has its own workers
    await models.get(name)?.workers?.rest()
    drawn.set(name, { ...rows, learned: withCounts(schema, plans, name, rows.learned) })
    drawn.set(name, withoutRepeatedKeys(by, draw, drawn, name))
    drawn.set(name, withReferences(by, draw.seed, drawn, name))
  }
  for (const name of [...given, ...generated]) drawn.set(name, withReferences(by, draw.seed, drawn, name))
  return drawn
}
