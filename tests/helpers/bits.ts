import { createHash } from 'node:crypto'
import { serialize } from 'node:v8'

/** A digest of a value to its last bit: vitest compares large arrays element by element, which takes seconds. */
export function bitsOf(value: unknown): string {
  return createHash('sha256').update(serialize(value)).digest('hex')
}
