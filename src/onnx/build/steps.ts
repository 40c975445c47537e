import type { Process, Stage } from '../../diffusion/process.ts'
import { type FoldedNetwork, firstLayerNames, layersOnState } from '../../model/folded.ts'
import type { Value } from '../graph.ts'
import type { ConditionValues } from './condition.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { laterLayers, linear, weightConstants } from './layers.ts'
import { resultInGraph } from './result.ts'
import { row } from './stacks.ts'

export interface StepsOptions {
  /** Folded at the timesteps of the process's calls. */
  readonly folded: FoldedNetwork
  readonly process: Process
}

/** The start of a reverse process, [batch, dim], and the noise of a stochastic one, [steps, batch, dim]. */
export interface RandomValues {
  readonly x_T: Value
  readonly noise?: Value | undefined
}

/**
 * The states of the reverse process: x_T, then one per step up to x_0. The condition's share of the first layer is the same
 * at every call, and computed once.
 */
export function steps(
  graph: GraphBuilder,
  { folded, process }: StepsOptions,
  { x_T, noise }: RandomValues,
  condition: ConditionValues | undefined,
): Value[] {
  const { network } = folded
  const { stages } = process
  const layerOf = weightConstants(graph, folded.weights)
  const [{ name: first }, ...later] = layersOnState(network)
  const ofKnown = condition && knownShare()

  const states = [x_T]
  /** The calls so far, newest first: the state and the network's result of each. */
  let calls: { readonly x_t: Value; readonly result: Value }[] = []
  let x = x_T
  for (const [j, stage] of stages.entries())
    graph.scope(`step_${j}`, () => {
      const x_t = x
      const { weight, bias } = firstLayerNames(network, stage.t)
      const layer = layerOf(first, weight, bias)
      const z = graph.scope(first, () =>
        condition && ofKnown
          ? linear(
              graph,
              graph.op('Mul', [x_t, condition.free]),
              layer.weight,
              graph.op('Add', [ofKnown, layer.bias]),
            )
          : linear(graph, x_t, layer.weight, layer.bias),
      )
      const output = laterLayers(graph, z, [layer, ...later.map(({ name }) => layerOf(name))], network)
      const alphaBar = network.alphaBars[stage.t]!
      const ofLevel = (name: string, at: (alphaBar: number) => number) =>
        graph.constant(`step_${j}.${name}`, [1, 1], [at(alphaBar)])
      calls = [{ x_t, result: resultInGraph(graph, network, condition, { x_t, output, ofLevel }) }, ...calls]
      x = nextState(graph, j, stage, calls, noise)
      if (stage.isLast) states.push(x)
    })
  return states

  function knownShare(): Value {
    const names = firstLayerNames(network, stages[0]!.t)
    const { weight } = layerOf(first, names.known, names.bias)
    return graph.scope(first, () => graph.op('Gemm', [condition!.inputs, weight], { transB: 1 }))
  }
}

/** The next state, from the calls so far; terms with the coefficient 0 are left out. */
function nextState(
  graph: GraphBuilder,
  j: number,
  stage: Stage,
  calls: readonly { readonly x_t: Value; readonly result: Value }[],
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
    add(calls[k]!.result, share.output, `sample.${k}`)
  }
  if (noise && stage.noise !== 0) add(row(graph, noise, stage.step, j), stage.noise, 'noise_share')
  return terms.reduce((sum, term) => graph.op('Add', [sum, term]))
}
