import { gatherRows } from '../../numerics/points.ts'
import { shuffled } from '../../numerics/random.ts'
import { type Database, type LinkedTable, tablesInOrder } from '../database.ts'
import type { Plans } from './plan.ts'

/**
 * Sets a share of the rows aside: those without a parent by the seed, and all others with their parents. Tables that others only
 * look rows up in stay whole.
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
  const isAside = new Map<string, Uint8Array>()
  const isParent = (name: string) =>
    Object.entries(schema.tables).some(([child, { references }]) =>
      references.some(({ table }, k) => table === name && plans[child]!.references[k] === 'parent'),
    )
  const isLookedUp = (name: string) =>
    Object.values(schema.tables).some(({ references }) => references.some(({ table }) => table === name))
  for (const name of tablesInOrder(schema)) {
    const { points, links } = tables.get(name)!
    const parent = plans[name]!.references.indexOf('parent')
    const aside = new Uint8Array(points.count)
    const order = shuffled(points.count, seed, 2 ** 32 - 1)
    const chosen = new Uint8Array(points.count)
    for (const row of order.slice(0, Math.round(share * points.count))) chosen[row] = 1
    const ofParent = isAside.get(schema.tables[name]!.references[parent]?.table ?? '')
    if (parent >= 0)
      for (const [i, row] of links[parent]!.entries()) aside[i] = row < 0 ? chosen[i]! : ofParent![row]!
    else if (!schema.tables[name]!.keep && (isParent(name) || !isLookedUp(name))) aside.set(chosen)
    isAside.set(name, aside)
  }
  const isWhole = (name: string) => !isAside.get(name)!.includes(1)
  const part = (value: 0 | 1): Database => {
    const kept = new Map(
      [...isAside].map(([name, aside]) => [
        name,
        [...aside.keys()].filter((i) => aside[i] === value || isWhole(name)),
      ]),
    )
    const place = new Map(
      [...kept].map(([name, rows]) => {
        const places = new Int32Array(tables.get(name)!.points.count).fill(-1)
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
  return { train: part(0), holdout: part(1) }
}

function partOf(table: LinkedTable, rows: readonly number[], places: readonly Int32Array[]): LinkedTable {
  return {
    ...table,
    points: gatherRows(table.points, rows),
    links: table.links.map((link, k) =>
      Int32Array.from(rows, (i) => (link[i]! < 0 ? -1 : places[k]![link[i]!]!)),
    ),
    ...(table.kept && { kept: { ...table.kept, points: gatherRows(table.kept.points, rows) } }),
  }
}
