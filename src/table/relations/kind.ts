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

/** The columns of a relation: the one that follows, and its sources. */
export interface RelationColumns {
  readonly column: EncodedColumn
  readonly sources: readonly EncodedColumn[]
}

/** A number of each row that the network learns beside the columns, for a relation to compute with. */
export interface Beside<R extends RelationOfCard> {
  /** How it is encoded; undefined if this relation needs none. */
  column(relation: R): EncodedColumn | undefined
  /** Its cell, given those of the sources and of the column. */
  cell(relation: R, cells: readonly number[], own: number): number
}

/**
 * A kind of relation. A new kind is a file here, its line in index.ts, and what finds it.
 */
export interface RelationKind<R extends RelationOfCard> {
  /** Its name on a card. */
  readonly kind: string
  readonly schema: v.GenericSchema<unknown, R>
  /** What is learned beside the columns: the last of the sources wherever their cells or columns are given below. */
  readonly beside?: Beside<R>
  /** Whether a column of this encoding may be a source. */
  mayBeSource(column: EncodedColumn): boolean
  /** Whether it gives the column in every row, so that the network need not see it. */
  isTotal(relation: R, column: EncodedColumn): boolean
  /** In a line, as in `seats is determined by model`. */
  describe(relation: R): string
  /**
   * Returns a function from the sources' cells, and the column's own (NaN for a gap that was drawn), to the column's: NaN
   * for a gap, undefined where the relation says nothing.
   */
  resolver(
    relation: R,
    columns: RelationColumns,
  ): (cells: readonly number[], own: number) => number | undefined
  /**
   * The sources' cells that give this cell of the column (NaN for a gap), empty if none do.
   *
   * @param cells - The sources' cells, known or drawn; NaN for a gap or what is not drawn yet.
   * @param isFree - By source: whether its cell may change.
   */
  choices(
    relation: R,
    columns: RelationColumns,
    cell: number,
    cells: readonly number[],
    isFree: readonly boolean[],
  ): readonly SourceChoice[]
  /** `resolver` as operators; `own` is what the network draws, undefined if it does not see the column. */
  graph<V>(
    ops: GraphOps<V>,
    relation: R,
    columns: GraphColumns<V>,
    own: GraphCell<V> | undefined,
    name: string,
  ): GraphCell<V>
}

/** The columns of a relation in a graph, the sources with their cells. */
export interface GraphColumns<V> {
  readonly column: EncodedColumn
  readonly sources: readonly (GraphCell<V> & { readonly column: EncodedColumn })[]
}

/** Checks a definition's types. */
export function defineRelation<R extends RelationOfCard>(definition: RelationKind<R>): RelationKind<R> {
  return definition
}
