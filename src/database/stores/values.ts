/** Tables of databases by their catalogues, and their values as cells. */
import { printable } from '../../core/format.ts'
import { ownValue } from '../../core/own.ts'
import { textOfDate } from '../../table/dates.ts'
import { type ReadTable, TableBuilder } from '../../table/inference/table-builder.ts'
import type { ColumnType } from '../../table/table.ts'
import type { Store, StoredTable, TableReading } from '../store.ts'

/** What a database's type says about the cells of a column; `none` of cells that can be neither learned nor generated. */
export type Family =
  | 'integer'
  | 'decimal'
  | 'number'
  | 'boolean'
  | 'date'
  | 'time'
  | 'zoned'
  | 'text'
  | 'enum'
  | 'none'

export interface StoredColumn {
  readonly name: string
  readonly family: Family
  /** As the database names it. */
  readonly type: string
}

/** A column in a catalogue. */
export interface CatalogueColumn extends StoredColumn {
  readonly table: string
  readonly isRequired: boolean
  /** How a SQLite file defines it. */
  readonly definition?: string | undefined
}

/** A key or a reference in a catalogue. */
export interface Constraint {
  readonly table: string
  readonly isKey: boolean
  readonly columns: readonly string[]
  /** Of a reference, the table and the columns that it leads to, and what becomes of it when the row there changes. */
  readonly target?: string | undefined
  readonly to: readonly string[]
  readonly actions?: string | undefined
}

/** What a database has, and how it is read. */
interface Catalogue {
  /** Its name in messages. */
  readonly name: string
  readonly columns: readonly CatalogueColumn[]
  readonly constraints: readonly Constraint[]
  /** The columns of a table that are read whatever their types, by its constraints and those that lead to it. */
  needed(ofTable: readonly Constraint[], toTable: readonly Constraint[]): readonly string[]
  rowsOf(table: string, columns: readonly StoredColumn[]): Rows
  /** What the database says about a request, as one line. */
  asLine(error: unknown): unknown
  close(): Promise<void>
}

/** Rows of values, some at a time. */
type Rows = AsyncIterable<readonly (readonly unknown[])[]> | Iterable<readonly (readonly unknown[])[]>

/** What has the same key, by that key. */
function groupedBy<T, K>(all: readonly T[], keyOf: (each: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const each of all) {
    const group = groups.get(keyOf(each))
    if (group) group.push(each)
    else groups.set(keyOf(each), [each])
  }
  return groups
}

/** A database at one point in time as a store. */
export function storeOf({ name, close, ...catalogue }: Catalogue): Store {
  const notices: string[] = []
  const [ofTables, toTables] = [
    groupedBy(catalogue.constraints, ({ table }) => table),
    groupedBy(catalogue.constraints, ({ target }) => target),
  ]
  const all = [...groupedBy(catalogue.columns, ({ table }) => table)]
  const tables = all.flatMap(([table, ownColumns]): StoredTable[] => {
    const constraints = ofTables.get(table) ?? []
    const needed = new Set(catalogue.needed(constraints, toTables.get(table) ?? []))
    const columns = ownColumns.filter((column) => {
      if (column.family !== 'none' || needed.has(column.name)) return true
      notices.push(
        `${printable(table)}: ${printable(column.name)} is left out, as its type ${printable(column.type)} is neither learned nor made`,
      )
      return false
    })
    // what has no cell that is read, has no row
    if (columns.length === 0) return []
    const where = `${name}, table ${table}`
    const definitions = columns.map((column) => [column.name, column.definition])
    return [
      {
        name: table,
        where,
        declared: {
          key: constraints.find(({ isKey }) => isKey)?.columns,
          references: constraints.flatMap(({ isKey, columns, target, to, actions }) =>
            isKey ? [] : [{ columns, table: target!, to, actions }],
          ),
          required: columns.flatMap((column) => (column.isRequired ? column.name : [])),
          definitions: Object.fromEntries(definitions),
        },
        read: (options) =>
          readValues(where, columns, catalogue.rowsOf(table, columns), options).catch((error) => {
            throw catalogue.asLine(error)
          }),
      },
    ]
  })
  return { name, tables, notices, close }
}

/** The kind that a family decides, where the cells alone would not. */
const kinds: Partial<Record<Family, ColumnType>> = {
  number: 'number',
  decimal: 'number',
  boolean: 'boolean',
  enum: 'category',
}

/** A value of a database as its text, as a cell; null for what no cell can hold, such as infinity. */
export function cellOf(family: Family, text: string | null): unknown {
  if (text === null) return null
  switch (family) {
    case 'integer':
      return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)
    case 'decimal':
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : null
    case 'boolean':
      return text === 't' || text === 'true'
    case 'date':
    case 'zoned': {
      // a year before Christ, and infinity, are beyond the calendar
      const [, day, clock, fraction = ''] =
        /^(\d{4,}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00(?::?00)?)?)?$/.exec(text) ?? []
      if (day === undefined) return null
      const time = clock === undefined ? '' : `T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
      return textOfDate(new Date(`${day}${time}`), family === 'date') ?? null
    }
    case 'time':
      return text.replace(/\.\d+$/, '')
    default:
      return text
  }
}

/**
 * Reads rows of a database as a table.
 *
 * @param where - The table's place in messages.
 * @param rows - The values of the columns, in their order.
 */
async function readValues(
  where: string,
  columns: readonly StoredColumn[],
  rows: Rows,
  { choice, keepsAll, watch }: TableReading,
): Promise<ReadTable> {
  const declared = columns.flatMap(({ name, family }): [string, ColumnType][] => {
    const kind = kinds[family]
    return kind === undefined ? [] : [[name, kind]]
  })
  const types = { ...Object.fromEntries(declared), ...choice.types }
  const builder = new TableBuilder(
    { name: where, place: 'row', isText: false },
    { choice: { ...choice, types }, keepsAll, watch, minRows: 0 },
  )
  for (const { name } of columns) builder.addColumn(name)
  builder.requireChosenColumns()
  let number = 0
  for await (const some of rows) for (const row of some) builder.addValues(row, ++number)
  const empty = declared
    .map(([name]) => name)
    .filter((name) => ownValue(choice.types, name) === undefined && builder.forgetEmpty(name))
  const table = builder.finish()
  const leftOut = empty.map((name) => ({ name, reason: 'it has no values', kind: null }))
  return { ...table, leftOut: [...table.leftOut, ...leftOut] }
}
