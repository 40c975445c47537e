import { quotedName } from '../table/formats/sql.ts'
import type { TableToWrite } from './rows.ts'

/** The key and the references of a table as SQL says them: without `withLater`, none to rows that are written later. */
export function constraintsOf(
  name: string,
  tables: readonly TableToWrite[],
  { withLater = true, withActions = false } = {},
): string[] {
  const listed = (names: readonly string[]) => `(${names.map(quotedName).join(', ')})`
  const { schema, later } = tables.find((table) => table.name === name)!
  const references = schema.references.filter((reference) => withLater || !later.includes(reference))
  return [
    ...(schema.key ? [`PRIMARY KEY ${listed(schema.key)}`] : []),
    ...references.map(({ columns, table, actions }) => {
      const key = tables.find((each) => each.name === table)!.schema.key!
      const target = `${quotedName(table)} ${listed(key)}`
      return `FOREIGN KEY ${listed(columns)} REFERENCES ${target}${withActions && actions ? ` ${actions}` : ''}`
    }),
  ]
}
