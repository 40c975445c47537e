import { negativeSlope } from '../../model/network.ts'
import type { Value } from '../../onnx/graph-builder.ts'
import type { TrainingGraphBuilder } from '../../onnx/training-graph.ts'

/** The weight [out, in] and bias [out, 1] of a linear layer. */
export interface LayerWeights {
  readonly name: string
  readonly weight: Value
  readonly bias: Value
}

/** What the backward pass needs of the forward pass through a chain of layers. */
export interface Chain {
  readonly layers: readonly LayerWeights[]
  /** Of each layer, [in, batch]; all but the first are magnified. */
  readonly inputs: readonly Value[]
  /** [out, batch]. */
  readonly output: Value
}

/**
 * Activations are kept at 2^64 times their size: a power of two, so that no digit changes. Clipped to [0.01, 1] they
 * are then LeakyReLU's slope, in one op: one that is 0 has the negative side's, as PyTorch's, and none is nearer to 0
 * than 2^-64. Gemm's alpha and beta take the factor in and out at no cost.
 */
const magnified = 2 ** 64

/**
 * Linear layers with LeakyReLU between them, which onnxruntime fuses. A column is a row of the batch: the products
 * take a twentieth less time than with the batch down the rows, bias and weights' gradients included.
 */
export function forward(graph: TrainingGraphBuilder, input: Value, layers: readonly LayerWeights[]): Chain {
  const inputs: Value[] = []
  let h = input
  for (const [i, { name, weight, bias }] of layers.entries())
    graph.scope(name, () => {
      inputs.push(h)
      const last = i === layers.length - 1
      const [from, to] = [i === 0 ? 1 : magnified, last ? 1 : magnified]
      h = graph.op('Gemm', [weight, h, bias], { alpha: to / from, beta: to })
      if (!last) h = graph.op('LeakyRelu', [h], { alpha: negativeSlope })
    })
  return { layers, inputs, output: h }
}

export interface Gradients {
  /** Of the chain's weights, each [1, size], in the state dict's order. */
  readonly weights: readonly Value[]
  /** Of the first layer's output. */
  readonly first: Value
}

/** Gradients from that of the chain's output. `ones` is [1, batch]. */
export function backward(graph: TrainingGraphBuilder, chain: Chain, dOutput: Value, ones: Value): Gradients {
  const gradients: Value[] = []
  let dz = dOutput
  for (const [i, { name, weight }] of [...chain.layers.entries()].reverse())
    graph.scope(name, () => {
      const input = chain.inputs[i]!
      const dWeight = graph.op('Gemm', [dz, input], { transB: 1, alpha: i === 0 ? 1 : 1 / magnified })
      gradients.unshift(graph.op('Flatten', [dWeight], { axis: 0 }), sumOfColumns(graph, dz, ones))
      if (i === 0) return
      const slopes = graph.op('Clip', [input, graph.scalar(negativeSlope), graph.scalar(1)])
      dz = graph.op('Mul', [graph.op('Gemm', [weight, dz], { transA: 1 }), slopes])
    })
  return { weights: gradients, first: dz }
}

/** [size, batch] to [1, size], by a product: quicker than ReduceSum, whose axes would be an int64 tensor. */
export function sumOfColumns(graph: TrainingGraphBuilder, x: Value, ones: Value): Value {
  return graph.op('Gemm', [ones, x], { transB: 1 })
}
