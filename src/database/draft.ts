import { printable } from '../core/format.ts'
import { findSchema } from './find.ts'
import type { Reference, Schema, TableSchema } from './schema.ts'
import type { DeclaredReference, Store, StoredTable } from './store.ts'
import { survey } from './survey.ts'

/** The schema that a catalogue declares, or else the one that the rows show. */
export async function draftOf(
  store: Store,
  { signal, onNotice }: { signal: AbortSignal | undefined; onNotice: (notice: string) => void },
): Promise<Schema> {
  const declares = store.tables.some(({ declared }) => declared && declared.references.length > 0)
  if (!declares) {
    const { schema, notices } = findSchema(await survey(store, signal), declaredKeys(store))
    for (const notice of notices) onNotice(notice)
    return schema
  }
  const names = new Set(store.tables.map(({ name }) => name))
  const wanted = new Map<string, readonly string[]>()
  for (const { declared } of store.tables)
    for (const { table, to } of declared!.references) if (!wanted.has(table)) wanted.set(table, to)
  const keyOf = ({ name, declared }: StoredTable) => declared!.key ?? wanted.get(name)
  const keys = new Map(store.tables.map((table) => [table.name, keyOf(table)]))
  const drafts = store.tables.map((table): [string, TableSchema] => {
    const key = keys.get(table.name)
    const references = table.declared!.references.flatMap((reference): Reference[] => {
      const where = `${printable(table.name)}: ${reference.columns.map(printable).join(', ')}`
      if (!names.has(reference.table)) {
        onNotice(
          `${where} refers to ${printable(reference.table)}, which is not among the tables, and is no reference`,
        )
        return []
      }
      const columns = inOrderOfKey(reference, keys.get(reference.table)!)
      if (columns) return [{ columns, table: reference.table, optional: true }]
      onNotice(
        `${where} refers to ${reference.to.map(printable).join(', ')} of ${printable(reference.table)}, which is not its key, and is no reference`,
      )
      return []
    })
    return [table.name, { columns: {}, ...(key && { key }), references }]
  })
  return { format: 1, tables: Object.fromEntries(drafts) }
}

function declaredKeys({ tables }: Store): Map<string, readonly string[]> {
  return new Map(tables.flatMap(({ name, declared }) => (declared?.key ? [[name, declared.key]] : [])))
}

/** A reference's columns in the order of the key; undefined if it leads to other columns. */
function inOrderOfKey({ columns, to }: DeclaredReference, key: readonly string[]): string[] | undefined {
  const places = key.map((name) => to.indexOf(name))
  return places.length === columns.length && !places.includes(-1) ? places.map((k) => columns[k]!) : undefined
}
