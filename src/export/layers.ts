import { linearLayers, type Network, negativeSlope } from '../model/network.ts'
import { type NamedWeights, weightOf } from '../model/weights.ts'
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts'

/** The weight and bias of a linear layer as initializers under their own names. */
export interface LayerValues {
  readonly name: string
  readonly weight: Value
  readonly bias: Value
}

export function layerInitializers(graph: GraphBuilder, weights: NamedWeights, name: string): LayerValues {
  const [weight, bias] = ['weight', 'bias'].map((kind) => {
    const { shape, data } = weightOf(weights, `${name}.${kind}`)
    return graph.initializer(`${name}.${kind}`, shape, data)
  }) as [Value, Value]
  return { name, weight, bias }
}

/** y = x W^T + b. */
function linear(graph: GraphBuilder, x: Value, weight: Value, bias: Value): Value {
  return graph.op('Gemm', [x, weight, bias], { transB: 1 })
}

function leakyRelu(graph: GraphBuilder, x: Value): Value {
  return graph.op('LeakyRelu', [x], { alpha: negativeSlope })
}

/** All linear layers but the first as initializers. */
export function laterLayers(graph: GraphBuilder, network: Network, weights: NamedWeights): LayerValues[] {
  return linearLayers(network)
    .slice(1)
    .map(({ name }) => layerInitializers(graph, weights, name))
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
