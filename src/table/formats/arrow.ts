/** Arrow: tables in memory, and files of its IPC format, by the optional package apache-arrow. */
import { joined } from '../../core/bytes.ts'
import { InputError } from '../../core/errors.ts'
import { isDaily, zoneOf } from '../dates.ts'
import { requireSource } from '../inference/source.ts'
import type { Column, Table, TableColumn } from '../table.ts'
import { groupWriter, shortest, type TableWriter, typeOfValues, valuesOf } from './write-cells.ts'

/**
 * A `Table` of the package apache-arrow. Its types need TypeScript 5.7, and those of this package compile with older ones, and
 * without apache-arrow: give it the type where you use it, `const table: Table = await toArrow(rows)`.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type ArrowTable = any

/** The number of rows of a record batch, which a reader takes at once. */
const rowsOfBatch = 65_536

/**
 * Converts a table to one of Arrow, with the package apache-arrow: npm install apache-arrow.
 *
 * @param table - The table, such as that of `sample` or `readTable`.
 * @returns The Arrow table: Float64, Int64 (also for 0 and 1), Bool, dictionaries of texts for names, Utf8, DateDay and
 * TimestampMillisecond, with null for a missing cell.
 * @throws InputError without the package, or on a whole number beyond 64 bits.
 * @example
 * const { table } = await sample(model, { count: 1000 })
 * const arrow = await toArrow(table)
 */
export async function toArrow(table: Table): Promise<ArrowTable> {
  requireSource('the table', table)
  const arrow = await loadArrow('toArrow')
  const batchOf = batchesOf(arrow, table.columns)
  return new arrow.Table(batchOf(cellsOf(table)))
}

/** The writer of a file. Throws InputError without the package. */
export async function arrowWriter(columns: readonly Column[]): Promise<TableWriter> {
  const arrow = await loadArrow('.arrow')
  const batchOf = batchesOf(arrow, columns)
  let parts: Uint8Array[] = []
  class Sink extends arrow.AsyncByteQueue {
    override write(part: Uint8Array): void {
      parts.push(part)
    }
  }
  const file = new arrow.RecordBatchFileWriter().reset(new Sink())
  return groupWriter(columns, rowsOfBatch, {
    valuesOf: cellsOf,
    writeGroup: (values) => file.write(batchOf(values)),
    finish: () => file.finish(),
    written() {
      const bytes = joined(parts)
      parts = []
      return bytes
    },
  })
}

type Arrow = typeof import('apache-arrow')

async function loadArrow(what: string): Promise<Arrow> {
  return import('apache-arrow').catch(() => {
    throw new InputError(`${what} needs another package: npm install apache-arrow`, 'not-available')
  })
}

/** Whether a column's cells are indices of names that the file has once. */
function isNamed<C extends Column>(column: C): column is C & { readonly categories: readonly string[] } {
  return typeOfValues(column) === 'text' && column.kind !== 'text' && column.categories !== undefined
}

/** The values of each column. */
function cellsOf({ columns }: Table): unknown[][] {
  const short = shortest(columns)
  return columns.map((column: TableColumn) =>
    isNamed(column)
      ? Array.from(column.cells, (cell) => (Number.isNaN(cell) ? null : cell))
      : valuesOf(column, 'Arrow', short),
  )
}

/** Makes record batches of the columns' values. */
function batchesOf(arrow: Arrow, columns: readonly Column[]) {
  // an id of the package's own would count the dictionaries of the process, and change the file's bytes
  const types = columns.map((column, d) => typeOf(arrow, column, d))
  const fields = columns.map(({ name }, d) => new arrow.Field(name, types[d]!, true))
  const schema = new arrow.Schema(fields)
  /** Of names, which all batches share. */
  const dictionaries = columns.map((column) =>
    isNamed(column) ? new arrow.Vector([dataOf(arrow, new arrow.Utf8(), column.categories)]) : undefined,
  )
  return (values: readonly (readonly unknown[])[]) => {
    const children = values.map((list, d) => {
      const dictionary = dictionaries[d]
      if (!dictionary) return dataOf(arrow, types[d]!, list)
      const { values: data, nullBitmap, nullCount, length } = dataOf(arrow, new arrow.Int32(), list)
      return arrow.makeData({ type: types[d] as NameType, data, nullBitmap, nullCount, length, dictionary })
    })
    const type = new arrow.Struct(fields)
    const length = values[0]?.length ?? 0
    return new arrow.RecordBatch(schema, arrow.makeData({ type, length, nullCount: 0, children }))
  }
}

type DataType = import('apache-arrow').DataType
type NameType = import('apache-arrow').Dictionary<import('apache-arrow').Utf8, import('apache-arrow').Int32>

function typeOf(arrow: Arrow, column: Column, id: number): DataType {
  if (isNamed(column)) return new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), id)
  const { form = 'YYYY-MM-DD' } = column
  switch (typeOfValues(column)) {
    case 'number':
      return new arrow.Float64()
    case 'integer':
    case 'epoch':
      return new arrow.Int64()
    case 'boolean':
      return new arrow.Bool()
    case 'date':
      return isDaily(form)
        ? new arrow.DateDay()
        : new arrow.TimestampMillisecond(zoneOf(form) === undefined ? null : 'UTC')
    case 'text':
      return new arrow.Utf8()
  }
}

function dataOf(arrow: Arrow, type: DataType, cells: readonly unknown[]) {
  const builder = arrow.makeBuilder({ type, nullValues: [null] })
  for (const cell of cells) builder.append(cell)
  return builder.finish().flush()
}
