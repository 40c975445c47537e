import { linearLayers, type Network, timeEncoder } from '../model/network.ts'
import type { NamedWeights } from '../model/weights.ts'
import { GraphBuilder, type Value } from '../onnx/graph-builder.ts'
import { applyLaterLayers, laterLayers, layerInitializers, linear } from './layers.ts'

/** The network as a graph: x_t [batch, dim] and t [batch, 1] to epsilon [batch, dim]. */
export function noisePredictorGraph(network: Network, weights: NamedWeights): GraphBuilder {
  const graph = new GraphBuilder()
  const x_t = graph.input('x_t', ['batch', network.dim])
  const t = graph.input('t', ['batch', 1])

  const encoder = layerInitializers(graph, weights, timeEncoder(network).name)
  const first = layerInitializers(graph, weights, linearLayers(network)[0]!.name)
  const later = laterLayers(graph, network, weights)

  const embedding = graph.scope(encoder.name, () =>
    linear(graph, oneHot(graph, t, network.T), encoder.weight, encoder.bias),
  )
  const joined = graph.op('Concat', [x_t, embedding], { axis: 1 })
  const h = graph.scope(first.name, () => linear(graph, joined, first.weight, first.bias))
  graph.output('epsilon', applyLaterLayers(graph, h, later))
  return graph
}

/** relu(1 - |t - k|) for k = 1..T: one-hot in floats, which onnxruntime's WebGPU provider keeps to itself, unlike OneHot. */
function oneHot(graph: GraphBuilder, t: Value, T: number): Value {
  const timesteps = graph.initializer(
    'timesteps',
    [1, T],
    Array.from({ length: T }, (_, i) => i + 1),
  )
  const one = graph.initializer('one', [1, 1], [1])
  const distance = graph.op('Abs', [graph.op('Sub', [t, timesteps])])
  return graph.op('Relu', [graph.op('Sub', [one, distance])])
}
