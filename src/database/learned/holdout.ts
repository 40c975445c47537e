import { shuffled } from '../../numerics/random.ts'
import { rowsAt } from '../../table/table.ts'
import { type Database, type LinkedTable, tablesInOrder } from '../database.ts'
import type { Plans } from './plan.ts'

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
  plans: Readonly<Record<string, Pick<Plans[string], 'references'>>>,
  share: number,
  seed: number,
): { train: Database; holdout: Database } {
  const { schema, tables } = database
  const isParent = (name: string) =>
    Object.entries(schema.tables).some(([child, { references }]) =>
      references.some(({ table }, k) => table === name && plans[child]!.references[k] === 'parent'),
    )
  const isLookedUp = (name: string) =>
    Object.values(schema.tables).some(({ references }) => references.some(({ table }) => table === name))
  const order = tablesInOrder(schema)
  const parentIn = (name: string) => plans[name]!.references.indexOf('parent')
  /** By table, 1 for each row that is held out where it has no parent. */
  const chosen = new Map(
    order.map((name) => {
      const { count } = tables.get(name)!
      const rows = new Uint8Array(count)
      const isSplit = !schema.tables[name]!.keep && (isParent(name) || !isLookedUp(name))
      if (isSplit || parentIn(name) >= 0)
        for (const row of shuffled(count, seed, 2 ** 32 - 1).slice(0, Math.round(share * count)))
          rows[row] = 1
      return [name, rows]
    }),
  )
  const asideOf = () => {
    const aside = new Map<string, Uint8Array>()
    for (const name of order) {
      const parent = parentIn(name)
      const ofParent = aside.get(schema.tables[name]!.references[parent]?.table ?? '')
      const rows = chosen.get(name)!
      const links = tables.get(name)!.links[parent]
      aside.set(
        name,
        links ? rows.map((isChosen, i) => (links[i]! < 0 ? isChosen : ofParent![links[i]!]!)) : rows.slice(),
      )
    }
    return aside
  }
  /** Lets a row be trained on, by its first ancestor. */
  const release = (name: string, row: number) => {
    const parent = parentIn(name)
    const above = parent < 0 ? -1 : tables.get(name)!.links[parent]![row]!
    if (above < 0) chosen.get(name)![row] = 0
    else release(schema.tables[name]!.references[parent]!.table, above)
  }
  let isAside = asideOf()
  for (const name of order) {
    const held = () => [...isAside.get(name)!.keys()].filter((i) => isAside.get(name)![i] === 1)
    const lacking = Math.min(fewestRows, tables.get(name)!.count) - (tables.get(name)!.count - held().length)
    if (lacking <= 0) continue
    for (const row of held().slice(0, lacking)) release(name, row)
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
  const isWhole = (name: string) => !isAside.get(name)!.includes(1)
  const kept = new Map(
    [...isAside].map(([name, aside]) => [
      name,
      [...aside.keys()].filter((i) => aside[i] === value || isWhole(name)),
    ]),
  )
  const place = new Map(
    [...kept].map(([name, rows]) => {
      const places = new Int32Array(tables.get(name)!.count).fill(-1)
      for (const [k, i] of rows.entries()) places[i] = k
      return [name, places]
    }),
  )
  return {
    schema,
    tables: new Map(
      [...tables].map(([name, table]) => [
        name,
        partOf(
          table,
          kept.get(name)!,
          schema.tables[name]!.references.map((each) => place.get(each.table)!),
        ),
      ]),
    ),
  }
}

function partOf(table: LinkedTable, rows: readonly number[], places: readonly Int32Array[]): LinkedTable {
  return {
    ...rowsAt(table, rows),
    links: table.links.map((link, k) =>
      Int32Array.from(rows, (i) => (link[i]! < 0 ? -1 : places[k]![link[i]!]!)),
    ),
    ...(table.kept && { kept: rowsAt(table.kept, rows) }),
  }
}
