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
export function linear(graph: GraphBuilder, x: Value, weight: Value, bias: Value): Value {
  return graph.op('Gemm', [x, weight, bias], { transB: 1 })
}

export function leakyRelu(graph: GraphBuilder, x: Value): Value {
  return graph.op('LeakyRelu', [x], { alpha: negativeSlope })
}

/** All linear layers but the first as initializers. */
export function laterLayers(graph: GraphBuilder, network: Network, weights: NamedWeights): LayerValues[] {
  return linearLayers(network)
    .slice(1)
    .map(({ name }) => layerInitializers(graph, weights, name))
}

/** Linear layers with LeakyReLU between them. */
export function applyLayers(
  graph: GraphBuilder,
  input: Value,
  [first, ...later]: readonly LayerValues[],
): Value {
  const h = graph.scope(first!.name, () => linear(graph, input, first!.weight, first!.bias))
  return applyLaterLayers(graph, h, later)
}

/** From the first layer's output through the activations and the layers after it. */
export function applyLaterLayers(graph: GraphBuilder, first: Value, layers: readonly LayerValues[]): Value {
  return layers.reduce(
    (h, { name, weight, bias }) => graph.scope(name, () => linear(graph, leakyRelu(graph, h), weight, bias)),
    first,
  )
}
