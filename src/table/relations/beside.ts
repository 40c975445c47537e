import type { FloatArray, Points } from '../../numerics/points.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { type Relation, relationKindOf } from './index.ts'

/** What relations learn beside a table's columns, in the order of the relations. */
export function besideColumns(relations: readonly Relation[] = []): EncodedColumn[] {
  return relations.flatMap((relation) => relationKindOf(relation).beside?.column(relation) ?? [])
}

interface Related {
  readonly columns: readonly EncodedColumn[]
  readonly relations?: readonly Relation[] | undefined
}

/** Rows [rows, columns] with what relations learn beside the columns at their ends: NaN where a cell of it is missing. */
export function withBeside<A extends FloatArray>(
  { columns, relations = [] }: Related,
  rows: Points<A>,
): Points<FloatArray> {
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name)
  const cells = relations.flatMap((relation) => {
    const { beside } = relationKindOf(relation)
    if (!beside?.column(relation)) return []
    const [target, sources] = [indexOf(relation.column), relation.by.map(indexOf)]
    return (at: number) =>
      beside.cell(
        relation,
        sources.map((d) => rows.data[at + d]!),
        rows.data[at + target]!,
      )
  })
  if (cells.length === 0) return rows
  const { count, dim } = rows
  const width = dim + cells.length
  const data = new Float64Array(count * width)
  for (let i = 0; i < count; i++) {
    data.set(rows.data.subarray(i * dim, (i + 1) * dim), i * width)
    for (const [k, cell] of cells.entries()) data[i * width + dim + k] = cell(i * dim)
  }
  return { data, count, dim: width }
}

/** The rows' columns alone. */
export function withoutBeside<A extends FloatArray>(
  { columns }: Pick<Related, 'columns'>,
  rows: Points<A>,
): Points<A> {
  const { count, dim } = rows
  if (dim === columns.length) return rows
  const data = rows.data.slice(0, count * columns.length) as A
  for (let i = 0; i < count; i++)
    data.set(rows.data.subarray(i * dim, i * dim + columns.length) as A, i * columns.length)
  return { data, count, dim: columns.length }
}
