import * as v from 'valibot'
import type { EncodedColumn } from '../encodings/index.ts'
import type { GraphOps } from '../encodings/kind.ts'

/** A column whose cells follow from those of others, as plain data on cards. */
export interface RelationOfCard {
  readonly kind: string
  /** The column that follows from the others. */
  readonly column: string
  /** The columns that it follows from, its sources. */
  readonly by: readonly string[]
  /** The share of training rows in which it held. */
  readonly share: number
}

export const relationFields = {
  column: v.string(),
  by: v.pipe(v.array(v.string()), v.minLength(1), v.readonly()),
  share: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
}

/** A cell in a graph, [batch, 1] in its precision. */
export interface GraphCell<V> {
  /** Any number where it is missing. */
  readonly cell: V
  /** 1 where the cell is missing, else 0; undefined if it never is. */
  readonly missing?: V | undefined
}

/** Cells of a relation's sources with the same cell of its column. */
export interface SourceChoice {
  /** NaN for a gap. */
  readonly cells: readonly number[]
  /** How many training rows have them. */
  readonly rows: number
}

/**
 * A kind of relation. A new kind is a file here, its line in index.ts, and what finds it in find.ts.
 */
export interface RelationKind<R extends RelationOfCard> {
  /** Its name on a card. */
  readonly kind: string
  readonly schema: v.GenericSchema<unknown, R>
  /** In a line, as in `seats is determined by model`. */
  describe(relation: R): string
  /**
   * Returns a function from the sources' cells to the column's: NaN for a gap, undefined where the relation says nothing.
   */
  resolver(relation: R, sources: readonly EncodedColumn[]): (cells: readonly number[]) => number | undefined
  /** The sources' cells that give this cell of the column (NaN for a gap), empty if none do. */
  choices(relation: R, cell: number): readonly SourceChoice[]
  /** `resolver` as operators; `own` is the cell where the relation says nothing, undefined if it always says something. */
  graph<V>(
    ops: GraphOps<V>,
    relation: R,
    sources: readonly (GraphCell<V> & { readonly column: EncodedColumn })[],
    own: GraphCell<V> | undefined,
    name: string,
  ): GraphCell<V>
}

/** Checks a definition's types. */
export function defineRelation<R extends RelationOfCard>(definition: RelationKind<R>): RelationKind<R> {
  return definition
}
