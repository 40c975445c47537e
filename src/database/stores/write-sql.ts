import { requireWritable, writeWhole } from '../../core/files.ts'
import type { Content } from '../../table/formats/csv-write.ts'
import { zipped } from '../../table/formats/files.ts'
import { closing, creationOf, insertsOf, opening, quotedName } from '../../table/formats/sql.ts'
import { constraintsOf } from '../constraints.ts'
import { LaterReferences } from '../later.ts'
import type { TableToWrite } from '../rows.ts'
import { watched } from './write-folder.ts'
import type { TablesWriter } from './write-tables.ts'

/** Writes one file of SQL: how to create the tables, in comments, and their rows in one transaction. */
export const sqlWriter: TablesWriter = {
  async write(target, tables, { signal }) {
    const parts = sqlOf(tables, signal)
    await writeWhole(target, /\.gz$/i.test(target) ? zipped(parts) : parts)
  },
  check: (target) => requireWritable(target),
}

async function* sqlOf(
  tables: readonly TableToWrite[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Content> {
  yield '-- The tables must exist. To create them, take the two dashes away from these lines:\n'
  for (const { name, columns, schema } of tables) {
    const bound = [...(schema.key ?? []), ...schema.references.flatMap((reference) => reference.columns)]
    yield creationOf(columns, name, constraintsOf(name, tables), (column) => bound.includes(column))
  }
  yield opening
  const updates: string[] = []
  for (const table of tables) {
    const inserts = insertsOf(table.columns, table.name)
    const later = new LaterReferences(table)
    for await (const rows of watched(table, signal)) {
      const { now, keys, references } = later.split(rows)
      if (now.count > 0) yield inserts.rows(now)
      for (const [k, values] of references.entries())
        updates.push(
          `UPDATE ${quotedName(table.name)} SET ${assignments(later.columns, values, ', ')} WHERE ${assignments(later.key, keys[k]!, ' AND ')};\n`,
        )
    }
    yield inserts.end()
  }
  for (const update of updates) yield update
  yield closing
}

function assignments(names: readonly string[], values: readonly (string | null)[], between: string): string {
  return names
    .map(
      (name, k) =>
        `${quotedName(name)} = ${values[k] == null ? 'NULL' : `'${values[k].replaceAll("'", "''")}'`}`,
    )
    .join(between)
}
