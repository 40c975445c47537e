import type { EncodedColumn } from '../encodings/index.ts'
import { type Relation, relationKindOf } from './index.ts'

/** The auxiliary columns of relations, which the network learns in addition to the table's, in the order of the relations. */
export function auxiliaryColumns(relations: readonly Relation[] = []): EncodedColumn[] {
  return relations.flatMap((relation) => relationKindOf(relation).auxiliary?.column(relation) ?? [])
}

/** Columns and the relations between them. */
export interface Related {
  readonly columns: readonly EncodedColumn[]
  /** At most one for each column; a source's own stands before. */
  readonly relations?: readonly Relation[] | undefined
}

/**
 * The columns' cells, then the cells of the auxiliary columns: NaN where one is not known.
 *
 * @param isMissing - Whether NaN is a missing value of a column, by its index, and not an unknown one. Default: it is.
 */
export function withAuxiliary(
  { columns, relations = [] }: Related,
  cells: readonly Float64Array[],
  isMissing: (d: number) => boolean = () => true,
): readonly Float64Array[] {
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name)
  const auxiliary = relations.flatMap((relation) => {
    const { auxiliary } = relationKindOf(relation)
    if (!auxiliary?.column(relation)) return []
    const [own, ...sources] = [relation.column, ...relation.by].map(indexOf)
    const cellOf = (i: number) =>
      [own!, ...sources].every((d) => !Number.isNaN(cells[d]![i]!) || isMissing(d))
        ? auxiliary.cell(
            relation,
            sources.map((d) => cells[d]![i]!),
            cells[own!]![i]!,
          )
        : Number.NaN
    return [cells[own!]!.map((_, i) => cellOf(i))]
  })
  return [...cells, ...auxiliary]
}
