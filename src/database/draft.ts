import { printable } from '../core/format.ts'
import { ownValue } from '../core/own.ts'
import { findSchema } from './find.ts'
import {
  columnDefinition,
  mapTables,
  type Reference,
  referenceActions,
  type Schema,
  type TableSchema,
} from './schema.ts'
import type { Declared, DeclaredReference, Store, StoredTable } from './store.ts'
import { type SurveyedTable, survey } from './survey.ts'

/** The schema that a catalogue declares, or else the one that the rows show. */
export async function draftOf(
  store: Store,
  { signal, onNotice }: { signal: AbortSignal | undefined; onNotice: (notice: string) => void },
): Promise<Schema> {
  const declares = store.tables.some(({ declared }) => declared && declared.references.length > 0)
  if (!declares) {
    const surveyed: SurveyedTable[] = []
    for (const table of store.tables) surveyed.push(await survey(table, signal))
    const { schema, notices } = findSchema(surveyed)
    for (const notice of notices) onNotice(notice)
    return schema
  }
  const names = new Set(store.tables.map(({ name }) => name))
  const wanted = new Map<string, readonly string[]>()
  for (const { declared } of store.tables)
    for (const { table, to } of declared!.references) if (!wanted.has(table)) wanted.set(table, to)
  const keys = new Map(store.tables.map(({ name, declared }) => [name, declared!.key ?? wanted.get(name)]))
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

/** A reference's columns in the order of the key; undefined if it leads to other columns. */
function inOrderOfKey({ columns, to }: DeclaredReference, key: readonly string[]): string[] | undefined {
  const places = key.map((name) => to.indexOf(name))
  return places.length === columns.length && !places.includes(-1) ? places.map((k) => columns[k]!) : undefined
}

/** The schema with the words of the store's catalogue where it has none, so that a new file gets the same definitions. */
export function withDeclared(schema: Schema, stored: ReadonlyMap<string, StoredTable>): Schema {
  return mapTables(schema, (table, name) => {
    const { declared } = stored.get(name)!
    return declared ? tableWith(table, declared) : table
  })
}

function tableWith(table: TableSchema, { definitions, references }: Declared): TableSchema {
  const declared = Object.keys(table.columns).flatMap((column): [string, string][] => {
    const words = ownValue(table.declared, column) ?? ownValue(definitions, column)
    return words !== undefined && columnDefinition.test(words) ? [[column, words]] : []
  })
  const same = (a: Reference, b: { readonly columns: readonly string[]; readonly table: string }) =>
    a.table === b.table && [...a.columns].sort().join('\0') === [...b.columns].sort().join('\0')
  return {
    ...table,
    references: table.references.map((reference) => {
      const actions = reference.actions ?? references.find((each) => same(reference, each))?.actions
      return actions && referenceActions.test(actions) ? { ...reference, actions } : reference
    }),
    ...(declared.length > 0 && { declared: Object.fromEntries(declared) }),
  }
}
