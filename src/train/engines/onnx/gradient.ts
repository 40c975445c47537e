import { linearLayers, type Network, negativeSlope, timeEncoder } from '../../../model/network.ts'
import { timeFeatures } from '../../../model/reference.ts'
import { dtypes, type Value } from '../../../onnx/graph.ts'
import type { TrainingGraphBuilder } from '../../../onnx/training-graph.ts'
import { errorFactor } from '../../engine.ts'
import { type LayerLoader, type LayerWeights, type LossAndGradients, sumOfColumns } from './layers.ts'
import { tableLossAndGradient } from './table-gradient.ts'

/** What the backward pass needs of the forward pass through a chain of layers. */
interface Chain {
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
 * Gradients from that of the chain's output: of its weights, in the state dict's order, and of its first
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
 * Forward pass and gradients, written out, of the layers that `load` gives.
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
  // t is 1 or more
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
  /** Of the encoder's weights. */
  readonly gradients: (dEmbedding: Value, ones: Value) => readonly Value[]
}

/** What is joined to x_t. A one-hot vector picks a column of the weight, and adds to one of its gradient: no product. */
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
