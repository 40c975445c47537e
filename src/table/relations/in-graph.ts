import type { GraphOps } from '../encodings/kind.ts'
import { besideColumns } from './beside.ts'
import { relationKindOf } from './index.ts'
import type { GraphCell } from './kind.ts'
import type { Related } from './restore.ts'

/**
 * `restoreCells` as operators, for rows without known cells: the cells of the columns that follow from others.
 *
 * @param drawn - Each column's cell as the network gives it, then what relations learn beside the columns.
 */
export function restoredInGraph<V>(
  ops: GraphOps<V>,
  { columns, relations = [] }: Related,
  drawn: readonly GraphCell<V>[],
): Map<number, GraphCell<V>> {
  const indexOf = (name: string) => columns.findIndex((column) => column.name === name)
  const all = [...columns, ...besideColumns(relations)]
  const restored = new Map<number, GraphCell<V>>()
  let next = columns.length
  for (const relation of relations) {
    const d = indexOf(relation.column)
    const { graph } = relationKindOf(relation)
    const indices = [...relation.by.map(indexOf), ...besideColumns([relation]).map(() => next++)]
    const sources = indices.map((s) => ({ ...(restored.get(s) ?? drawn[s]!), column: all[s]! }))
    const drawnCell = columns[d]!.as === 'derived' ? undefined : drawn[d]!
    restored.set(d, graph(ops, relation, { column: columns[d]!, sources }, drawnCell, `column_${d}.relation`))
  }
  return restored
}
