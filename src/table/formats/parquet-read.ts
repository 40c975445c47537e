import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { InputError, messageOf } from '../../core/errors.ts'
import { printable, shortFloat32 } from '../../core/format.ts'
import { formatDate, textOfDate } from '../dates.ts'
import type { ReadingOptions } from '../inference/choice.ts'
import type { ColumnBuilder } from '../inference/column-builder.ts'
import { type ReadTable, TableBuilder } from '../inference/table-builder.ts'
import { requireSmallParquet } from './parquet-size.ts'

/**
 * Reads the table in a Parquet file, column by column. Leaves out columns of lists and structures. Throws InputError on
 * a truncated or invalid file, and as `TableBuilder` does.
 */
export async function readParquet(
  bytes: Uint8Array,
  name: string,
  options: ReadingOptions,
): Promise<ReadTable> {
  const unshared = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
  const content = unshared.buffer as ArrayBuffer
  const file = { byteLength: content.byteLength, slice: content.slice.bind(content) }
  const metadata = asParquet(name, () => parquetMetadata(content))
  const { children } = asParquet(name, () => parquetSchema(metadata))
  const builder = new TableBuilder({ name, place: 'row', isText: false }, options)
  const elements = new Map<ColumnBuilder, SchemaElement>()
  for (const { element, children: parts } of children) {
    if (builder.has(element.name))
      throw new InputError(
        `${name}: two columns are named ${printable(element.name)}: rename one`,
        'bad-data',
      )
    if (parts.length > 0 || element.repetition_type === 'REPEATED') {
      builder.leaveOut(element.name, 'its cells are lists or structures')
      continue
    }
    const column = builder.addColumn(element.name)
    if (column) elements.set(column, element)
  }
  builder.requireChosenColumns()
  const chosen = new Set([...elements.values()].map((element) => element.name))
  requireSmallParquet(content, metadata, chosen, { name, maxSize: options.maxSize })
  const placeOf = builder.takeRows(Number(metadata.num_rows))
  for (const [column, element] of elements) {
    const cellOf = cellReaderOf(element)
    const cells = builder.grid.columns[column.index]!
    const watcher = builder.watcherOf(element.name)
    for await (const { data, start } of chunksOf(file, metadata, element.name, name))
      for (let i = 0; i < data.length; i++) {
        watcher?.(data[i], start + i)
        const place = placeOf(start + i)
        if (place >= 0) cells[place] = cellOf(column, data[i], start + i + 1)
      }
  }
  return builder.finish()
}

/** A column's values, row group by row group. */
async function* chunksOf(file: AsyncBuffer, metadata: FileMetaData, column: string, name: string) {
  let first = 0
  for (const group of metadata.row_groups) {
    const end = first + Number(group.num_rows)
    const chunks: { data: ArrayLike<unknown>; start: number }[] = []
    try {
      await parquetRead({
        file,
        metadata,
        columns: [column],
        rowStart: first,
        rowEnd: end,
        compressors,
        onChunk: ({ columnData, rowStart }) => chunks.push({ data: columnData, start: rowStart }),
      })
    } catch (error) {
      throw noParquet(name, error)
    }
    yield* chunks
    first = end
  }
}

function asParquet<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw noParquet(name, error)
  }
}

function noParquet(name: string, error: unknown): InputError {
  const reason = messageOf(error).replaceAll(/\s+/g, ' ')
  return new InputError(`${name} is no whole Parquet file (${reason}): write it again`, 'bad-data')
}

type CellOf = (column: ColumnBuilder, value: unknown, row: number) => number

/** Converts a column's values to cells: times become texts, so that all formats recognize the same forms. */
function cellReaderOf({ type, converted_type, logical_type }: SchemaElement): CellOf {
  const logical = logical_type?.type
  if (logical === 'TIME' || converted_type === 'TIME_MILLIS' || converted_type === 'TIME_MICROS') {
    const unit = logical_type && 'unit' in logical_type ? logical_type.unit : undefined
    const isMillis = unit === 'MILLIS' || converted_type === 'TIME_MILLIS'
    const perMillisecond = isMillis ? 1 : unit === 'NANOS' ? 1e6 : 1e3
    return ifPresent((column, value, row) =>
      column.text(formatDate(Number(value) / perMillisecond, 'hh:mm:ss'), row),
    )
  }
  if (converted_type === 'DECIMAL')
    // scaling an integer by a power of ten is inexact in binary
    return ifPresent((column, value, row) => column.number(Number(Number(value).toPrecision(15)), row))
  if (type === 'FLOAT')
    return ifPresent((column, value, row) => column.number(shortFloat32(Number(value)), row))
  // times without a zone, as pandas writes them
  const isLocal = type === 'INT96' || (logical_type?.type === 'TIMESTAMP' && !logical_type.isAdjustedToUTC)
  if (isLocal)
    return ifPresent((column, value, row) => {
      const text = value instanceof Date ? textOfDate(value, true) : undefined
      return text === undefined ? column.value(value, row) : column.text(text, row)
    })
  return (column, value, row) => column.value(value, row)
}

function ifPresent(cellOf: CellOf): CellOf {
  return (column, value, row) =>
    value === null || value === undefined ? Number.NaN : cellOf(column, value, row)
}
