import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { zoneOf } from '../dates.ts'
import type { Column, Table } from '../table.ts'
import { shortest, typeOfValues, valuesOf } from './write-cells.ts'

/** The number of rows to compress together; a reader also unpacks them together. */
const rowsOfGroup = 100_000

/**
 * Writes a Parquet file, with rows that come a few at a time: double, int64, string, boolean and timestamp columns, with
 * null for a missing cell. Times of day, months and weeks are strings, since other readers know no Parquet type for them.
 */
export class ParquetRows {
  readonly #columns: readonly Column[]
  readonly #writer = new ByteWriter()
  readonly #file: ParquetWriter
  /** Values not written yet, by column. */
  readonly #waiting: unknown[][]

  constructor(columns: readonly Column[]) {
    this.#columns = columns
    this.#waiting = columns.map(() => [])
    const schema: SchemaElement[] = [
      { name: 'schema', num_children: columns.length },
      ...columns.map(
        (column): SchemaElement => ({ name: column.name, repetition_type: 'OPTIONAL', ...typeOf(column) }),
      ),
    ]
    this.#file = new ParquetWriter({ writer: this.#writer, schema, createdBy: 'moonstep' })
  }

  /** Adds rows; returns the bytes that are complete. The row groups don't depend on how the rows arrive. */
  add({ columns }: Table): Uint8Array {
    const short = shortest(columns)
    for (const [d, column] of columns.entries())
      for (const value of valuesOf(column, 'Parquet', short)) this.#waiting[d]!.push(value)
    while (this.#waiting[0]!.length >= rowsOfGroup) this.#writeGroup()
    return this.#written()
  }

  /** Returns the rest of the file. */
  end(): Uint8Array {
    if (this.#waiting[0]!.length > 0) this.#writeGroup()
    this.#file.finish()
    return this.#written()
  }

  #writeGroup(): void {
    const columnData = this.#columns.map(({ name }, d) => ({
      name,
      data: this.#waiting[d]!.splice(0, rowsOfGroup),
    }))
    this.#file.write({ columnData, rowGroupSize: rowsOfGroup })
  }

  #written(): Uint8Array {
    const bytes = this.#writer.getBytes().slice()
    this.#writer.index = 0
    return bytes
  }
}

function typeOf(column: Column): Omit<SchemaElement, 'name'> {
  switch (typeOfValues(column)) {
    case 'number':
      return { type: 'DOUBLE' }
    case 'integer':
    case 'epoch':
      return { type: 'INT64' }
    case 'boolean':
      return { type: 'BOOLEAN' }
    case 'text':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'date': {
      const isAdjustedToUTC = column.form !== undefined && zoneOf(column.form) !== undefined
      return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit: 'MILLIS' } }
    }
  }
}
