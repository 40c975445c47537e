import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { readRows, toRows } from '../table/inference/rows.ts'
import type { Table } from '../table/table.ts'
import type { Database } from './database.ts'
import { type ReadDatabaseOptions, readTables } from './read-tables.ts'
import type { StoredTable } from './store.ts'

/** Several tables by their names, each as rows or as a table. */
export type TablesOfRows = Readonly<Record<string, readonly object[] | Table>>

/**
 * Tables in memory as a database.
 *
 * @param tables - By table, its rows.
 * @throws InputError on a table without rows, and as `readTables` does.
 */
export function databaseOfRows(tables: TablesOfRows, options: ReadDatabaseOptions): Promise<Database> {
  const entries = Object.entries(tables).map(([name, rows]): [string, readonly object[]] => [
    name,
    'columns' in rows ? toRows(rows) : rows,
  ])
  const empty = entries.find(([, rows]) => !Array.isArray(rows) || rows.length === 0)
  if (entries.length === 0 || empty)
    throw new InputError(
      `dataset has ${empty ? `no rows of ${printable(empty[0])}` : 'no table'}: give rows by table, such as { customers: [{ id: 1, country: 'BE' }] }`,
      'wrong-type',
      { option: 'dataset' },
    )
  const stored = entries.map(([name, rows]): StoredTable => {
    // a table without rows was refused, and none are read where only keys are looked at
    const read: StoredTable['read'] = async (reading) => readRows(rows, name, { ...reading, minRows: 0 })
    return { name, where: name, read }
  })
  return readTables({ name: 'dataset', notices: [], tables: stored, close: async () => {} }, options)
}
