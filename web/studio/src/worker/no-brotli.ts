/**
 * Replaces the brotli of hyparquet-compressors, whose dictionary would be a fifth of the first load; few Parquet files
 * use it.
 */
export function decompressBrotli(): never {
  throw new Error(
    'its columns are compressed by brotli, which the studio does not read: write it with snappy, gzip or zstd',
  )
}
