import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { columnNamed } from '../table/columns.ts'
import { textInDatabase } from '../table/formats/sql.ts'
import { shortest } from '../table/formats/write-cells.ts'
import { type Column, rowsBetween, type Table } from '../table/table.ts'
import { laterReferences, tablesInOrder } from './database.ts'
import { type Reference, requireWords, type Schema, type TableSchema } from './schema.ts'
import { wholeOf } from './whole.ts'

/** A table whose rows come a few at a time, so that any number of them takes little memory. */
export interface RowStream {
  readonly columns: readonly Column[]
  /** Rows of these columns, with their own texts if they have some. */
  readonly chunks: AsyncIterable<Table> | Iterable<Table>
}

/** What is written: tables, or their rows as they come. Those of parents are taken before those of children. */
export interface WritableDatabase {
  readonly schema: Schema
  /** By their names, such as what `sample` returned. */
  readonly tables: ReadonlyMap<string, Table | RowStream> | Readonly<Record<string, Table | RowStream>>
}

/** A table whose rows are still to come: its columns' names are known. */
export interface TableToCome {
  readonly name: string
  readonly schema: TableSchema
  /** References to rows that are written later: of itself, or of a table after it. */
  readonly later: readonly Reference[]
  readonly columns: readonly { readonly name: string }[]
}

/** A table to be written. */
export interface TableToWrite extends TableToCome, RowStream {
  /** Its place among the tables of the schema, which stand as in their source. */
  readonly place: number
  readonly columns: readonly Column[]
}

/** The number of rows to convert at once: as text, a large table takes many times the memory of its numbers. */
const rowsAtOnce = 4096

/** The tables of a schema in the order of their references. */
export function tablesToCome(schema: Schema): TableToCome[] {
  const order = tablesInOrder(schema)
  return order.map((name) => ({
    name,
    schema: schema.tables[name]!,
    later: laterReferences(schema, order, name),
    columns: Object.keys(schema.tables[name]!.columns).map((column) => ({ name: column })),
  }))
}

/** The same with their rows. */
export function tablesToWrite({ schema, tables }: WritableDatabase): TableToWrite[] {
  requireWords(schema)
  const places = Object.keys(schema.tables)
  const byName = tables instanceof Map ? tables : new Map(Object.entries(tables))
  return tablesToCome(schema).map((table) => {
    const given: Table | RowStream | undefined = byName.get(table.name)
    if (!given)
      throw new InputError(
        `the tables lack ${printable(table.name)} of the schema: give all of them, with the schema of the model that drew them`,
        'missing',
        { option: 'tables' },
      )
    const rows = 'chunks' in given ? given : wholeOf(table.name, given)
    const chunks = 'chunks' in rows ? rows.chunks : slicesOf(rows)
    return { ...table, place: places.indexOf(table.name), columns: rows.columns, chunks }
  })
}

function* slicesOf(table: Table): Generator<Table> {
  for (let from = 0; from < table.count; from += rowsAtOnce)
    yield rowsBetween(table, from, Math.min(table.count, from + rowsAtOnce))
}

/** The cells of some columns as texts that databases take; null for a missing one. */
export function textColumns({ columns }: Table, names: readonly string[]): (string | null)[][] {
  const short = shortest(columns)
  return names.map((name) => {
    const column = columnNamed(columns, name)
    const text = textInDatabase(column, short)
    return Array.from(column.cells, (cell) => (Number.isNaN(cell) ? null : text(cell)))
  })
}
