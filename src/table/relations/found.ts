import type { Relation } from './index.ts'

/** The relations found so far, by the columns' indices: at most one for each column, and none for a source. */
export interface Found {
  /** Whether a column may still follow from others. */
  mayFollow(d: number): boolean
  mayBeSource(d: number): boolean
  add(relation: Relation): void
}
