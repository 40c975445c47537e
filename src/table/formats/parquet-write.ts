import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { zoneOf } from '../dates.ts'
import type { Column } from '../table.ts'
import { groupWriter, shortest, type TableWriter, typeOfValues, valuesOf } from './write-cells.ts'

/** The number of rows to compress together; a reader also unpacks them together. */
const rowsOfGroup = 100_000

/**
 * Writes a Parquet file: double, int64, string, boolean and timestamp columns, with null for a missing cell. Times of day, months
 * and weeks are strings, since other readers know no Parquet type for them.
 */
export function parquet(columns: readonly Column[]): TableWriter {
  const writer = new ByteWriter()
  const schema: SchemaElement[] = [
    { name: 'schema', num_children: columns.length },
    ...columns.map(
      (column): SchemaElement => ({ name: column.name, repetition_type: 'OPTIONAL', ...typeOf(column) }),
    ),
  ]
  const file = new ParquetWriter({ writer, schema, createdBy: 'moonstep' })
  return groupWriter(columns, rowsOfGroup, {
    valuesOf(table) {
      const short = shortest(table.columns)
      return table.columns.map((column) => valuesOf(column, 'Parquet', short))
    },
    writeGroup(values) {
      const columnData = columns.map(({ name }, d) => ({ name, data: values[d]! }))
      file.write({ columnData, rowGroupSize: rowsOfGroup })
    },
    finish: () => file.finish(),
    written() {
      const bytes = writer.getBytes().slice()
      writer.index = 0
      return bytes
    },
  })
}

const types = {
  number: { type: 'DOUBLE' },
  integer: { type: 'INT64' },
  epoch: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
} as const

function typeOf(column: Column): Omit<SchemaElement, 'name'> {
  const type = typeOfValues(column)
  if (type !== 'date') return types[type]
  const isAdjustedToUTC = column.form !== undefined && zoneOf(column.form) !== undefined
  return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit: 'MILLIS' } }
}
