import { headOf } from '../../model/heads/index.ts'
import {
  blocksOf,
  codedColumns,
  dataUnitsOf,
  type Encoding,
  isScaled,
} from '../../table/encodings/encoding.ts'
import { encodingKindOf } from '../../table/encodings/index.ts'
import { int32 } from '../../table/encodings/kind.ts'
import { restoredInGraph } from '../../table/relations/in-graph.ts'
import type { GraphCell } from '../../table/relations/kind.ts'
import type { Graph, Value } from '../graph.ts'
import { type ConditionValues, conditionIn } from './condition.ts'
import { GraphBuilder, join, stack } from './graph-builder.ts'
import { fusedSteps, type RandomValues, type StepsOptions, steps } from './steps.ts'

export interface SamplerGraphOptions extends StepsOptions {
  readonly encoding: Encoding
  /** Whether to output every state from x_T to x_0 as `trajectory`. */
  readonly trajectory: boolean
}

/**
 * Builds the whole reverse process as one graph: x_T [batch, dim], noise [steps, batch, dim] for a stochastic sampler, and
 * known_values and known for a network that takes a condition, to x_0 (scaled space) and samples (data units, or cells).
 * Since t is constant at each network call, its embedding is folded into the first layer's bias.
 */
export function samplerGraph({ folded, process, encoding, trajectory }: SamplerGraphOptions): Graph {
  const graph = new GraphBuilder()
  const { dim } = folded.network
  const { isStochastic, timesteps } = process
  const x_T = graph.input('x_T', ['batch', dim])
  const noise = isStochastic ? graph.input('noise', [timesteps.length, 'batch', dim]) : undefined
  const condition = conditionIn(graph, folded.network)
  const states = reverseProcess(graph, { folded, process }, { x_T, noise }, condition)
  const x_0 = states.at(-1)!
  const samples = samplesInGraph(graph, encoding, x_0)
  const path = trajectory ? stack(graph, 'trajectory', states) : undefined
  graph.output('x_0', x_0)
  graph.output('samples', samples)
  if (path) graph.output('trajectory', path)
  return graph.build()
}

/** Returns the states of the reverse process: x_T, then one per step up to x_0. */
export function reverseProcess(
  graph: GraphBuilder,
  options: StepsOptions,
  random: RandomValues,
  condition: ConditionValues | undefined,
): Value[] {
  const isRaw = headOf(options.folded.network).toSample === undefined
  return isRaw && !condition ? fusedSteps(graph, options, random) : steps(graph, options, random, condition)
}

function samplesInGraph(graph: GraphBuilder, encoding: Encoding, x_0: Value): Value {
  if (!isScaled(encoding)) return graph.scope('decode', () => cellsInGraph(graph, encoding, x_0))
  // one product for all columns, unrounded
  const { factors, shifts } = dataUnitsOf(encoding)
  const row = (name: string, numbers: readonly number[]) =>
    graph.constant(`scaler.${name}`, [1, numbers.length], numbers)
  return graph.op('Add', [graph.op('Mul', [x_0, row('factors', factors)]), row('shifts', shifts)])
}

/** Cells [batch, columns]; NaN is a missing one. */
function cellsInGraph(graph: GraphBuilder, encoding: Encoding, x_0: Value): Value {
  const blocks = blocksOf(encoding)
  const { relations = [] } = encoding
  const pick = (name: string, start: number, size: number) => {
    const indices = Array.from({ length: size }, (_, k) => start + k)
    return graph.op('Gather', [x_0, graph.constant(name, [size], indices, 'int32')], { axis: 1 })
  }
  const withGaps = ({ cell, missing }: GraphCell<Value>, name: string): Value => {
    if (!missing) return cell
    const factors = graph.constant(`${name}.missing`, [2], [1, Number.NaN])
    const index = graph.op('Cast', [missing], { to: int32 })
    return graph.op('Mul', [cell, graph.op('Gather', [factors, index], { axis: 0 })])
  }
  const drawn: GraphCell<Value>[] = []
  const cells = codedColumns(encoding).map((column, d) => {
    const name = `column_${d}`
    const kind = encodingKindOf(column)
    const ofColumn = blocks.filter((block) => block.column === d)
    const [values, gap] = [
      ofColumn.filter(({ part }) => part === 'value'),
      ofColumn.find(({ part }) => part === 'gap'),
    ]
    const codes = values.map(({ size, start }, k) => {
      const at = values.length > 1 ? `${name}.digit_${k}` : name
      const block = pick(`${at}.dimensions`, start, size)
      return size > 1 ? indexOfLargest(graph, block, size, at) : block
    })
    // a column without dimensions uses any number with the batch's shape
    const code =
      values.length === 0 ? pick(`${name}.dimensions`, 0, 1) : kind.parts(column).graph(graph, codes, name)
    const cell = kind.graph(graph, column, code, name)
    const missing = gap && indexOfLargest(graph, pick(`${name}.gap`, gap.start, 2), 2, `${name}.gap`)
    drawn[d] = { cell, missing }
    const follows = relations.some((relation) => relation.column === column.name)
    return follows ? cell : withGaps(drawn[d]!, name)
  })
  for (const [d, restored] of restoredInGraph(graph, encoding, drawn))
    cells[d] = withGaps(restored, `column_${d}`)
  return join(graph, cells.slice(0, encoding.columns.length), 1)
}

/** The index of each row's first maximum in float32, as ArgMax gives int64: maxima become 1, ranked from the left. */
function indexOfLargest(graph: GraphBuilder, x: Value, size: number, name: string): Value {
  const scalar = (at: string, value: number, shape: number[] = [1, 1]) =>
    graph.constant(`${name}.${at}`, shape, [value])
  const beyond = graph.op('Sub', [x, graph.op('ReduceMax', [x])])
  const steep = graph.op('Mul', [beyond, scalar('largest.steep', 1e30)])
  const isLargest = graph.op('Clip', [
    graph.op('Add', [steep, scalar('largest.shift', 1)]),
    scalar('largest.zero', 0, []),
    scalar('largest.one', 1, []),
  ])
  const falling = Array.from({ length: size }, (_, k) => size - k)
  const ranks = graph.constant(`${name}.ranks`, [1, size], falling)
  const first = graph.op('ReduceMax', [graph.op('Mul', [isLargest, ranks])])
  return graph.op('Sub', [scalar('size', size), first])
}
