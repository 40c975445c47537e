import type { EncodedColumn } from '../encodings/index.ts'
import type { Relation } from './index.ts'

/** The relations found so far, by the columns' indices: at most one for each column, and none for a source. */
export interface Found {
  /** Whether a column may still follow from others. */
  mayFollow(d: number): boolean
  mayBeSource(d: number): boolean
  /** Whether a column may follow from another, even if others follow from it: not in a circle. */
  mayFollowFrom(d: number, source: number): boolean
  add(relation: Relation): void
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
