import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

/** Two parts that each say they are nearly the whole file. */
function overlapping(): Uint8Array {
  const bytes = zipSync({ '0.json': new Uint8Array(1000), '1.json': new Uint8Array(1000) }, { level: 0 })
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (let at = 0; at < bytes.length - 24; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue
    view.setUint32(at + 20, bytes.length - 40, true)
    view.setUint32(at + 24, 0, true)
  }
  return bytes
}

export default hostile({
  kind: 'database',
  content: () => overlapping(),
  is: /it is no zip/,
})
