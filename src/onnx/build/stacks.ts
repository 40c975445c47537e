import type { Value } from '../graph.ts'
import type { GraphBuilder } from './graph-builder.ts'

/** Selects [batch, dim] from [steps, batch, dim]. A Split would need a storage buffer per step; WebGPU has 8 to 10. */
export function row(graph: GraphBuilder, stacked: Value, j: number, stage = j): Value {
  return graph.op('Gather', [stacked, graph.constant(`step_${stage}.index`, [], [j], 'int32')], { axis: 0 })
}

/** WebGPU guarantees 8 storage buffers per shader: 7 inputs and the output. */
const maxConcatInputs = 7

/**
 * Stacks values [batch, dim] to [count, batch, dim], or [dim] to [count, 1, dim]. Adding a zero of shape [1, 1, 1]
 * raises the rank without an int64 tensor.
 */
export function stack(graph: GraphBuilder, name: string, values: readonly Value[]): Value {
  return graph.scope(name, () => {
    const zero = graph.constant(`${name}.zero`, [1, 1, 1], [0])
    const parts = values.map((value) => graph.op('Add', [value, zero]))
    return join(graph, parts, 0)
  })
}

/** Concatenates values along an axis. */
export function join(graph: GraphBuilder, values: readonly Value[], axis: number): Value {
  let parts = values
  while (parts.length > 1)
    parts = chunks(parts, maxConcatInputs).map((part) => graph.op('Concat', part, { axis }))
  return parts[0]!
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}
