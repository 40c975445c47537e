import { type EncodedColumn, encodingKindOf } from '../../src/table/encodings/index.ts'
import { computeRow } from '../../src/table/operators/columns.ts'
import { type Relation, relationKindOf } from '../../src/table/relations/index.ts'

/** Returns a function from a column's code to its cell. */
export function decoderOf(column: EncodedColumn): (code: number) => number {
  const decode = encodingKindOf(column).decode(column)
  return (code) => computeRow(decode, [code])
}

/** Returns a function from the cells of a relation's sources, and the column's own, to what follows. */
export function followerOf(
  relation: Relation,
  column: EncodedColumn,
  sources: readonly EncodedColumn[],
): (cells: readonly number[], own: number) => number {
  const follow = relationKindOf(relation).follow(relation, { column, sources })
  return (cells, own) => computeRow(follow, [...cells, own])
}
