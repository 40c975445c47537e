import { parquetWriteBuffer } from 'hyparquet-writer'
import { hostile } from '../input.ts'

/** A file whose last bytes say that its footer has so many bytes. */
function lying(length: number): Uint8Array {
  const bytes = new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: 'a', data: [1, 2], type: 'DOUBLE' }] }),
  )
  new DataView(bytes.buffer).setUint32(bytes.length - 8, length, true)
  return bytes
}

export default hostile({
  kind: 'table',
  file: 'a.parquet',
  content: () => lying(0xfffffff0),
  is: /is no whole Parquet file/,
})
