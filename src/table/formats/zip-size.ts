import { InputError } from '../../core/errors.ts'
import { requireUnpacked } from '../inference/limits.ts'

const [endSignature, entrySignature] = [0x06054b50, 0x02014b50]
const [endSize, entrySize, longestComment] = [22, 46, 2 ** 16]
/** What a size of 32 bits says if the real one has 64. */
const beyond32 = 0xffffffff

/**
 * Throws InputError if a zip archive unpacks to more than is allowed, by what its directory says: before anything is
 * unpacked. Whatever unpacks it has to stop at these sizes.
 */
export function requireSmallZip(bytes: Uint8Array, name: string, maxSize: number | undefined): void {
  const broken = new InputError(`${name} is no whole .xlsx file: save it again`, 'bad-data')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let end = bytes.length - endSize
  const first = Math.max(0, end - longestComment)
  while (end >= first && view.getUint32(end, true) !== endSignature) end--
  if (end < first) throw broken
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  let unpacked = 0
  for (let i = 0; i < count; i++) {
    if (at + entrySize > bytes.length || view.getUint32(at, true) !== entrySignature) throw broken
    const size = view.getUint32(at + 24, true)
    // a sheet of more than 4 GB
    if (size === beyond32) throw broken
    unpacked += size
    at +=
      entrySize +
      view.getUint16(at + 28, true) +
      view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true)
  }
  requireUnpacked(name, { unpacked, packed: bytes.length, maxSize })
}
