/** Rows of several tables that nothing is learned from. */
import { indicesWhere } from '../../measure/statistics.ts'
import { leastRows } from '../../table/least-rows.ts'
import { rowsAt } from '../../table/table.ts'
import { type AsideShares, partsOf, parts as places } from '../../train/resolve/aside.ts'
import { type Database, type LinkedTable, tablesInOrder } from '../database.ts'
import { parentOf } from '../parent.ts'

/** The rows of a database in three parts. */
export interface DividedDatabase {
  /** The rows to train on. */
  readonly train: Database
  /** Those that judge the samples, and those that choose what training leaves open; undefined if no row of a table does. */
  readonly holdout: Database | undefined
  readonly validation: Database | undefined
}

/**
 * Keeps rows aside: those without a parent by the seed, and all others with their parents. Tables that others only look rows up in stay
 * whole, and parents stay whose children are the last of a table.
 *
 * @param shares - The shares of a table's rows without a parent; by default as many of them as of a single table (`countsOf`).
 */
export function setAside(database: Database, shares: AsideShares, seed: number): DividedDatabase {
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
  /** By table, the part of each row where it has no parent. */
  const chosen = new Map(
    order.map((name) => {
      const { count } = tables.get(name)!
      const parts = new Uint8Array(count)
      const isSplit = !schema.tables[name]!.keep && (isParent(name) || !isLookedUp(name))
      const links = aboveOf(name)?.links
      if (!isSplit && !links) return [name, parts]
      const first = indicesWhere(count, (i) => (links?.[i] ?? -1) < 0)
      for (const [k, part] of partsOf(first.length, shares, seed).entries()) parts[first[k]!] = part
      return [name, parts]
    }),
  )
  const divide = () => {
    const parts = new Map<string, Uint8Array>()
    for (const name of order) {
      const above = aboveOf(name)
      const ofParents = above && parts.get(above.table)
      // no row has the place -1
      const partOf = (ofItself: number, i: number) => ofParents?.[above!.links[i]!] ?? ofItself
      parts.set(name, chosen.get(name)!.map(partOf))
    }
    return parts
  }
  /** Lets a row be trained on, by its first ancestor. */
  const release = (name: string, row: number) => {
    const above = aboveOf(name)
    const ofParent = above?.links[row] ?? -1
    if (ofParent < 0) chosen.get(name)![row] = places.train
    else release(above!.table, ofParent)
  }
  let parts = divide()
  for (const name of order) {
    const { count } = tables.get(name)!
    const held = indicesWhere(count, (i) => parts.get(name)![i] !== places.train)
    const lacking = Math.min(leastRows, count) - (count - held.length)
    if (lacking <= 0) continue
    for (const row of held.subarray(0, lacking)) release(name, row)
    parts = divide()
  }
  const partOf = (place: number) =>
    [...parts.values()].some((part) => part.includes(place)) ? divided(database, parts, place) : undefined
  return {
    train: divided(database, parts, places.train),
    holdout: partOf(places.holdout),
    validation: partOf(places.validation),
  }
}

/** The rows in a part; a table of which none is kept aside is whole in each. */
function divided(
  { schema, tables }: Database,
  parts: ReadonlyMap<string, Uint8Array>,
  place: number,
): Database {
  const kept = new Map<string, Int32Array>()
  const placesIn = new Map<string, Int32Array>()
  for (const [name, part] of parts) {
    const isWhole = part.every((each) => each === places.train)
    const rows = indicesWhere(part.length, (i) => isWhole || part[i] === place)
    const placed = new Int32Array(part.length).fill(-1)
    for (const [k, i] of rows.entries()) placed[i] = k
    kept.set(name, rows)
    placesIn.set(name, placed)
  }
  const partOf = (name: string, table: LinkedTable): LinkedTable => {
    const rows = kept.get(name)!
    const linksOf = (links: Int32Array, k: number) => {
      const placed = placesIn.get(schema.tables[name]!.references[k]!.table)!
      return rows.map((i) => (links[i]! < 0 ? -1 : placed[links[i]!]!))
    }
    return {
      ...rowsAt(table, rows),
      links: table.links.map(linksOf),
      ...(table.kept && { kept: rowsAt(table.kept, rows) }),
    }
  }
  return { schema, tables: new Map([...tables].map(([name, table]) => [name, partOf(name, table)])) }
}
