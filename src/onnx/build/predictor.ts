import type { PredictionType } from '../../diffusion/prediction.ts'
import { timeFeatures } from '../../model/compute/reference.ts'
import {
  linearLayers,
  type Network,
  postTraits,
  stateWidth,
  timeEncoder,
  weightShapes,
} from '../../model/network.ts'
import { type NamedWeights, weightOf } from '../../model/weights.ts'
import type { Graph, Value } from '../graph.ts'
import { conditionIn } from './condition.ts'
import { GraphBuilder } from './graph-builder.ts'
import {
  applyLayers,
  type LayerValues,
  laterLayers,
  linear,
  resultInGraph,
  weightConstants,
} from './layers.ts'

/** The network's graph: x_t [batch, dim], t [batch, 1] and a condition, if it takes one, to its prediction. */
export function noisePredictorGraph(
  network: Network,
  weights: NamedWeights,
  predictionType: PredictionType,
): Graph {
  return predictorGraph(network, weights, predictionType, (graph, { state, known, embedding, layers }) => {
    const inputs = graph.op('Concat', [state, ...known, embedding], { axis: 1 })
    return applyLayers(graph, inputs, layers, network)
  })
}

/**
 * The same for a runtime, of a network that takes a condition: t and the condition may be one row for all, whose products are then of one row,
 * too, since the first layer takes its inputs apart.
 */
export function apartPredictorGraph(
  network: Network,
  weights: NamedWeights,
  predictionType: PredictionType,
): Graph {
  const { dim } = network
  const [{ name, outputs, inputs }] = linearLayers(network)
  const width = stateWidth(network)
  const full = weightOf(weights, `${name}.weight`).data
  const graph = predictorGraph(network, weights, predictionType, (graph, of) => {
    const { bias } = of.layers[0]!
    const columns = (from: number, to: number) => {
      const some = Array.from({ length: outputs }, (_, o) =>
        Array.from(full.subarray(o * inputs + from, o * inputs + to)),
      )
      return graph.constant(`${name}.weight.${from}`, [outputs, to - from], some.flat())
    }
    const first = graph.scope(name, () => {
      const ofState = graph.op('Gemm', [of.state, columns(0, dim)], { transB: 1 })
      const ofKnown = graph.op('Gemm', [of.known[0]!, columns(dim, width)], { transB: 1 })
      const ofTime = linear(graph, of.embedding, columns(width, inputs), bias)
      return graph.op('Add', [ofState, graph.op('Add', [ofKnown, ofTime])])
    })
    return laterLayers(graph, first, of.layers, network)
  })
  const rows: Readonly<Record<string, string>> = { t: 'times', known_values: 'given', known: 'given' }
  return {
    ...graph,
    inputs: graph.inputs.map((input) => ({
      ...input,
      shape: [rows[input.name] ?? input.shape[0]!, ...input.shape.slice(1)],
    })),
    // runtimes assume that tensors with the same declared shape have the same size
    inner: [],
  }
}

/** What the first layer is applied to, each [batch, width], and the layers. */
interface FirstInputs {
  readonly state: Value
  /** The condition, if the network takes one. */
  readonly known: readonly Value[]
  readonly embedding: Value
  readonly layers: readonly LayerValues[]
}

function predictorGraph(
  network: Network,
  weights: NamedWeights,
  predictionType: PredictionType,
  outputOf: (graph: GraphBuilder, of: FirstInputs) => Value,
): Graph {
  const graph = new GraphBuilder()
  const { dim, T, alphaBars } = network
  const x_t = graph.input('x_t', ['batch', dim])
  const t = graph.input('t', ['batch', 1])
  const ordered = weightShapes(network).map(([name]) => [name, weightOf(weights, name)] as const)
  const layerOf = weightConstants(graph, new Map(ordered))
  const encoder = timeEncoder(network).map(({ name }) => layerOf(name))
  const layers = linearLayers(network).map(({ name }) => layerOf(name))

  const condition = conditionIn(graph, network)
  const picked = graph.scope('time', () => oneHot(graph, t, T))
  /** The row of a table [T, size] that t selects. */
  const ofT = (name: string, size: number, rows: readonly ArrayLike<number>[]) =>
    graph.scope('time', () => {
      const numbers = rows.flatMap((row) => Array.from(row))
      return graph.op('Gemm', [picked, graph.constant(name, [T, size], numbers)])
    })
  const state = condition ? graph.op('Mul', [x_t, condition.free]) : x_t
  // sines are looked up because a GPU's may be off by 5e-4 (WebGPU's WGSL guarantees no better), and ours must agree to 1e-5
  const table = network.time.kind === 'one_hot_linear' ? undefined : timeFeatures(network)
  const features = table ? ofT('time_features', table.size, table.rows) : picked
  const embedding =
    encoder.length === 0
      ? features
      : graph.scope('time', () => applyLayers(graph, features, encoder, postTraits))
  const known = condition ? [condition.inputs] : []
  const output = outputOf(graph, { state, known, embedding, layers })
  const ofLevel = (name: string, at: (alphaBar: number) => number) => {
    const rows = alphaBars.slice(1).map((alphaBar) => [at(alphaBar)])
    return ofT(name, 1, rows)
  }
  graph.output(predictionType, resultInGraph(graph, network, condition, { x_t, output, ofLevel }))
  return graph.build()
}

/** relu(1 - |t - k|) for k = 1..T: one-hot in floats, which runs on onnxruntime's WebGPU provider, unlike OneHot. */
function oneHot(graph: GraphBuilder, t: Value, T: number): Value {
  const all = Array.from({ length: T }, (_, i) => i + 1)
  const timesteps = graph.constant('timesteps', [1, T], all)
  const one = graph.constant('one', [1, 1], [1])
  const distance = graph.op('Abs', [graph.op('Sub', [t, timesteps])])
  return graph.op('Relu', [graph.op('Sub', [one, distance])])
}
