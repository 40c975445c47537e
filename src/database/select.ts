import { counted, humanCount, printable } from '../core/format.ts'
import { parentOf } from './parent.ts'
import type { Schema } from './schema.ts'

/** The links of tables, all of whose rows were seen. */
export interface AllLinks {
  readonly schema: Schema
  /** Parents first. */
  readonly order: readonly string[]
  readonly counts: ReadonlyMap<string, number>
  readonly links: ReadonlyMap<string, readonly Int32Array[]>
}

/** Which rows of each table are read: 1 by row. */
export type Selection = ReadonlyMap<string, Uint8Array>

/** Of a table with fewer rows, as a list of countries, a share of the rows would be none of the children's. */
const fewestParents = 1000

/**
 * Chooses rows of tables that are too large by their parents: a share of the first ancestors, with all of their descendants, and
 * whatever rows these refer to.
 *
 * @param maxRows - The number of rows to which a larger table is reduced, nearly.
 * @returns The rows, of a function of their numbers alone, and a line for each table that is reduced; undefined if none is too large.
 */
export function selectRows(
  tables: AllLinks,
  maxRows: number,
): { selection: Selection; notices: string[] } | undefined {
  const { schema, order, counts, links } = tables
  const ancestorOf = (name: string) => {
    const parent = parentOf(schema, name)
    return parent && counts.get(parent.reference.table)! >= fewestParents ? parent : undefined
  }
  const rootOf = (name: string): string => {
    const parent = ancestorOf(name)
    return parent ? rootOf(parent.reference.table) : name
  }
  const roots = new Map(order.map((name) => [name, rootOf(name)]))
  const shares = new Map<string, number>()
  for (const name of order) {
    const root = roots.get(name)!
    shares.set(root, Math.min(shares.get(root) ?? 1, maxRows / Math.max(1, counts.get(name)!)))
  }
  if ([...shares.values()].every((share) => share >= 1)) return undefined
  const selection = new Map(order.map((name) => [name, new Uint8Array(counts.get(name)!)]))

  /** Keeps a row, and those that it refers to. */
  const keep = (table: string, row: number) => {
    const waiting: [table: string, row: number][] = [[table, row]]
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [name, at] = next
      const rows = selection.get(name)!
      if (rows[at] === 1) continue
      rows[at] = 1
      for (const [k, reference] of schema.tables[name]!.references.entries()) {
        const target = links.get(name)![k]![at]!
        if (target >= 0) waiting.push([reference.table, target])
      }
    }
  }
  for (const name of order) {
    const parent = ancestorOf(name)
    const count = counts.get(name)!
    if (parent) {
      const parents = selection.get(parent.reference.table)!
      const rows = links.get(name)![parent.index]!
      for (let row = 0; row < count; row++) if (parents[rows[row]!] === 1) keep(name, row)
    } else {
      const share = shares.get(name) ?? 1
      for (let row = 0; row < count; row++) if (share >= 1 || uniform(row) < share) keep(name, row)
    }
  }
  const notices = order.flatMap((name) => {
    const [all, selected] = [counts.get(name)!, selection.get(name)!.reduce((sum, each) => sum + each, 0)]
    if (all === selected) return []
    const root = roots.get(name)!
    const how = root === name ? 'chosen at random' : `those of the chosen ${printable(root)}`
    return [
      `${printable(name)}: ${humanCount(selected)} of ${counted(all, 'row')} are read, ${how}; \`maxRows\` is ${humanCount(maxRows)}`,
    ]
  })
  return { selection, notices }
}

/** A number from 0 to 1 that is the same for a row at any time. */
function uniform(row: number): number {
  let bits = Math.imul(row ^ 0x9e3779b9, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32
}

/** The links of the chosen rows, by their new numbers. */
export function selectedLinks(
  { schema, order, links }: AllLinks,
  selection: Selection,
): Map<string, Int32Array[]> {
  const places = new Map<string, Int32Array>()
  for (const name of order) {
    let place = 0
    places.set(
      name,
      Int32Array.from(selection.get(name)!, (isSelected) => (isSelected ? place++ : -1)),
    )
  }
  return new Map(
    order.map((name) => {
      const { references } = schema.tables[name]!
      const selected = selection.get(name)!
      const selectedLinks = links.get(name)!.map((rows, k) => {
        const targets = places.get(references[k]!.table)!
        return rows
          .filter((_, row) => selected[row] === 1)
          .map((target) => (target < 0 ? -1 : targets[target]!))
      })
      return [name, selectedLinks]
    }),
  )
}
