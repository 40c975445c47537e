import { timeFeatures } from '../../../model/compute/reference.ts'
import { linearLayers, type Network, negativeSlope, timeEncoder } from '../../../model/network.ts'
import type { TrainingGraphBuilder } from '../../../onnx/build/training-graph.ts'
import { dtypes, type Value } from '../../../onnx/graph.ts'
import { errorFactor } from '../../engine.ts'
import { type LayerLoader, type LayerWeights, type LossAndGradients, sumOfColumns } from './layers.ts'
import { tableLossAndGradient } from './table-gradient.ts'

/** The results of a chain's forward pass that its backward pass needs. */
interface Chain {
  readonly layers: readonly LayerWeights[]
  /** Each layer's input, [in, batch]; all but the first are magnified. */
  readonly inputs: readonly Value[]
  /** [out, batch]. */
  readonly output: Value
}

/**
 * Activations are scaled by 2^64, a power of two, so that no digit changes. Clipping them to [0.01, 1] then gives
 * LeakyReLU's slope in one op. At 0 the slope is the negative side's, as in PyTorch, and no other activation is nearer
 * to 0 than 2^-64. Gemm's alpha and beta apply and remove the factor at no cost.
 */
const magnified = 2 ** 64

/**
 * Linear layers with LeakyReLU between them, which onnxruntime fuses. Columns are the batch's rows: all products,
 * including those for the gradients, take a twentieth less time than with the batch along the rows.
 */
function forward(graph: TrainingGraphBuilder, input: Value, layers: readonly LayerWeights[]): Chain {
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

/**
 * From the gradient of the chain's output, computes those of its weights, in the state dict's order, and of its first
 * layer's output. `ones` is [1, batch].
 */
function backward(
  graph: TrainingGraphBuilder,
  chain: Chain,
  dOutput: Value,
  ones: Value,
): { weights: Value[]; first: Value } {
  const gradients: Value[] = []
  let dz = dOutput
  for (const [i, { name, weight }] of [...chain.layers.entries()].reverse())
    graph.scope(name, () => {
      const input = chain.inputs[i]!
      const dWeight = graph.op('Gemm', [dz, input], { transB: 1, alpha: i === 0 ? 1 : 1 / magnified })
      gradients.unshift(dWeight, sumOfColumns(graph, dz, ones))
      if (i === 0) return
      const slopes = graph.op('Clip', [input, graph.scalar(negativeSlope), graph.scalar(1)])
      dz = graph.op('Mul', [graph.op('Gemm', [weight, dz], { transA: 1 }), slopes])
    })
  return { weights: gradients, first: dz }
}

/**
 * Adds the forward pass and explicit gradients of the layers that `load` returns.
 * Adds the inputs x_t and target [dim, batch], t [1, batch] and weights [1, batch] (`errorFactor`).
 */
export function lossAndGradient(
  graph: TrainingGraphBuilder,
  network: Network,
  load: LayerLoader,
): LossAndGradients {
  if (network.table) return tableLossAndGradient(graph, network, load)
  const columns = (name: string, size: number) => graph.input(name, [size, 'batch'])
  const [x_t, target] = [columns('x_t', network.dim), columns('target', network.dim)]
  const [t, weights] = [columns('t', 1), columns('weights', 1)]
  const layers = linearLayers(network).map(load)
  // works because t is at least 1
  const ones = graph.op('Clip', [t, graph.scalar(1), graph.scalar(1)])
  const time = graph.scope('time', () => timeEmbedding(graph, network, t, timeEncoder(network).map(load)))
  const chain = forward(graph, graph.op('Concat', [x_t, time.embedding], { axis: 0 }), layers)

  const error = graph.op('Sub', [chain.output, target])
  const dOutput = graph.op('Mul', [error, weights])
  const sum = graph.op('ReduceSum', [graph.op('Mul', [error, dOutput])], { keepdims: 0 })
  const loss = graph.op('Mul', [sum, graph.scalar(1 / errorFactor(1, 1))])

  const gradients = graph.scope('backward', () => {
    const main = backward(graph, chain, dOutput, ones)
    const first = layers[0]!.weight
    const [, ofEmbedding] = graph.split(first, [network.dim, Number(first.shape[1]) - network.dim], 1)
    const dEmbedding = graph.op('Gemm', [ofEmbedding!, main.first], { transA: 1 })
    return [...time.gradients(dEmbedding, ones), ...main.weights]
  })
  return { loss, gradients }
}

interface Time {
  /** [size, batch]. */
  readonly embedding: Value
  /** Returns the gradients of the encoder's weights. */
  readonly gradients: (dEmbedding: Value, ones: Value) => readonly Value[]
}

/** Embeds t. A one-hot vector selects a column of the weight, and adds to one of its gradient, without a product. */
function timeEmbedding(
  graph: TrainingGraphBuilder,
  network: Network,
  t: Value,
  encoder: readonly LayerWeights[],
): Time {
  const { T } = network
  const index = graph.op('Cast', [graph.op('Sub', [t, graph.scalar(1)])], { to: dtypes.indexOf('int32') })
  if (network.timeEmbedding.kind === 'one_hot_linear') {
    const { weight, bias } = encoder[0]!
    const picked = graph.op('Gather', [graph.reshape(weight, [T]), index], { axis: 0 })
    const zeros = graph.constant('zeros', [1, T], new Float32Array(T))
    return {
      embedding: graph.op('Add', [picked, bias]),
      gradients: (dEmbedding, ones) => [
        graph.op('ScatterElements', [zeros, index, dEmbedding], { axis: 1 }),
        sumOfColumns(graph, dEmbedding, ones),
      ],
    }
  }
  const { size, rows } = timeFeatures(network)
  const table = graph.constant(
    'time_features',
    [size, T],
    Array.from({ length: size * T }, (_, k) => rows[k % T]![Math.floor(k / T)]!),
  )
  const features = graph.op('Flatten', [graph.op('Gather', [table, index], { axis: 1 })], { axis: 1 })
  const chain = forward(graph, features, encoder)
  return {
    embedding: chain.output,
    gradients: (dEmbedding, ones) => backward(graph, chain, dEmbedding, ones).weights,
  }
}
