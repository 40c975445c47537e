import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import type { ReadTable } from '../table/inference/table-builder.ts'
import { type ColumnType, isGenerated, type Table } from '../table/table.ts'
import type { Schema } from './schema.ts'

/**
 * Tables with every cell as it was read, by the columns of the tables that are learned from: these have row numbers for keys, and
 * nothing of texts but what they have in common. Another table has other columns, and other cells.
 */
const wholes = new WeakMap<Table['columns'], Table>()

/** Keeps the cells of a table as they were read, to be written. */
export function keepWhole({ columns }: Table, whole: Table): void {
  wholes.set(columns, whole)
}

/** A table as it is written: with all cells, if it was read from a database. Throws InputError on one whose cells are not known. */
export function wholeOf(name: string, table: Table): Table {
  if (!('links' in table)) return table
  const whole = wholes.get(table.columns)
  if (whole) return whole
  const generated = table.columns.find((column) => isGenerated(column) && !column.categories)
  if (!generated) return table
  throw new InputError(
    `the table ${printable(name)} has no cells of ${printable(generated.name)}, which is a ${generated.kind}: give tables as readDatabase or sample returned them, or rows`,
    'conflict',
    { option: 'tables' },
  )
}

/**
 * Reads all tables with every cell. A reference has the type of the key that it leads to, as numbers that refer to texts are texts.
 *
 * @param order - The tables, parents first.
 * @param read - Reads a table, some columns of which have types.
 */
export async function readWhole(
  { tables }: Schema,
  order: readonly string[],
  read: (name: string, types?: Readonly<Record<string, ColumnType>>) => Promise<ReadTable>,
): Promise<Map<string, Table>> {
  const all = new Map<string, Table>()
  const isText = (table: string, column: string) =>
    all.get(table)?.columns.some(({ name, categories }) => name === column && categories) ?? false
  for (const name of order) {
    all.set(name, await read(name))
    const numbers = tables[name]!.references.flatMap(({ columns, table }) =>
      columns.filter((column, k) => !isText(name, column) && isText(table, tables[table]!.key![k]!)),
    )
    if (numbers.length > 0)
      all.set(name, await read(name, Object.fromEntries(numbers.map((column) => [column, 'category']))))
  }
  return all
}
