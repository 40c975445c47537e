/** What a card holds of the training rows by its columns. */
import type { HeldPart } from '../held.ts'
import { codedColumns, type Encoding } from './encoding.ts'
import { encodingKindOf } from './index.ts'

/** What the encodings of columns hold, auxiliary ones among them; what relations and rules hold is not among it. */
export function heldByColumns(encoding: Encoding): HeldPart[] {
  return codedColumns(encoding).flatMap((column) => encodingKindOf(column).held(column))
}
