import { parquetWriteBuffer } from 'hyparquet-writer'
import { hostile } from '../input.ts'

/** A file whose footer is 0xff throughout: lengths of lists and texts beyond any file. */
function spoiled(): Uint8Array {
  const bytes = new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: 'a', data: [1, 2], type: 'DOUBLE' }] }),
  )
  const length = new DataView(bytes.buffer).getUint32(bytes.length - 8, true)
  return bytes.fill(0xff, bytes.length - 8 - length, bytes.length - 8)
}

export default hostile({
  kind: 'table',
  file: 'a.parquet',
  content: () => spoiled(),
  is: /is no whole Parquet file/,
})
