import type { Process, Stage } from '../../diffusion/process.ts'
import { type FoldedNetwork, firstLayerNames, layersOnState } from '../../model/folded.ts'
import { blocksOf, type Encoding } from '../../table/encodings/encoding.ts'
import { encodingKindOf } from '../../table/encodings/index.ts'
import { int32 } from '../../table/encodings/kind.ts'
import type { Value } from '../graph.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { applyTableLayers, weightConstants } from './layers.ts'
import { join, row } from './stacks.ts'
import { type ConditionValues, estimateOf, stateOf } from './table-graph.ts'

export interface SamplerGraphOptions {
  /** Folded at the timesteps of the process's calls. */
  readonly folded: FoldedNetwork
  readonly process: Process
  readonly encoding: Encoding
  /** Whether to output every state from x_T to x_0 as `trajectory`. */
  readonly trajectory: boolean
}

/** The start of a reverse process, [batch, dim], and the noise of a stochastic one, [steps, batch, dim]. */
export interface RandomValues {
  readonly x_T: Value
  readonly noise?: Value | undefined
}

/**
 * Returns the states of a table's reverse process: x_T, then one per step up to x_0. The condition's share of the first
 * layer is the same at every call, and computed once.
 */
export function tableReverseProcess(
  graph: GraphBuilder,
  { folded, process }: Pick<SamplerGraphOptions, 'folded' | 'process'>,
  { x_T, noise }: RandomValues,
  condition: ConditionValues,
): Value[] {
  const { network } = folded
  const { dim } = network
  const table = network.table!
  const { stages } = process
  const layerOf = weightConstants(graph, folded.weights)
  const [{ name: first }, ...later] = layersOnState(network)
  const ofFirst = firstLayerNames(network, stages[0]!.t)
  const { weight: known } = layerOf(first, ofFirst.known, ofFirst.bias)
  const ofKnown = graph.scope(first, () => graph.op('Gemm', [condition.inputs, known], { transB: 1 }))
  const factor = (name: string, value: number) => graph.constant(name, [1, 1], [value])

  const states = [x_T]
  /** The calls so far, newest first: the state and the predicted sample of each. */
  let calls: { readonly x_t: Value; readonly sample: Value }[] = []
  let x = x_T
  for (const [j, stage] of stages.entries())
    graph.scope(`step_${j}`, () => {
      const x_t = x
      const { weight, bias } = firstLayerNames(network, stage.t)
      const layer = layerOf(first, weight, bias)
      const z = graph.scope(first, () =>
        graph.op(
          'Gemm',
          [graph.op('Mul', [x_t, condition.free]), layer.weight, graph.op('Add', [ofKnown, layer.bias])],
          { transB: 1 },
        ),
      )
      const output = applyTableLayers(graph, z, [layer, ...later.map(({ name }) => layerOf(name))])
      const alphaBar = table.alphaBars[stage.t]!
      const sample = estimateOf(graph, table, condition, {
        x_t,
        output,
        signal: stateOf(graph, table, dim, factor(`step_${j}.signal`, Math.sqrt(alphaBar))),
        noise: stateOf(graph, table, dim, factor(`step_${j}.noise`, Math.sqrt(1 - alphaBar))),
      })
      calls = [{ x_t, sample }, ...calls]
      x = nextState(graph, j, stage, calls, noise)
      if (stage.isLast) states.push(x)
    })
  return states
}

/** The next state, from the calls so far; terms with the coefficient 0 are left out. */
function nextState(
  graph: GraphBuilder,
  j: number,
  stage: Stage,
  calls: readonly { readonly x_t: Value; readonly sample: Value }[],
  noise: Value | undefined,
): Value {
  const terms: Value[] = []
  const add = (value: Value, coefficient: number, name: string) => {
    if (coefficient === 0) return
    const isWhole = coefficient === 1
    terms.push(
      isWhole ? value : graph.op('Mul', [value, graph.constant(`step_${j}.${name}`, [1, 1], [coefficient])]),
    )
  }
  for (const [k, share] of stage.calls.entries()) {
    add(calls[k]!.x_t, share.x_t, `x_t.${k}`)
    add(calls[k]!.sample, share.output, `sample.${k}`)
  }
  if (noise && stage.noise !== 0) add(row(graph, noise, stage.step, j), stage.noise, 'noise_share')
  return terms.reduce((sum, term) => graph.op('Add', [sum, term]))
}

/** Decodes x_0 to cells [batch, columns] in float32; NaN is a missing cell. */
export function cellsOf(graph: GraphBuilder, encoding: Encoding, x_0: Value): Value {
  const blocks = blocksOf(encoding)
  const pick = (name: string, start: number, size: number) => {
    const indices = Array.from({ length: size }, (_, k) => start + k)
    return graph.op('Gather', [x_0, graph.constant(name, [size], indices, 'int32')], { axis: 1 })
  }
  const cells = encoding.columns.map((column, d) => {
    const name = `column_${d}`
    const [value, gap] = (['value', 'gap'] as const).map((part) =>
      blocks.find((block) => block.column === d && block.part === part),
    )
    // a column without dimensions uses any number with the batch's shape
    const block = pick(`${name}.dimensions`, value?.start ?? 0, value?.size ?? 1)
    const code = value && value.size > 1 ? indexOfLargest(graph, block, value.size, name) : block
    const cell = encodingKindOf(column).graph(graph, column, code, name)
    if (!gap) return cell
    const isMissing = indexOfLargest(graph, pick(`${name}.gap`, gap.start, 2), 2, `${name}.gap`)
    const factors = graph.constant(`${name}.missing`, [2], [1, Number.NaN])
    const missing = graph.op('Gather', [factors, graph.op('Cast', [isMissing], { to: int32 })], { axis: 0 })
    return graph.op('Mul', [cell, missing])
  })
  return join(graph, cells, 1)
}

/**
 * The index of the first maximum in each row of [batch, size], as float32 [batch, 1]; ArgMax would return int64. Maxima
 * become 1, all others 0. Multiplied by size, size - 1, ..., 1, the first maximum is the largest.
 */
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
  const ranks = graph.constant(
    `${name}.ranks`,
    [1, size],
    Array.from({ length: size }, (_, k) => size - k),
  )
  const first = graph.op('ReduceMax', [graph.op('Mul', [isLargest, ranks])])
  return graph.op('Sub', [scalar('size', size), first])
}
