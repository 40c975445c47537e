import type { Encoding } from '../encodings/encoding.ts'
import type { HeldPart } from '../held.ts'
import { ruleKindOf } from '../rules/index.ts'
import { relationKindOf } from './index.ts'

/** What the relations and rules of a file hold of its training rows, without the auxiliary columns, which are encoded. */
export function heldByRelations({ relations = [], rules = [] }: Encoding): HeldPart[] {
  return [
    ...relations.flatMap((relation) => relationKindOf(relation).held(relation)),
    ...rules.flatMap((rule) => ruleKindOf(rule).held(rule)),
  ]
}
