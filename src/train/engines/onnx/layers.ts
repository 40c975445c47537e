import { type LinearLayer, type Network, weightShapes } from '../../../model/network.ts'
import { elementCount } from '../../../model/weights.ts'
import type { TrainingGraphBuilder } from '../../../onnx/build/training.ts'
import type { Value } from '../../../onnx/graph.ts'

/** The weight [out, in] and bias [out, 1] of a linear layer. */
export interface LayerWeights {
  readonly name: string
  readonly weight: Value
  readonly bias: Value
}

/** The loss, a scalar, and the gradients in the state dict's order: [out, in] for a weight, [1, out] for a bias. */
export interface LossAndGradients {
  readonly loss: Value
  readonly gradients: readonly Value[]
}

export type LayerLoader = (layer: LinearLayer) => LayerWeights

/** Splits the flat parameters [1, P] and returns a loader of layers. */
export function layerLoader(graph: TrainingGraphBuilder, network: Network, parameters: Value): LayerLoader {
  const shapes = weightShapes(network)
  const parts = graph.split(
    parameters,
    shapes.map(([, shape]) => elementCount(shape)),
    1,
  )
  const partOf = new Map(shapes.map(([name], i) => [name, parts[i]!]))
  return ({ name, inputs, outputs }) => ({
    name,
    weight: graph.reshape(partOf.get(`${name}.weight`)!, [outputs, inputs]),
    bias: graph.reshape(partOf.get(`${name}.bias`)!, [outputs, 1]),
  })
}

/** Returns a loader that makes each matrix an input, which avoids the split; `matricesOf` feeds them. */
export function layerInputs(graph: TrainingGraphBuilder): LayerLoader {
  return ({ name, inputs, outputs }) => ({
    name,
    weight: graph.input(`${name}.weight`, [outputs, inputs]),
    bias: graph.input(`${name}.bias`, [outputs, 1]),
  })
}

/** Sums [size, batch] to [1, size] with a product: faster than ReduceSum, whose axes would be an int64 tensor. */
export function sumOfColumns(graph: TrainingGraphBuilder, x: Value, ones: Value): Value {
  return graph.op('Gemm', [ones, x], { transB: 1 })
}
