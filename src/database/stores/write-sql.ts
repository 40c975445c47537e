import { requireWritable, writeWhole } from '../../core/files.ts'
import { zipped } from '../../table/formats/files.ts'
import { closing, creationOf, insertsOf, opening, quotedName } from '../../table/formats/sql.ts'
import type { Content } from '../../table/formats/write-cells.ts'
import type { Table } from '../../table/table.ts'
import { laterColumns, splitLater } from '../later.ts'
import { type TableToWrite, textColumns } from '../rows.ts'
import { watched } from './write-folder.ts'
import { constraintsOf, type TablesWriter } from './write-tables.ts'

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
  for (const table of tables) {
    const { name, columns, schema } = table
    const bound = [...(schema.key ?? []), ...schema.references.flatMap((reference) => reference.columns)]
    yield creationOf(columns, name, constraintsOf(table, tables), (column) => bound.includes(column))
  }
  yield opening
  const updates: string[] = []
  for (const table of tables) {
    const inserts = insertsOf(table.columns, table.name)
    const later = laterColumns(table)
    for await (const rows of watched(table, signal)) {
      const { now, waiting } = splitLater(rows, later)
      if (now.count > 0) yield inserts.rows(now)
      const set = assignments(waiting, later.columns)
      const where = assignments(waiting, later.key)
      for (const [row, values] of set.entries())
        updates.push(
          `UPDATE ${quotedName(table.name)} SET ${values.join(', ')} WHERE ${where[row]!.join(' AND ')};\n`,
        )
    }
    yield inserts.end()
  }
  for (const update of updates) yield update
  yield closing
}

/** By row, each of some columns with its value. */
function assignments(rows: Table, names: readonly string[]): string[][] {
  const texts = textColumns(rows, names)
  const literal = (text: string | null) => (text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`)
  return Array.from({ length: rows.count }, (_, row) =>
    names.map((name, k) => `${quotedName(name)} = ${literal(texts[k]![row]!)}`),
  )
}
