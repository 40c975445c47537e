/**
 * Relations: columns whose cells follow from those of others. find.ts finds them in the training rows, restore.ts applies
 * them to samples; each kind is a file and a line here.
 */
import * as v from 'valibot'
import type { EncodedColumn } from '../encodings/index.ts'
import { type Determined, determined, placeCount } from './determined.ts'
import type { RelationKind, RelationOfCard } from './kind.ts'

export type { Determined } from './determined.ts'

/** A relation on a card. A new kind is a file, a type and a line here. */
export type Relation = Determined

const kinds = { determined }

/** The kind of a relation. */
export function relationKindOf(relation: Relation): RelationKind<RelationOfCard> {
  return kinds[relation.kind] as unknown as RelationKind<RelationOfCard>
}

export const relationSchema = v.variant('kind', [
  determined.schema as v.GenericSchema as never,
]) as v.GenericSchema<unknown, Relation>

/** A relation in a line, as in `seats is determined by model`. */
export function describeRelation(relation: Relation): string {
  return relationKindOf(relation).describe(relation)
}

/**
 * Whether relations fit the columns: they are between columns that exist, sources have few values and no relation of their
 * own, no column has two, and each column that the network does not see has one.
 */
export function areRelated(columns: readonly EncodedColumn[], relations: readonly Relation[]): boolean {
  const targets = relations.map(({ column }) => column)
  const isSource = (name: string) => {
    const column = columns.find((each) => each.name === name)
    return column !== undefined && placeCount(column) !== undefined && !targets.includes(name)
  }
  return (
    new Set(targets).size === targets.length &&
    targets.every((name) => columns.some((column) => column.name === name)) &&
    relations.every(({ by }) => by.every(isSource)) &&
    columns.every(({ name, as }) => as !== 'derived' || targets.includes(name))
  )
}
