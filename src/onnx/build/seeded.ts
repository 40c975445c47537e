import { maxSeed } from '../../numerics/random.ts'
import type { Column } from '../../table/table.ts'
import type { Graph, Value } from '../graph.ts'
import { conditionIn } from './condition.ts'
import { reverseProcess, type SamplerGraphOptions } from './sampler.ts'
import { columnsInGraph } from './seeded-columns.ts'
import { normalsInGraph } from './seeded-noise.ts'
import { SeededGraphBuilder, toTheEnd } from './seeded-ops.ts'

/**
 * Builds the graph from a seed and an index, int64 [batch], to the sample of that index: its noise, the whole reverse
 * process, and its row as a tensor [batch] per column. Runs on any onnxruntime on a CPU. A table's graph has the
 * optional inputs known_values and known. If the runtime gets the probe's noise wrong, and in rows with an invalid
 * seed or index, each output is NaN, '', -2^63 or false.
 */
export function seededGraph(options: Parts): Graph {
  const graph = new SeededGraphBuilder()
  graph.scope('moonstep', () => fill(graph, options))
  return graph.build()
}

type Parts = Pick<SamplerGraphOptions, 'folded' | 'process' | 'encoding'>

function fill(graph: SeededGraphBuilder, { folded, process, encoding }: Parts): void {
  const { dim } = folded.network
  const [seed, index] = (['seed', 'index'] as const).map((name) => graph.input(name, ['batch'], 'int64')) as [
    Value,
    Value,
  ]
  const column = (value: Value) => graph.reshape(value, [-1, 1], ['batch', 1])
  const zeros = graph.op('Mul', [graph.cast(column(index), 'float32'), graph.scalar(0, 'float32')])
  const condition = conditionIn(graph, folded.network, (name, width) => {
    const input = graph.optionalInput(name, ['given', width])
    // runtimes assume that tensors with the same declared shape have the same size
    return graph.typed('Add', [input, zeros], { shape: ['batch', width], dtype: 'float32' })
  })

  const steps = process.isStochastic ? process.timesteps.length : 0
  const { normals, isRight } = normalsInGraph(graph, seed, index, { steps, dim })
  const first = graph.op('Gather', [normals, graph.scalar(0, 'int32')], { axis: 0 })
  const random = {
    x_T: first,
    noise: steps > 0 ? graph.slice(normals, { axis: 0, start: 1, end: toTheEnd, size: steps }) : undefined,
  }
  const states = reverseProcess(graph, { folded, process }, random, condition)

  const isInRange = (value: Value) =>
    graph.op('And', [
      graph.op('GreaterOrEqual', [value, graph.scalar(0, 'int64')]),
      graph.op('LessOrEqual', [value, graph.scalar(maxSeed, 'int64')]),
    ])
  const rows = column(graph.op('And', [isInRange(seed), isInRange(index)]))
  const all = graph.op('And', [rows, isRight])
  const x_0 = states.at(-1)!
  const columns = graph.scope('decode', () =>
    columnsInGraph(graph, encoding, { x_0, index: column(index), isRight: all }),
  )
  graph.output('x_0', graph.op('Where', [all, x_0, graph.scalar(Number.NaN, 'float32')]))
  const names = outputNames(encoding, condition !== undefined)
  for (const [d, value] of columns.entries()) graph.output(names[d]!, value)
}

/** Returns the columns' names, or `<name>_column` if an input, another output or an inner tensor may have the name. */
export function outputNames(
  { columns }: { readonly columns: readonly Pick<Column, 'name'>[] },
  hasCondition: boolean,
): string[] {
  const usedNames = new Set(['seed', 'index', 'x_0', ...(hasCondition ? ['known_values', 'known'] : [])])
  const columnNames = new Set(columns.map(({ name }) => name))
  return columns.map(({ name }) => {
    let result = name.startsWith('moonstep/') ? `${name}_column` : name
    while (usedNames.has(result) || (result !== name && columnNames.has(result))) result += '_column'
    usedNames.add(result)
    return result
  })
}
