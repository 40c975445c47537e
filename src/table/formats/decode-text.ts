import { joined } from '../../core/bytes.ts'
import { InputError } from '../../core/errors.ts'
import { gunzipped, isGzip, type Packed } from './unpack.ts'

/** Signatures of files that aren't text, and what they are. */
const strangers: readonly (readonly [begins: readonly number[], description: string])[] = [
  [
    [0x50, 0x4b, 0x03, 0x04],
    'a zip archive, as spreadsheets are: let its name end in .xlsx, or save it as CSV',
  ],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old spreadsheet: save it as CSV'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file: let its name end in .parquet'],
  [[0x42, 0x5a, 0x68], 'compressed by bzip2: give it as .gz or uncompressed'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed by zstd: give it as .gz or uncompressed'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'compressed by xz: give it as .gz or uncompressed'],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 'a .npy file: let its name end in .npy'],
]

/** Files that are compressed more often than this are taken for traps: some unpack to themselves. */
const mostLayers = 3

/** Decompresses and decodes bytes: by the byte-order mark, otherwise as UTF-8 or, with a note, as Latin-1. */
export async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  packed: Packed,
  notes: string[],
  layers = 0,
): AsyncGenerator<string, void> {
  const { name } = packed
  const iterator = bytes[Symbol.asyncIterator]()
  const { value: first = new Uint8Array() } = (await iterator.next()) as { value?: Uint8Array }
  async function* allBytes() {
    yield first
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  const begins = (signature: readonly number[]) => signature.every((byte, i) => first[i] === byte)
  if (isGzip(first)) {
    if (layers === mostLayers)
      throw new InputError(`${name} is compressed more than ${mostLayers} times: unpack it`, 'bad-data')
    yield* decoded(gunzipped(allBytes(), packed), packed, notes, layers + 1)
    return
  }
  const stranger = strangers.find(([bytes]) => begins(bytes))
  if (stranger) throw new InputError(`${name} is ${stranger[1]}`, 'bad-data')
  if (begins([0xff, 0xfe]) || (first[1] === 0 && first[0] !== 0)) yield* byDecoder('utf-16le', allBytes())
  else if (begins([0xfe, 0xff]) || (first[0] === 0 && first[1] !== 0))
    yield* byDecoder('utf-16be', allBytes())
  else yield* utf8OrLatin1(allBytes(), name, notes)
}

async function* byDecoder(encoding: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

/**
 * Decodes whole lines, and a line that is longer than a chunk in pieces that split no character; from the first invalid
 * UTF-8 on, it reads Latin-1.
 */
async function* utf8OrLatin1(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  notes: string[],
): AsyncGenerator<string, void> {
  let decoder = new TextDecoder('utf-8', { fatal: true })
  const text = (part: Uint8Array) => {
    try {
      return decoder.decode(part)
    } catch {
      decoder = new TextDecoder('windows-1252')
      notes.push(`${name} is not UTF-8: its letters are read as Latin-1`)
      return decoder.decode(part)
    }
  }
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of bytes) {
    const all = joined([rest, chunk])
    const end = all.lastIndexOf(0x0a) + 1 || (all.length < longestPart ? 0 : endOfCharacters(all))
    if (end > 0) yield text(all.subarray(0, end))
    rest = all.slice(end)
  }
  if (rest.length > 0) yield text(rest)
}

/** Lines of more bytes are decoded in pieces. */
const longestPart = 2 ** 16

/** Where the last complete character of UTF-8 ends. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let k = bytes.length - 1; k >= bytes.length - 4; k--) {
    const byte = bytes[k]!
    if (byte < 0x80) return k + 1
    if (byte < 0xc0) continue
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return k + length <= bytes.length ? k + length : k
  }
  return bytes.length
}
