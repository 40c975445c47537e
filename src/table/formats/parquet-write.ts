import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { InputError } from '../../core/errors.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { textOf } from '../cell-text.ts'
import { hasDays, zoneOf } from '../dates.ts'
import type { Column } from '../table.ts'
import { shortest, typeOfCells } from './write-cells.ts'

/** The number of rows to compress together; a reader also unpacks them together. */
const rowsOfGroup = 100_000

/** The limit of int64, beyond which numbers would wrap around. */
const largestWhole = 2 ** 63

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
  add(points: Points<FloatArray>): Uint8Array {
    for (const [d, column] of this.#columns.entries())
      for (const value of valuesOf(column, d, points)) this.#waiting[d]!.push(value)
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
  switch (typeOfParquet(column)) {
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

function typeOfParquet(column: Column) {
  return column.kind === 'date' && !hasDays(column.form ?? '') ? 'text' : typeOfCells(column)
}

/** A column's cells for hyparquet-writer. Throws InputError on a whole number beyond int64. */
function valuesOf(column: Column, d: number, { data, dim }: Points<FloatArray>): unknown[] {
  const type = typeOfParquet(column)
  const short = shortest(data)
  const text = textOf(column)
  const values: unknown[] = []
  for (let k = d; k < data.length; k += dim) {
    const cell = data[k]!
    if (Number.isNaN(cell)) values.push(null)
    else if (type === 'number') values.push(short(cell))
    else if (type === 'integer') values.push(int64(column, cell))
    else if (type === 'epoch') values.push(BigInt(text(cell)))
    else if (type === 'boolean') values.push(cell === 1)
    else if (type === 'date') values.push(new Date(cell))
    else values.push(text(cell))
  }
  return values
}

function int64({ name }: Column, cell: number): bigint {
  if (Math.abs(cell) >= largestWhole)
    throw new InputError(
      `column ${name} has ${cell}, which is beyond the whole numbers of Parquet: write another form, .csv say`,
      'out-of-range',
    )
  return BigInt(Math.round(cell))
}
