import { negativeSlope } from '../../model/network.ts'
import type { NamedWeights } from '../../model/weights.ts'
import type { Value } from '../graph.ts'
import type { GraphBuilder } from './graph-builder.ts'

/** The weight and bias of a linear layer in a graph. */
export interface LayerValues {
  readonly name: string
  readonly weight: Value
  readonly bias: Value
}

/** Adds each weight as a constant under its own name. Returns a function that gets a layer by its weights' names. */
export function weightConstants(graph: GraphBuilder, weights: NamedWeights) {
  const values = new Map<string, Value>()
  for (const [name, { shape, data }] of weights) values.set(name, graph.constant(name, shape, data))
  const weightNamed = (name: string): Value => {
    const value = values.get(name)
    if (!value) throw new Error(`there is no weight ${name}`)
    return value
  }
  return (name: string, weight = `${name}.weight`, bias = `${name}.bias`): LayerValues => ({
    name,
    weight: weightNamed(weight),
    bias: weightNamed(bias),
  })
}

/** y = x W^T + b. */
export function linear(graph: GraphBuilder, x: Value, weight: Value, bias: Value): Value {
  return graph.op('Gemm', [x, weight, bias], { transB: 1 })
}

function leakyRelu(graph: GraphBuilder, x: Value): Value {
  return graph.op('LeakyRelu', [x], { alpha: negativeSlope })
}

/** Linear layers with LeakyReLU between them. */
export function applyLayers(graph: GraphBuilder, input: Value, layers: readonly LayerValues[]): Value {
  const h = applyHiddenLayers(graph, input, layers)
  const { name, weight, bias } = layers.at(-1)!
  return graph.scope(name, () => linear(graph, h, weight, bias))
}

/** SiLU: z / (1 + e^-z). */
function silu(graph: GraphBuilder, z: Value): Value {
  return graph.op('Mul', [z, graph.op('Sigmoid', [z])])
}

/**
 * Applies a table network's layers, given the first layer's product plus bias: SiLU; then each hidden layer, adding its
 * SiLU to its input; then the last layer.
 */
export function applyTableLayers(graph: GraphBuilder, first: Value, layers: readonly LayerValues[]): Value {
  const [{ name: firstName }, ...later] = layers as [LayerValues, ...LayerValues[]]
  let h = graph.scope(firstName, () => silu(graph, first))
  for (const [i, { name, weight, bias }] of later.entries())
    graph.scope(name, () => {
      const z = linear(graph, h, weight, bias)
      h = i === later.length - 1 ? z : graph.op('Add', [h, silu(graph, z)])
    })
  return h
}

/** Applies all layers but the last one. */
export function applyHiddenLayers(graph: GraphBuilder, input: Value, layers: readonly LayerValues[]): Value {
  return layers.slice(1).reduce((h, next, i) => {
    const { name, weight, bias } = layers[i]!
    const z = graph.scope(name, () => linear(graph, h, weight, bias))
    return graph.scope(next.name, () => leakyRelu(graph, z))
  }, input)
}
