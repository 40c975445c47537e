import { unzipSync } from 'fflate'

/** What a zip's directory says of a part, with what came before it. */
export interface ZipPart {
  readonly name: string
  /** The number of parts up to this one. */
  readonly count: number
  /** The bytes that these take unpacked, at most: a part that is not compressed takes its own, whatever it says. */
  readonly size: number
}

/**
 * Unpacks a zip in memory. Every part takes the bytes that it says, and no more comes out.
 *
 * @param check - Sees each part before it is unpacked, and throws if that or the parts so far are too much.
 * @throws What `check` throws, and an error on what is no zip, or has parts that overlap.
 */
export function unzipped(
  bytes: Uint8Array,
  check: (part: ZipPart) => void,
): Readonly<Record<string, Uint8Array>> {
  let [count, size, packed] = [0, 0, 0]
  return unzipSync(bytes, {
    filter(part) {
      packed += part.size
      // parts that share their bytes would multiply them
      if (packed > bytes.length) throw new Error('the parts overlap')
      count++
      size += Math.max(part.size, part.originalSize)
      check({ name: part.name, count, size })
      return true
    },
  })
}
