import type { PredictionType } from '../diffusion/prediction.ts'
import { linearLayers, type Network, negativeSlope, timeEncoder, weightShapes } from '../model/network.ts'
import { timeFeatures } from '../model/reference.ts'
import { type NamedWeights, weightOf } from '../model/weights.ts'
import type { Graph, Value } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'

/** The network as a graph: x_t [batch, dim] and t [batch, 1] to what it predicts [batch, dim], named so. */
export function noisePredictorGraph(
  network: Network,
  weights: NamedWeights,
  predictionType: PredictionType,
): Graph {
  const graph = new GraphBuilder()
  const x_t = graph.input('x_t', ['batch', network.dim])
  const t = graph.input('t', ['batch', 1])
  const own = weightShapes(network).map(([name]) => [name, weightOf(weights, name)] as const)
  const layerOf = weightConstants(graph, new Map(own))
  const encoder = timeEncoder(network).map(({ name }) => layerOf(name))
  const layers = linearLayers(network).map(({ name }) => layerOf(name))

  const embedding = graph.scope('time', () => applyLayers(graph, features(graph, t, network), encoder))
  const joined = graph.op('Concat', [x_t, embedding], { axis: 1 })
  graph.output(predictionType, applyLayers(graph, joined, layers))
  return graph.build()
}

/**
 * The features of t: one-hot, which picks rows of a table for other embeddings. Sines are looked up, since a
 * GPU's own may be off by 5e-4 (WebGPU's WGSL promises no more), and ours must agree to 1e-5.
 */
function features(graph: GraphBuilder, t: Value, network: Network): Value {
  const picked = oneHot(graph, t, network.T)
  if (network.timeEmbedding.kind === 'one_hot_linear') return picked
  const { size, rows } = timeFeatures(network)
  const table = graph.constant(
    'time_features',
    [network.T, size],
    rows.flatMap((row) => Array.from(row)),
  )
  return graph.op('Gemm', [picked, table])
}

/** relu(1 - |t - k|) for k = 1..T: one-hot in floats, which onnxruntime's WebGPU provider keeps to itself, unlike OneHot. */
function oneHot(graph: GraphBuilder, t: Value, T: number): Value {
  const timesteps = graph.constant(
    'timesteps',
    [1, T],
    Array.from({ length: T }, (_, i) => i + 1),
  )
  const one = graph.constant('one', [1, 1], [1])
  const distance = graph.op('Abs', [graph.op('Sub', [t, timesteps])])
  return graph.op('Relu', [graph.op('Sub', [one, distance])])
}

/** The weight and bias of a linear layer in a graph. */
export interface LayerValues {
  readonly name: string
  readonly weight: Value
  readonly bias: Value
}

/** Makes each of the weights a constant under its own name. Returns how to get a layer, by its weights' names. */
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
function linear(graph: GraphBuilder, x: Value, weight: Value, bias: Value): Value {
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

/** All but the last of them: what the last is applied to. */
export function applyHiddenLayers(graph: GraphBuilder, input: Value, layers: readonly LayerValues[]): Value {
  return layers.slice(1).reduce((h, next, i) => {
    const { name, weight, bias } = layers[i]!
    const z = graph.scope(name, () => linear(graph, h, weight, bias))
    return graph.scope(next.name, () => leakyRelu(graph, z))
  }, input)
}
