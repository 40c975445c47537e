import { columnNamed } from '../../table/columns.ts'
import type { NamedTable } from '../../table/table.ts'
import type { Database, LinkedTable } from '../database.ts'
import type { TableSamples } from '../model.ts'
import type { Reference } from '../schema.ts'

/** How often a reference of a table leads to a row. */
export interface FollowedReference extends Reference {
  /** The rows that have it and whose key is there. */
  readonly met: number
  /** The rows that lack it. */
  readonly missing: number
  /** The rows whose key no row has. */
  readonly astray: number
}

/** A table's key in its rows. */
export interface CheckedKey {
  readonly rows: number
  /** How many rows have the key of an earlier one. */
  readonly repeats: number
}

/** Tables with the rows that their references lead to. */
export interface Followed {
  readonly database: Database
  /** By table, its references. */
  readonly references: ReadonlyMap<string, readonly FollowedReference[]>
  /** By table, its key; none of a table without one. */
  readonly keys: ReadonlyMap<string, CheckedKey>
}

/**
 * Finds the rows that references lead to, by their keys alone, whoever drew them.
 *
 * @param tables - Tables with the cells of their keys and references, as `sample` gives them, or as `readDatabase` does, whose
 * references were followed as they were read.
 */
export function followReferences({ schema, tables }: TableSamples | Database): Followed {
  const keys = new Map<string, CheckedKey>()
  const rowsByKey = new Map<string, Map<string, number>>()
  for (const [name, table] of tables) {
    const { key } = schema.tables[name]!
    if (!key) continue
    const rows = new Map<string, number>()
    const { count } = table
    if (!isLinked(table))
      for (const [i, text] of keyTexts(table, key).entries())
        if (text !== undefined && !rows.has(text)) rows.set(text, i)
    rowsByKey.set(name, rows)
    keys.set(name, { rows: count, repeats: isLinked(table) ? 0 : count - rows.size })
  }
  const references = new Map<string, readonly FollowedReference[]>()
  const linked = [...tables].map(([name, table]): [string, LinkedTable] => {
    const links = schema.tables[name]!.references.map((reference, k) =>
      isLinked(table)
        ? { links: table.links[k]!, astray: 0 }
        : follow(table, reference, rowsByKey.get(reference.table)!),
    )
    references.set(
      name,
      links.map(({ links, astray }, k) => {
        const met = links.reduce((sum, row) => sum + Number(row >= 0), 0)
        const missing = links.length - met - astray
        return { ...schema.tables[name]!.references[k]!, met, missing, astray }
      }),
    )
    return [name, { ...table, links: links.map(({ links }) => links) }]
  })
  return { database: { schema, tables: new Map(linked) }, references, keys }
}

function isLinked(table: NamedTable): table is LinkedTable {
  return 'links' in table
}

function follow(table: NamedTable, { columns }: Reference, rows: ReadonlyMap<string, number>) {
  let astray = 0
  const links = Int32Array.from(keyTexts(table, columns), (text) => {
    const row = text === undefined ? undefined : rows.get(text)
    if (text !== undefined && row === undefined) astray++
    return row ?? -1
  })
  return { links, astray }
}

/** By row, its cells of some columns as one text; undefined if one is missing. */
function keyTexts(table: NamedTable, names: readonly string[]): (string | undefined)[] {
  const columns = names.map((name) => columnNamed(table.columns, name))
  return Array.from({ length: table.count }, (_, i) => {
    if (columns.some(({ cells }) => Number.isNaN(cells[i]))) return undefined
    return JSON.stringify(columns.map(({ categories, cells }) => categories?.[cells[i]!] ?? String(cells[i])))
  })
}
