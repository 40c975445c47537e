import { type NetworkTraits, negativeSlope } from '../../model/network.ts'
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

/** LeakyReLU, or SiLU: z / (1 + e^-z). */
const activations = {
  leaky_relu: (graph: GraphBuilder, z: Value) => graph.op('LeakyRelu', [z], { alpha: negativeSlope }),
  silu: (graph: GraphBuilder, z: Value) => graph.op('Mul', [z, graph.op('Sigmoid', [z])]),
}

/** How layers follow each other. */
export type LayerTraits = Pick<NetworkTraits, 'activation' | 'residual'>

/** Linear layers with the activation between them. */
export function applyLayers(
  graph: GraphBuilder,
  input: Value,
  layers: readonly LayerValues[],
  traits: LayerTraits,
): Value {
  const { name, weight, bias } = layers[0]!
  return laterLayers(
    graph,
    graph.scope(name, () => linear(graph, input, weight, bias)),
    layers,
    traits,
  )
}

/** The same from the first layer's product plus bias, `first`. */
export function laterLayers(
  graph: GraphBuilder,
  first: Value,
  layers: readonly LayerValues[],
  traits: LayerTraits,
): Value {
  if (layers.length === 1) return first
  const h = hiddenLayers(graph, first, layers, traits)
  const { name, weight, bias } = layers.at(-1)!
  return graph.scope(name, () => linear(graph, h, weight, bias))
}

/**
 * The same without the last layer. Activations are named by the layer before them if layers are residual; in a sequence
 * by the layer after them, as files of format 1 have it.
 */
export function hiddenLayers(
  graph: GraphBuilder,
  first: Value,
  layers: readonly LayerValues[],
  { activation, residual }: LayerTraits,
): Value {
  const activate = (z: Value, i: number) =>
    graph.scope(layers[residual ? i : i + 1]!.name, () => activations[activation](graph, z))
  let h = activate(first, 0)
  for (const [i, { name, weight, bias }] of layers.entries()) {
    if (i === 0 || i === layers.length - 1) continue
    const z = graph.scope(name, () => linear(graph, h, weight, bias))
    const value = activate(z, i)
    h = residual ? graph.scope(name, () => graph.op('Add', [h, value])) : value
  }
  return h
}
