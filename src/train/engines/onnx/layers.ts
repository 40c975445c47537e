import { type ActivationName, type LinearLayer, negativeSlope } from '../../../model/network.ts'
import type { TrainingGraphBuilder } from '../../../onnx/build/training.ts'
import type { Value } from '../../../onnx/graph.ts'

/** The weight [out, in] and bias [out, 1] of a linear layer. */
export interface LayerWeights {
  readonly name: string
  readonly weight: Value
  readonly bias: Value
}

/** A layer whose weight and bias are inputs by name. */
export function layerInput(
  graph: TrainingGraphBuilder,
  { name, inputs, outputs }: LinearLayer,
): LayerWeights {
  return {
    name,
    weight: graph.input(`${name}.weight`, [outputs, inputs]),
    bias: graph.input(`${name}.bias`, [outputs, 1]),
  }
}

/** Sums [size, batch] to [1, size] with a product: faster than ReduceSum, whose axes would be an int64 tensor. */
export function sumOfColumns(graph: TrainingGraphBuilder, x: Value, ones: Value): Value {
  return graph.op('Gemm', [ones, x], { transB: 1 })
}

/** An activation in a training graph, where it follows a layer's product plus bias. */
interface Activation {
  /** Results are scaled by this power of two, so that no digit changes; products apply and remove it at no cost. */
  readonly magnitude: number
  /** Applies it to [size, batch]; `slope` adds its slope there. */
  apply(graph: TrainingGraphBuilder, z: Value): { readonly value: Value; readonly slope: () => Value }
}

export const activations: Readonly<Record<ActivationName, Activation>> = {
  /**
   * Clipping results that are scaled by 2^64 to [0.01, 1] gives LeakyReLU's slope in one op. At 0 the slope is the negative
   * side's, as in PyTorch, and no other result is nearer to 0 than 2^-64.
   */
  leaky_relu: {
    magnitude: 2 ** 64,
    apply(graph, z) {
      const value = graph.op('LeakyRelu', [z], { alpha: negativeSlope })
      return {
        value,
        slope: () => graph.op('Clip', [value, graph.scalar(negativeSlope), graph.scalar(1)]),
      }
    },
  },
  /** g = z s with s = 1 / (1 + e^-z); its slope is s + g (1 - s). */
  silu: {
    magnitude: 1,
    apply(graph, z) {
      const sigmoid = graph.op('Sigmoid', [z])
      const value = graph.op('Mul', [z, sigmoid])
      return {
        value,
        slope() {
          const rest = graph.op('Sub', [graph.scalar(1), sigmoid])
          return graph.op('Add', [sigmoid, graph.op('Mul', [value, rest])])
        },
      }
    },
  },
}
