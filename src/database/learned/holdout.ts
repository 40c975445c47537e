import { indicesWhere } from '../../measure/statistics.ts'
import { shuffled } from '../../numerics/random.ts'
import { rowsAt } from '../../table/table.ts'
import { type Database, type LinkedTable, tablesInOrder } from '../database.ts'
import { parentOf } from '../parent.ts'

/** The fewest rows that a table is trained on, if it has them. */
const fewestRows = 2

/**
 * Sets a share of the rows aside: those without a parent by the seed, and all others with their parents. Tables that others only
 * look rows up in stay whole, and parents stay whose children are the last of a table.
 *
 * @returns The rows to train on, and those that are held out.
 */
export function setAside(
  database: Database,
  share: number,
  seed: number,
): { train: Database; holdout: Database } {
  const { schema, tables } = database
  const order = tablesInOrder(schema)
  const isParent = (name: string) => order.some((child) => parentOf(schema, child)?.reference.table === name)
  const isLookedUp = (name: string) =>
    Object.values(schema.tables).some(({ references }) => references.some(({ table }) => table === name))
  /** The table of a row's parent, and by row its link. */
  const aboveOf = (name: string) => {
    const parent = parentOf(schema, name)
    return parent && { table: parent.reference.table, links: tables.get(name)!.links[parent.index]! }
  }
  /** By table, 1 for each row that is held out where it has no parent. */
  const chosen = new Map(
    order.map((name) => {
      const { count } = tables.get(name)!
      const rows = new Uint8Array(count)
      const isSplit = !schema.tables[name]!.keep && (isParent(name) || !isLookedUp(name))
      if (isSplit || parentOf(schema, name))
        for (const row of shuffled(count, seed, 2 ** 32 - 1).slice(0, Math.round(share * count)))
          rows[row] = 1
      return [name, rows]
    }),
  )
  const asideOf = () => {
    const aside = new Map<string, Uint8Array>()
    for (const name of order) {
      const above = aboveOf(name)
      const ofParents = above && aside.get(above.table)
      // no row has the place -1
      aside.set(
        name,
        chosen.get(name)!.map((isChosen, i) => ofParents?.[above!.links[i]!] ?? isChosen),
      )
    }
    return aside
  }
  /** Lets a row be trained on, by its first ancestor. */
  const release = (name: string, row: number) => {
    const above = aboveOf(name)
    const ofParent = above?.links[row] ?? -1
    if (ofParent < 0) chosen.get(name)![row] = 0
    else release(above!.table, ofParent)
  }
  let isAside = asideOf()
  for (const name of order) {
    const { count } = tables.get(name)!
    const held = indicesWhere(count, (i) => isAside.get(name)![i] === 1)
    const lacking = Math.min(fewestRows, count) - (count - held.length)
    if (lacking <= 0) continue
    for (const row of held.subarray(0, lacking)) release(name, row)
    isAside = asideOf()
  }
  return { train: divided(database, isAside, 0), holdout: divided(database, isAside, 1) }
}

/** The rows that are held out, 1, or the others, 0; a table of which none is held out is whole in both. */
function divided(
  { schema, tables }: Database,
  isAside: ReadonlyMap<string, Uint8Array>,
  value: 0 | 1,
): Database {
  const kept = new Map<string, Int32Array>()
  const placesIn = new Map<string, Int32Array>()
  for (const [name, aside] of isAside) {
    const isWhole = !aside.includes(1)
    const rows = indicesWhere(aside.length, (i) => isWhole || aside[i] === value)
    const places = new Int32Array(aside.length).fill(-1)
    for (const [k, i] of rows.entries()) places[i] = k
    kept.set(name, rows)
    placesIn.set(name, places)
  }
  const partOf = (name: string, table: LinkedTable): LinkedTable => {
    const rows = kept.get(name)!
    const linksOf = (links: Int32Array, k: number) => {
      const places = placesIn.get(schema.tables[name]!.references[k]!.table)!
      return rows.map((i) => (links[i]! < 0 ? -1 : places[links[i]!]!))
    }
    return {
      ...rowsAt(table, rows),
      links: table.links.map(linksOf),
      ...(table.kept && { kept: rowsAt(table.kept, rows) }),
    }
  }
  return { schema, tables: new Map([...tables].map(([name, table]) => [name, partOf(name, table)])) }
}
