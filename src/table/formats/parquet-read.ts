import {
  type AsyncBuffer,
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { compressors } from 'hyparquet-compressors'
import { InputError, messageOf } from '../../core/errors.ts'
import { printable, shortFloat32 } from '../../core/format.ts'
import { formatDate, textOfDate } from '../dates.ts'
import type { ReadingOptions } from '../inference/choice.ts'
import type { ColumnBuilder } from '../inference/column-builder.ts'
import { requireUnpacked } from '../inference/limits.ts'
import { type ReadTable, TableBuilder } from '../inference/table-builder.ts'

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
  const metadata = await asParquet(name, () => parquetMetadata(content))
  const { children } = await asParquet(name, () => parquetSchema(metadata))
  const builder = new TableBuilder({ name, place: 'row', isText: false }, options)
  const chosen = new Map<ColumnBuilder, SchemaElement>()
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
    if (column) chosen.set(column, element)
  }
  builder.requireChosenColumns()
  const names = new Set([...chosen.keys()].map((column) => column.name))
  await requireSmallParquet(content, metadata, names, { name, maxSize: options.maxSize })
  const placeOf = builder.takeRows(Number(metadata.num_rows))
  for (const [column, element] of chosen) {
    const convert = conversionOf(element)
    const cells = builder.grid.columns[column.index]!
    const watcher = builder.watcherOf(element.name)
    for await (const { data, start } of chunksOf(file, metadata, element.name, name))
      for (let i = 0; i < data.length; i++) {
        const value = data[i]
        watcher?.(value, start + i)
        const place = placeOf(start + i)
        if (place >= 0) cells[place] = column.value(value == null ? value : convert(value), start + i + 1)
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
    await asParquet(name, () =>
      parquetRead({
        file,
        metadata,
        columns: [column],
        rowStart: first,
        rowEnd: end,
        compressors,
        onChunk: ({ columnData, rowStart }) => chunks.push({ data: columnData, start: rowStart }),
      }),
    )
    yield* chunks
    first = end
  }
}

async function asParquet<T>(name: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw noParquet(name, messageOf(error).replaceAll(/\s+/g, ' '))
  }
}

function noParquet(name: string, reason: string): InputError {
  return new InputError(`${name} is no whole Parquet file (${reason}): write it again`, 'bad-data')
}

/**
 * Throws InputError if the chosen columns of a Parquet file unpack to more than is allowed, or its pages claim more values
 * than the rows: before anything is unpacked, because a few bytes of such a file can ask for any amount of memory.
 */
async function requireSmallParquet(
  content: ArrayBuffer,
  { row_groups, num_rows }: FileMetaData,
  chosen: ReadonlySet<string>,
  { name, maxSize }: { readonly name: string; readonly maxSize: number | undefined },
): Promise<void> {
  if (row_groups.reduce((sum, group) => sum + group.num_rows, 0n) !== num_rows)
    throw noParquet(name, 'its row groups have another number of rows')
  let unpacked = 0
  for (const { columns, num_rows: rows } of row_groups)
    for (const { meta_data: column } of columns) {
      if (!column || !chosen.has(column.path_in_schema[0] ?? '')) continue
      for (const { size, values } of await asParquet(name, () => pagesOf(content, column))) {
        if (values > rows)
          throw noParquet(name, `a page of ${column.path_in_schema[0]} has more values than rows`)
        unpacked += size
      }
    }
  const packed = content.byteLength
  requireUnpacked(name, { unpacked, packed, maxSize })
  requireUnpacked(name, { unpacked: 8 * chosen.size * Number(num_rows), packed, maxSize })
}

/** The bytes of a column's pages, unpacked, and the number of their values, as they say. */
function pagesOf(content: ArrayBuffer, column: ColumnMetaData) {
  const { dictionary_page_offset, data_page_offset, total_compressed_size } = column
  const view = new DataView(
    content,
    Number(dictionary_page_offset || data_page_offset),
    Number(total_compressed_size),
  )
  const reader = { view, offset: 0 }
  const pages: { size: number; values: number }[] = []
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader)
    const { data_page_header, data_page_header_v2, dictionary_page_header } = header
    const { num_values = 0 } = data_page_header ?? data_page_header_v2 ?? dictionary_page_header ?? {}
    const { uncompressed_page_size: size, compressed_page_size: skipped } = header
    if (!(size >= 0 && skipped >= 0 && num_values >= 0)) throw new Error('a page has a negative size')
    pages.push({ size, values: num_values })
    reader.offset += skipped
  }
  return pages
}

/** Converts a column's values: times become texts, so that all formats recognize the same forms. */
function conversionOf({ type, converted_type, logical_type }: SchemaElement): (value: unknown) => unknown {
  const logical = logical_type?.type
  if (logical === 'TIME' || converted_type === 'TIME_MILLIS' || converted_type === 'TIME_MICROS') {
    const unit = logical_type && 'unit' in logical_type ? logical_type.unit : undefined
    const isMillis = unit === 'MILLIS' || converted_type === 'TIME_MILLIS'
    const perMillisecond = isMillis ? 1 : unit === 'NANOS' ? 1e6 : 1e3
    return (value) => formatDate(Number(value) / perMillisecond, 'hh:mm:ss')
  }
  // scaling an integer by a power of ten is inexact in binary
  if (converted_type === 'DECIMAL') return (value) => Number(Number(value).toPrecision(15))
  if (type === 'FLOAT') return (value) => shortFloat32(Number(value))
  // times without a zone, as pandas writes them
  const isLocal = type === 'INT96' || (logical_type?.type === 'TIMESTAMP' && !logical_type.isAdjustedToUTC)
  if (isLocal) return (value) => (value instanceof Date ? textOfDate(value, true) : undefined) ?? value
  return (value) => value
}
