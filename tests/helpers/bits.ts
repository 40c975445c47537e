import { createHash } from 'node:crypto'
import { serialize } from 'node:v8'

/**
 * A digest of typed arrays, and of objects that hold them, to their last bit: vitest compares element by element, which
 * takes seconds for large arrays.
 */
export function bitsOf(value: unknown): string {
  return createHash('sha256').update(serialize(value)).digest('hex')
}
