import { clamped, type GraphOps } from '../encodings/kind.ts'
import type { GraphCell } from './kind.ts'

/**
 * A column's cells in a graph: made from its sources where none of them is missing, and the column's own where one is, or where
 * `isOwn` is 1.
 */
export function madeWhereThere<V>(
  ops: GraphOps<V>,
  cells: {
    readonly made: V
    readonly own: GraphCell<V>
    readonly sources: readonly GraphCell<V>[]
    readonly isOwn?: V
  },
  name: string,
): GraphCell<V> {
  const { made, own, sources, isOwn } = cells
  const reasons: V[] = isOwn === undefined ? [] : [isOwn]
  for (const { missing } of sources) if (missing !== undefined) reasons.push(missing)
  if (reasons.length === 0) return { cell: made, missing: own.missing }
  const total = reasons.reduce((sum, each) => ops.op('Add', [sum, each]))
  const keepsOwn = clamped(ops, total, [0, 1], `${name}.own`)
  const isMade = ops.op('Sub', [ops.constant(`${name}.one`, [1, 1], [1]), keepsOwn])
  const parts = [ops.op('Mul', [made, isMade]), ops.op('Mul', [own.cell, keepsOwn])]
  return { cell: ops.op('Add', parts), missing: own.missing }
}
