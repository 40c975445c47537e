import { type Encoding, isLinear } from '../../src/table/encoding.ts'
import type { LinearColumn } from '../../src/table/encodings/linear.ts'

/** The columns with the range of each that the model scales to [-1, 1]: the lesson is about points alone. */
export function rangesOf(encoding: Encoding): readonly LinearColumn[] {
  if (!isLinear(encoding)) throw new Error('a table has no ranges')
  return encoding.columns
}
