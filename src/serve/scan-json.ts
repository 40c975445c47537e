/** What one pass over a JSON text finds, before it is parsed. */
export interface JsonScan {
  /** Values, lists and objects, at most one more than there are; a parser takes memory for each. */
  readonly elements: number
  /** The first key for which `isWatched` is true that stands twice anywhere: a parser keeps the last. */
  readonly repeated: string | undefined
}

const [quote, backslash, colon, comma, brace, bracket] = [...'"\\:,{['].map((letter) => letter.charCodeAt(0))
const isSpace = (byte: number | undefined) => byte === 32 || byte === 10 || byte === 13 || byte === 9

/**
 * Looks at each byte of a JSON text once: no expression that could go back, no call for each level. A text that is not JSON gives
 * some result, and the parser refuses it.
 *
 * @param bytes - The text in UTF-8.
 * @param isWatched - Whether a key may stand only once.
 * @param longestKey - Longer keys are not looked at.
 * @param mostElements - The pass ends beyond so many elements.
 */
export function scanJson(
  bytes: Buffer,
  isWatched: (key: string) => boolean,
  longestKey: number,
  mostElements: number,
): JsonScan {
  const watched = new Set<string>()
  let repeated: string | undefined
  let elements = 1
  const { length } = bytes
  for (let at = 0; at < length && elements <= mostElements; at++) {
    const byte = bytes[at]
    if (byte === comma || byte === brace || byte === bracket) elements++
    if (byte !== quote) continue
    const start = at
    for (at++; at < length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at++
    const end = at + 1
    while (isSpace(bytes[at + 1])) at++
    if (bytes[at + 1] !== colon || repeated !== undefined || end - start > longestKey) continue
    const key = textOf(bytes.toString('utf8', start, end))
    if (key === undefined || !isWatched(key)) continue
    if (watched.has(key)) repeated = key
    watched.add(key)
  }
  return { elements, repeated }
}

function textOf(json: string): string | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
