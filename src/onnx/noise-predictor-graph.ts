import type { PredictionType } from '../diffusion/prediction.ts'
import { linearLayers, type Network, timeEncoder, weightShapes } from '../model/network.ts'
import { timeFeatures } from '../model/reference.ts'
import { type NamedWeights, weightOf } from '../model/weights.ts'
import type { Graph, Value } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { applyLayers, weightConstants } from './layers.ts'

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
