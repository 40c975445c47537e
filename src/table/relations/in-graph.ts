import type { GraphOps } from '../encodings/kind.ts'
import { relationKindOf } from './index.ts'
import type { GraphCell } from './kind.ts'
import type { Related } from './restore.ts'

/**
 * `restoreCells` as operators, for rows without known cells: the cells of the columns that follow from others.
 *
 * @param drawn - Each column's cell as the network gives it.
 */
export function restoredInGraph<V>(
  ops: GraphOps<V>,
  { columns, relations = [] }: Related,
  drawn: readonly GraphCell<V>[],
): Map<number, GraphCell<V>> {
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name)
  return new Map(
    relations.map((relation) => {
      const d = indexOf(relation.column)
      const sources = relation.by.map(indexOf).map((s) => ({ ...drawn[s]!, column: columns[s]! }))
      const own = columns[d]!.as === 'derived' ? undefined : drawn[d]!
      const { graph } = relationKindOf(relation)
      return [d, graph(ops, relation, { column: columns[d]!, sources }, own, `column_${d}.relation`)]
    }),
  )
}
