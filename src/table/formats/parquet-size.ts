import type { ColumnMetaData, FileMetaData } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { InputError, messageOf } from '../../core/errors.ts'
import { requireUnpacked } from '../inference/limits.ts'

/**
 * Throws InputError if the chosen columns of a Parquet file unpack to more than is allowed, or its pages claim more values
 * than the rows: before anything is unpacked, because a few bytes of such a file can ask for any amount of memory.
 */
export function requireSmallParquet(
  content: ArrayBuffer,
  { row_groups, num_rows }: FileMetaData,
  chosen: ReadonlySet<string>,
  { name, maxSize }: { readonly name: string; readonly maxSize: number | undefined },
): void {
  const broken = (problem: string) =>
    new InputError(`${name} is no whole Parquet file (${problem}): write it again`, 'bad-data')
  if (row_groups.reduce((sum, group) => sum + group.num_rows, 0n) !== num_rows)
    throw broken('its row groups have another number of rows')
  let unpacked = 0
  for (const { columns, num_rows: rows } of row_groups)
    for (const { meta_data: column } of columns) {
      if (!column || !chosen.has(column.path_in_schema[0] ?? '')) continue
      let pages: readonly Page[]
      try {
        pages = pagesOf(content, column)
      } catch (error) {
        throw broken(messageOf(error).replaceAll(/\s+/g, ' '))
      }
      for (const { size, values } of pages) {
        if (values > rows) throw broken(`a page of ${column.path_in_schema[0]} has more values than rows`)
        unpacked += size
      }
    }
  const packed = content.byteLength
  requireUnpacked(name, { unpacked, packed, maxSize })
  requireUnpacked(name, { unpacked: 8 * chosen.size * Number(num_rows), packed, maxSize })
}

interface Page {
  /** Bytes, unpacked. */
  readonly size: number
  readonly values: number
}

/** What a column's pages say of themselves. */
function pagesOf(content: ArrayBuffer, column: ColumnMetaData): Page[] {
  const { dictionary_page_offset, data_page_offset, total_compressed_size } = column
  const view = new DataView(
    content,
    Number(dictionary_page_offset || data_page_offset),
    Number(total_compressed_size),
  )
  const reader = { view, offset: 0 }
  const pages: Page[] = []
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
