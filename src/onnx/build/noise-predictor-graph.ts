import type { PredictionType } from '../../diffusion/prediction.ts'
import { timeFeatures } from '../../model/compute/reference.ts'
import { linearLayers, type Network, timeEncoder, weightShapes } from '../../model/network.ts'
import { type NamedWeights, weightOf } from '../../model/weights.ts'
import type { Graph, Value } from '../graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { applyLayers, applyTableLayers, type LayerValues, linear, weightConstants } from './layers.ts'
import { conditionIn, estimateOf, stateOf } from './table-graph.ts'

/** Builds the network's graph: x_t [batch, dim] and t [batch, 1] to the prediction [batch, dim], named by its type. */
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

  if (network.table) {
    graph.output(predictionType, tablePrediction(graph, network, x_t, t, layers))
    return graph.build()
  }
  const embedding = graph.scope('time', () => applyLayers(graph, features(graph, t, network), encoder))
  const joined = graph.op('Concat', [x_t, embedding], { axis: 1 })
  graph.output(predictionType, applyLayers(graph, joined, layers))
  return graph.build()
}

/** The x_0 that a table's network predicts. */
function tablePrediction(
  graph: GraphBuilder,
  network: Network,
  x_t: Value,
  t: Value,
  layers: readonly LayerValues[],
): Value {
  const { T, dim } = network
  const table = network.table!
  const condition = conditionIn(graph, table, dim)
  const picked = graph.scope('time', () => oneHot(graph, t, T))
  const ofT = (name: string, size: number, rows: readonly ArrayLike<number>[]) =>
    graph.scope('time', () =>
      graph.op('Gemm', [
        picked,
        graph.constant(
          name,
          [T, size],
          rows.flatMap((row) => Array.from(row)),
        ),
      ]),
    )
  const { size, rows } = timeFeatures(network)
  const state = graph.op('Mul', [x_t, condition.free])
  const inputs = graph.op('Concat', [state, condition.inputs, ofT('time_features', size, rows)], { axis: 1 })
  const [{ name, weight, bias }] = layers as [LayerValues, ...LayerValues[]]
  const first = graph.scope(name, () => linear(graph, inputs, weight, bias))
  const output = applyTableLayers(graph, first, layers)
  const alphaBars = table.alphaBars.slice(1)
  return estimateOf(graph, table, condition, {
    x_t,
    output,
    signal: stateOf(
      graph,
      table,
      dim,
      ofT(
        'signal',
        1,
        alphaBars.map((alphaBar) => [Math.sqrt(alphaBar)]),
      ),
    ),
    noise: stateOf(
      graph,
      table,
      dim,
      ofT(
        'noise',
        1,
        alphaBars.map((alphaBar) => [Math.sqrt(1 - alphaBar)]),
      ),
    ),
  })
}

/**
 * The features of t: one-hot, which selects rows of a table for other embeddings. Sines are looked up because a GPU's
 * may be off by 5e-4 (WebGPU's WGSL guarantees no better), and ours must agree to 1e-5.
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

/** relu(1 - |t - k|) for k = 1..T: one-hot in floats, which runs on onnxruntime's WebGPU provider, unlike OneHot. */
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
