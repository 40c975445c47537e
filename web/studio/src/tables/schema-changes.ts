import type { Reference, Schema, TableSchema } from 'moonstep/web/databases'
import type { TablesView } from '../worker/tables-views.ts'

/** A schema with other properties of a table; those that are undefined are taken out. */
export function withTable(schema: Schema, name: string, change: Partial<TableSchema>): Schema {
  const table = { ...schema.tables[name]!, ...change }
  return { ...schema, tables: { ...schema.tables, [name]: table } }
}

/** A schema in which a reference leads to another table, or is none; an index beyond the last adds one. */
export function withReference(
  { schema, tables }: TablesView,
  name: string,
  index: number,
  columns: readonly string[],
  target: string | undefined,
): Schema {
  const { references } = schema.tables[name]!
  const view = tables.find((table) => table.name === name)!
  const optional = columns.some((column) => view.columns.find((each) => each.name === column)?.hasGaps)
  const reference: Reference[] = target === undefined ? [] : [{ columns, table: target, optional }]
  const changed = [...references.slice(0, index), ...reference, ...references.slice(index + 1)]
  return withTable(schema, name, { references: changed })
}

/** The tables that columns may refer to: those whose key has as many. */
export function targetsFor({ tables }: Schema, columns: readonly string[]): string[] {
  return Object.entries(tables).flatMap(([name, { key }]) => (key?.length === columns.length ? [name] : []))
}

/** Whether a reference is of the parent with which a row is drawn. */
export function isParent({ tables }: Schema, name: string, index: number): boolean {
  const { references, keep } = tables[name]!
  if (keep) return false
  const may = references.map(({ table }) => table !== name && !tables[table]!.keep)
  const obligatory = references.findIndex(({ optional }, k) => may[k] && !optional)
  return index === (obligatory < 0 ? may.indexOf(true) : obligatory)
}

/** What a table refers to, in a phrase for each reference. */
export function sayReferences({ tables }: Schema, name: string): string[] {
  return tables[name]!.references.map(
    ({ columns, table, optional }) =>
      `${columns.join(', ')} ${columns.length > 1 ? 'refer' : 'refers'} to ${table}${optional ? ', where a row has one' : ''}`,
  )
}
