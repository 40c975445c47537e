import { chunksOf, joined } from '../../core/bytes.ts'
import { InputError } from '../../core/errors.ts'

/** Signatures of files that aren't text, and what they are. */
const strangers: readonly (readonly [begins: readonly number[], description: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive, as spreadsheets are: save it as CSV'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old spreadsheet: save it as CSV'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file: let its name end in .parquet'],
  [[0x42, 0x5a, 0x68], 'compressed by bzip2: give it as .gz or uncompressed'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed by zstd: give it as .gz or uncompressed'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'compressed by xz: give it as .gz or uncompressed'],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 'a .npy file: let its name end in .npy'],
]

/** Decompresses and decodes bytes: by the byte-order mark, otherwise as UTF-8 or, with a note, as Latin-1. */
export async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  notes: string[],
): AsyncGenerator<string, void> {
  const iterator = bytes[Symbol.asyncIterator]()
  const { value: first = new Uint8Array() } = (await iterator.next()) as { value?: Uint8Array }
  async function* allBytes() {
    yield first
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  const begins = (signature: readonly number[]) => signature.every((byte, i) => first[i] === byte)
  if (begins([0x1f, 0x8b])) {
    yield* decoded(gunzipped(allBytes(), name), name, notes)
    return
  }
  const stranger = strangers.find(([bytes]) => begins(bytes))
  if (stranger) throw new InputError(`${name} is ${stranger[1]}`, 'bad-data')
  if (begins([0xff, 0xfe]) || (first[1] === 0 && first[0] !== 0)) yield* byDecoder('utf-16le', allBytes())
  else if (begins([0xfe, 0xff]) || (first[0] === 0 && first[1] !== 0))
    yield* byDecoder('utf-16be', allBytes())
  else yield* utf8OrLatin1(allBytes(), name, notes)
}

async function* gunzipped(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array, void> {
  const iterator = bytes[Symbol.asyncIterator]()
  /** Set if the compressed bytes could not be read at all. */
  let unread: unknown
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { value, done } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value as Uint8Array<ArrayBuffer>)
      } catch (error) {
        unread = error
        throw error
      }
    },
  })
  try {
    yield* chunksOf(source.pipeThrough(new DecompressionStream('gzip')))
  } catch {
    throw unread ?? new InputError(`${name} is no whole gzip file: compress it again`, 'bad-data')
  }
}

async function* byDecoder(encoding: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

/** Decodes whole lines, so that no character is split; from the first invalid UTF-8 on, it reads Latin-1. */
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
    const end = chunk.lastIndexOf(0x0a) + 1
    if (end > 0) yield text(joined([rest, chunk.subarray(0, end)]))
    rest = end > 0 ? chunk.slice(end) : joined([rest, chunk])
  }
  if (rest.length > 0) yield text(rest)
}
