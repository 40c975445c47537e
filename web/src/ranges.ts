import { type Encoding, isScaled } from '../../src/table/encodings/encoding.ts'
import type { LinearColumn } from '../../src/table/encodings/linear.ts'

/** The columns with their ranges, which the model scales to [-1, 1]: the lesson only covers points. */
export function rangesOf(encoding: Encoding): readonly LinearColumn[] {
  if (!isScaled(encoding)) throw new Error('a table has no ranges')
  return encoding.columns
}
