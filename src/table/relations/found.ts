import type { EncodedColumn } from '../encodings/index.ts'
import type { Relation } from './index.ts'

/** Whether a row holds a relation, by the cells of the sources and of the column; undefined where the relation says nothing of it. */
export type RowTest = (sources: readonly number[], own: number) => boolean | undefined

/** Learns a relation from some of the training rows; undefined if these do not show it. */
export type Learn = (rows: readonly number[]) => RowTest | undefined

/** The relations found so far, by the columns' indices: at most one for each column, and none for a source. */
export interface Found {
  /** Whether a column may still follow from others. */
  mayFollow(d: number): boolean
  mayBeSource(d: number): boolean
  /** Whether a column may follow from another, even if others follow from it: not in a circle. */
  mayFollowFrom(d: number, source: number): boolean
  /** Whether a column is a sum of others, which says what it would say in their place. */
  isSum(d: number): boolean
  /**
   * Adds a relation if it is confirmed: whether it is.
   *
   * @param learn - Learns it from some of the training rows, to be tested on others.
   * @param least - The share of rows in which it must hold to be found. Default: all.
   */
  add(relation: Relation, learn: Learn, least?: number): boolean
  /** Whether a relation is confirmed, of which another will be made. */
  isConfirmed(relation: Relation, learn: Learn, least?: number): boolean
  /** Notes why a relation is not used. */
  refuse(relation: Relation, reason: string): void
  /** Whether there are rows to confirm relations by that they are not found in. */
  readonly hasOthers: boolean
  /** The fewest training rows that a combination of the columns' cells may be of. */
  fewestRows(columns: readonly SearchedColumn[]): number
  /** Encodes numbers that the network is to learn beside the columns, NaN for a missing one. */
  encode(name: string, isWhole: boolean, cells: Float64Array): EncodedColumn
}

/** A column among which relations are looked for. */
export interface SearchedColumn {
  /** Its index in the table. */
  readonly d: number
  readonly column: EncodedColumn
  readonly cells: Float64Array
}
