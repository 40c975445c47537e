import { ownValue } from '../core/own.ts'
import {
  columnDefinition,
  type Reference,
  referenceActions,
  type Schema,
  type TableSchema,
} from './schema.ts'
import type { Declared, Store } from './store.ts'

/** The schema with the words of the store's catalogue where it has none, so that a new file gets the same definitions. */
export function withDeclared({ format, tables }: Schema, store: Store): Schema {
  const all = Object.entries(tables).map(([name, table]): [string, TableSchema] => {
    const declared = store.tables.find((each) => each.name === name)?.declared
    return [name, declared ? tableWith(table, declared) : table]
  })
  return { format, tables: Object.fromEntries(all) }
}

function tableWith(table: TableSchema, { definitions = {}, references }: Declared): TableSchema {
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
