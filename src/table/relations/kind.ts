import * as v from 'valibot'
import type { EncodedColumn } from '../encodings/index.ts'
import type { HeldPart } from '../held.ts'
import type { Computation } from '../operators/operators.ts'

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

/** Fields of a relation that has one source. */
export const fieldsOfOne = { ...relationFields, by: v.pipe(relationFields.by, v.maxLength(1)) }

/** Cells of a relation's sources with the same cell of its column. */
export interface SourceChoice {
  /** NaN for a missing value. */
  readonly cells: readonly number[]
  /** How many training rows have them. */
  readonly rows: number
}

/** The columns of a relation: the one that follows, and its sources. */
export interface RelationColumns {
  readonly column: EncodedColumn
  readonly sources: readonly EncodedColumn[]
}

/** A number of each row that the network learns in addition to the columns, for a relation to compute with. */
export interface Auxiliary<R extends RelationOfCard> {
  /** How it is encoded; undefined if this relation needs none. */
  column(relation: R): EncodedColumn | undefined
  /** Its cell, given those of the sources and of the column. */
  cells(relation: R, columns: RelationColumns): (sources: readonly number[], own: number) => number
}

/** A kind of relation. A new kind is a file here, its line in index.ts, and what finds it. */
export interface RelationKind<R extends RelationOfCard> {
  readonly schema: v.GenericSchema<unknown, R>
  /** Its auxiliary column: the last of the sources wherever their cells or columns are given below. */
  readonly auxiliary?: Auxiliary<R>
  /** What it holds of the training rows, without its auxiliary column, which is encoded. */
  held(relation: R): readonly HeldPart[]
  /** Whether a column of this encoding may be a source. */
  mayBeSource(column: EncodedColumn): boolean
  /** Whether it gives the column in every row, so that the network need not see it. Default: no. */
  isTotal?(relation: R, column: EncodedColumn): boolean
  /** Whether a known cell of the column may be another than follows from known sources. Default: no. */
  readonly mayDiffer?: boolean
  /** What follows from the sources, the first columns: the column's own cell, the last, where the relation says nothing. */
  follow(relation: R, columns: RelationColumns): Computation
  /**
   * The sources' cells that give this cell of the column (NaN for a missing value), empty if none do.
   *
   * @param cells - The sources' cells, known or drawn; NaN for a missing value or what is not drawn yet.
   * @param isFree - By source: whether its cell may change.
   */
  choices(
    relation: R,
    columns: RelationColumns,
    cell: number,
    cells: readonly number[],
    isFree: readonly boolean[],
  ): readonly SourceChoice[]
}
