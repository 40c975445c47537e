import * as v from 'valibot'
import type { EncodedColumn } from '../encodings/index.ts'
import { type DateNearYear, dateNearYear } from './date-near-year.ts'
import { type DateOfParts, dateOfParts } from './date-of-parts.ts'
import { defineRelation, type RelationKind, type RelationOfCard } from './kind.ts'

/** A date that takes its parts from columns, and the rest from what the network drew; or its year from another and a residual. */
export type Dated = DateOfParts | DateNearYear

const partsOf = (relation: Dated) =>
  ('residual' in relation ? dateNearYear : dateOfParts) as unknown as RelationKind<RelationOfCard>

export const dated = defineRelation<Dated>({
  kind: 'dated',
  schema: v.variant('kind', [dateOfParts.schema as never, dateNearYear.schema as never]),
  auxiliary: {
    column: (relation): EncodedColumn | undefined => partsOf(relation).auxiliary?.column(relation),
    cell: (relation, cells, own) => dateNearYear.auxiliary!.cell(relation as DateNearYear, cells, own),
  },
  mayBeSource: (column) => dateOfParts.mayBeSource(column),
  isTotal: (relation, column) => partsOf(relation).isTotal(relation, column),
  describe: (relation) => partsOf(relation).describe(relation),
  follow: (relation, columns) => partsOf(relation).follow(relation, columns),
  choices: (relation, ...of) => partsOf(relation).choices(relation, ...of),
})
