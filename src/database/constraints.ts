import { quotedName } from '../table/formats/sql.ts'
import type { TableToWrite } from './rows.ts'

/** The key and the references of a table as SQL says them; `isLater` leaves out those to rows that are written later. */
export function constraintsOf(
  name: string,
  tables: readonly TableToWrite[],
  { withLater = true } = {},
): string[] {
  const listed = (names: readonly string[]) => `(${names.map(quotedName).join(', ')})`
  const { schema, later } = tables.find((table) => table.name === name)!
  const references = schema.references.filter((reference) => withLater || !later.includes(reference))
  return [
    ...(schema.key ? [`PRIMARY KEY ${listed(schema.key)}`] : []),
    ...references.map(({ columns, table }) => {
      const key = tables.find((each) => each.name === table)!.schema.key!
      return `FOREIGN KEY ${listed(columns)} REFERENCES ${quotedName(table)} ${listed(key)}`
    }),
  ]
}
