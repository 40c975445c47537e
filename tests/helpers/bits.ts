import { createHash, type Hash } from 'node:crypto'

/**
 * A digest of typed arrays, and of maps and objects that hold them, to their last bit: vitest compares element by element,
 * which takes seconds for large arrays. V8's own `serialize` would not do: it writes 3 as a whole number or as a float64,
 * as other code in the process has used such objects.
 */
export function bitsOf(value: unknown): string {
  const hash = createHash('sha256')
  add(hash, value)
  return hash.digest('hex')
}

function add(hash: Hash, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.byteLength}\n`)
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  } else if (value instanceof Map || Array.isArray(value)) addEntries(hash, [...value.entries()])
  else if (typeof value === 'object' && value !== null) addEntries(hash, Object.entries(value))
  else hash.update(`${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}\n`)
}

function addEntries(hash: Hash, entries: readonly (readonly [unknown, unknown])[]): void {
  hash.update(`${entries.length} entries\n`)
  for (const [key, value] of entries) {
    add(hash, key)
    add(hash, value)
  }
}
