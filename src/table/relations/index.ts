/**
 * Relations: columns whose cells follow from those of others. find.ts finds them in the training rows, restore.ts applies
 * them to samples; each kind is a file and a line here.
 */
import * as v from 'valibot'
import type { EncodedColumn } from '../encodings/index.ts'
import { type Combination, combination } from './combination.ts'
import { type Copy, copy } from './copy.ts'
import { type DateNearYear, dateNearYear } from './date-near-year.ts'
import { type DateOfParts, type DatePart, dateOfParts } from './date-of-parts.ts'
import type { PartOfDates } from './date-parts.ts'
import { fromEarlier } from './earlier.ts'
import type { RelationKind, RelationOfCard } from './kind.ts'
import { type Linear, linear } from './linear.ts'
import { type LookUp, lookUp } from './look-up.ts'
import { type Nearest, nearest } from './nearest.ts'
import { type Order, order } from './order.ts'
import { type Piece, piece } from './piece.ts'
import { type Product, product } from './product.ts'
import { type Within, within } from './within.ts'

export type {
  Combination,
  Copy,
  DateNearYear,
  DateOfParts,
  DatePart,
  Linear,
  LookUp,
  Nearest,
  Order,
  PartOfDates,
  Piece,
  Product,
  RelationOfCard,
  Within,
}

/** A date that takes its parts from columns, and the rest from what the network drew; or its year from another and a residual. */
export type Dated = DateOfParts | DateNearYear

/** A relation on a card. A new kind is a file, a type and a line here. */
export type Relation =
  | LookUp
  | Combination
  | Linear
  | Product
  | Nearest
  | Order
  | Copy
  | Dated
  | Piece
  | Within

const kinds = {
  'look-up': lookUp,
  combination,
  linear,
  product,
  nearest,
  order,
  copy,
  dated: dateOfParts,
  piece,
  within,
}

/** The kind of a relation. */
export function relationKindOf(relation: Relation): RelationKind<RelationOfCard> {
  // the kind that has two forms
  const isNearYear = relation.kind === 'dated' && 'follows' in relation
  const kind = isNearYear ? dateNearYear : kinds[relation.kind]
  return kind as unknown as RelationKind<RelationOfCard>
}

export const relationSchema: v.GenericSchema<unknown, Relation> = v.pipe(
  v.unknown(),
  v.transform(fromEarlier),
  v.variant(
    'kind',
    [...Object.values(kinds), dateNearYear].map(({ schema }) => schema as v.GenericSchema as never) as never,
  ) as v.GenericSchema<unknown, Relation>,
)

/** Whether the network need not see a relation's column. */
export function isTotal(relation: Relation, columns: readonly EncodedColumn[]): boolean {
  const column = columns.find(({ name }) => name === relation.column)!
  return relationKindOf(relation).isTotal?.(relation, column) ?? false
}

/**
 * Whether relations fit the columns: they are between columns that exist, each source may be one, a source's own relation
 * stands before it, no column has two, and each column that the network does not see has one.
 */
export function areRelated(columns: readonly EncodedColumn[], relations: readonly Relation[]): boolean {
  const targets = relations.map(({ column }) => column)
  const isSource = (relation: Relation, k: number, name: string) => {
    const column = columns.find((each) => each.name === name)
    const isKnown = targets.indexOf(name) < k
    return column !== undefined && isKnown && relationKindOf(relation).mayBeSource(column)
  }
  return (
    new Set(targets).size === targets.length &&
    targets.every((name) => columns.some((column) => column.name === name)) &&
    relations.every((relation, k) => relation.by.every((name) => isSource(relation, k, name))) &&
    columns.every(({ name, as }) => as !== 'derived' || targets.includes(name))
  )
}
