import { chunksOf } from '../../core/bytes.ts'
import { InputError } from '../../core/errors.ts'
import { requireUnpacked } from '../inference/limits.ts'

/** Where compressed bytes come from. */
export interface Packed {
  /** Its name in messages. */
  readonly name: string
  /** How many bytes of the file have been read. */
  readonly done: () => number
  readonly maxSize: number | undefined
}

/** Gzip makes at most 258 bytes of two bits. */
const mostTimes = 1032

/** Bytes go to the decompressor in such pieces, because a page's does not wait before it has unpacked all of one. */
const pieceSize = 2 ** 14

/**
 * Unpacks gzip. Throws InputError as soon as more comes out than `unpackedLimit` allows, or if the bytes are no whole gzip
 * file.
 */
export async function* gunzipped(
  bytes: AsyncIterable<Uint8Array>,
  { name, done, maxSize }: Packed,
): AsyncGenerator<Uint8Array, void> {
  const pieces = piecesOf(bytes)
  /** Set if the compressed bytes could not be read at all. */
  let unread: unknown
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(value as Uint8Array<ArrayBuffer>)
      } catch (error) {
        unread = error
        throw error
      }
    },
  })
  const chunks = chunksOf(source.pipeThrough(new DecompressionStream('gzip')))
  let unpacked = 0
  try {
    for (;;) {
      const { value } = await chunks.next().catch(() => {
        throw unread ?? new InputError(`${name} is no whole gzip file: compress it again`, 'bad-data')
      })
      if (!value) return
      unpacked += value.length
      requireUnpacked(name, { unpacked, packed: done(), maxSize })
      yield value
    }
  } finally {
    await chunks.return()
  }
}

async function* piecesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length; at += pieceSize) yield chunk.subarray(at, at + pieceSize)
}

/**
 * Throws InputError if a gzip file says itself, in its last four bytes, that it unpacks to more than is allowed: before
 * anything is unpacked. Other files pass.
 */
export function requireSmallGzip(
  first: Uint8Array,
  last: Uint8Array,
  {
    name,
    size,
    maxSize,
  }: { readonly name: string; readonly size: number; readonly maxSize: number | undefined },
): void {
  if (!isGzip(first) || last.length < 4) return
  const unpacked = new DataView(last.buffer, last.byteOffset, last.length).getUint32(last.length - 4, true)
  // what gzip cannot reach is no size but the middle of a file that was cut
  if (unpacked > mostTimes * size) return
  requireUnpacked(name, { unpacked, packed: size, maxSize })
}

export function isGzip(first: Uint8Array): boolean {
  return first[0] === 0x1f && first[1] === 0x8b
}
