/// <reference path="./pako.d.ts" />
import { Inflate } from 'pako/lib/inflate.js'
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

/** Bytes go to the decompressor in such pieces, so that what one unpacks to is checked before the next. */
const pieceSize = 2 ** 14

/** The format gzip, and no other that zlib knows. */
const windowBits = 31

/**
 * Unpacks gzip, also of several members, as bgzip and `cat a.gz b.gz` write it: a page's own DecompressionStream knows one alone.
 * Throws InputError as soon as more comes out than `unpackedLimit` allows, or if the bytes are no whole gzip file.
 */
export async function* gunzipped(
  bytes: AsyncIterable<Uint8Array>,
  { name, done, maxSize }: Packed,
): AsyncGenerator<Uint8Array, void> {
  const chunks: Uint8Array[] = []
  let member: Inflate | undefined
  let unpacked = 0
  for await (const piece of piecesOf(bytes)) {
    let isWhole = true
    for (let rest = piece; rest.length > 0 && isWhole; ) {
      // zeros may fill the file up after a member
      if (!member && rest[0] === 0) {
        rest = rest.subarray(1)
        continue
      }
      if (!member) {
        member = new Inflate({ windowBits, chunkSize: pieceSize })
        member.onData = (chunk) => chunks.push(chunk)
      }
      isWhole = member.push(rest)
      rest = rest.subarray(rest.length - (member.ended ? member.strm.avail_in : 0))
      if (member.ended) member = undefined
    }
    for (const chunk of chunks.splice(0)) {
      unpacked += chunk.length
      requireUnpacked(name, { unpacked, packed: done(), maxSize })
      yield chunk
    }
    if (!isWhole) throw notWhole(name)
  }
  if (member) throw notWhole(name)
}

function notWhole(name: string): InputError {
  return new InputError(`${name} is no whole gzip file: compress it again`, 'bad-data')
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
  [first, last]: readonly [Uint8Array, Uint8Array],
  size: number,
  { name, maxSize }: Pick<Packed, 'name' | 'maxSize'>,
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
