import { timeFeatures } from '../../../model/compute/reference.ts'
import {
  headBlocks,
  type LinearLayer,
  linearLayers,
  maxLogit,
  type Network,
  type NetworkTraits,
  postTraits,
  type Span,
  stateWidth,
  timeEncoder,
  weightShapes,
} from '../../../model/network.ts'
import { TrainingGraphBuilder } from '../../../onnx/build/training.ts'
import { dtypes, type Value } from '../../../onnx/graph.ts'
import { encodeGraph } from '../../../onnx/proto.ts'
import { activations, type LayerWeights, layerInput, sumOfColumns } from './layers.ts'

/** The results of a chain's forward pass that its backward pass needs. */
interface Chain {
  readonly layers: readonly LayerWeights[]
  /** Each layer's input, [in, batch]; all but the first have the activation's magnitude. */
  readonly inputs: readonly Value[]
  /** The slopes of each layer but the last, [out, batch]. */
  readonly slopes: readonly (() => Value)[]
  /** [out, batch]. */
  readonly output: Value
  readonly traits: ChainTraits
}

type ChainTraits = Pick<NetworkTraits, 'activation' | 'residual'>

/**
 * Linear layers with activations between them. Columns are the batch's rows: all products, including those for the
 * gradients, take a twentieth less time than with the batch along the rows.
 */
function forward(
  graph: TrainingGraphBuilder,
  input: Value,
  layers: readonly LayerWeights[],
  traits: ChainTraits,
): Chain {
  const { magnitude, apply } = activations[traits.activation]
  const inputs: Value[] = []
  const slopes: (() => Value)[] = []
  let h = input
  for (const [i, { name, weight, bias }] of layers.entries())
    graph.scope(name, () => {
      inputs.push(h)
      const isLast = i === layers.length - 1
      const [from, to] = [i === 0 ? 1 : magnitude, isLast ? 1 : magnitude]
      const z = graph.op('Gemm', [weight, h, bias], { alpha: to / from, beta: to })
      if (isLast) {
        h = z
        return
      }
      const { value, slope } = apply(graph, z)
      slopes.push(slope)
      h = traits.residual && i > 0 ? graph.op('Add', [h, value]) : value
    })
  return { layers, inputs, slopes, output: h, traits }
}

/**
 * From the gradient of the chain's output, computes those of its weights, in the state dict's order, and of its first
 * layer's output. `ones` is [1, batch].
 */
function backward(
  graph: TrainingGraphBuilder,
  { layers, inputs, slopes, traits }: Chain,
  dOutput: Value,
  ones: Value,
): { weights: Value[]; first: Value } {
  const { magnitude } = activations[traits.activation]
  const gradients: Value[] = []
  /** The gradient of a layer's product plus bias, and that of its result. */
  let dz = dOutput
  let dh: Value | undefined
  for (const [i, { name, weight }] of [...layers.entries()].reverse())
    graph.scope(name, () => {
      if (dh) dz = graph.op('Mul', [dh, slopes[i]!()])
      const alpha = i === 0 ? 1 : 1 / magnitude
      gradients.unshift(
        graph.op('Gemm', [dz, inputs[i]!], { transB: 1, alpha }),
        sumOfColumns(graph, dz, ones),
      )
      if (i === 0) return
      const passed = traits.residual && dh ? [dh] : []
      dh = graph.op('Gemm', [weight, dz, ...passed], { transA: 1 })
    })
  return { weights: gradients, first: dz }
}

/**
 * Builds the forward pass and explicit gradients of one thread's share of a batch, as an ONNX file.
 * Inputs: the weights [out, in] and biases [out, 1] by name, x_t [`stateWidth`, batch], t [1, batch], target and factors [dim, batch].
 * Outputs: this share's part of the loss, a scalar, and of each gradient, named `gradient/` plus the weight's name: [out, in] for a
 * weight, [1, out] for a bias.
 */
export function gradientGraph(network: Network): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const { loss, gradients } = lossAndGradient(graph, network)
  graph.output('loss', loss)
  for (const [i, [name]] of weightShapes(network).entries()) graph.output(`gradient/${name}`, gradients[i]!)
  const doc = "The gradient of a share of a noise predictor's batch."
  return encodeGraph(graph.build(), { name: 'gradient', doc, metadata: {} })
}

/** Returns the loss, and the gradients in the state dict's order. */
function lossAndGradient(
  graph: TrainingGraphBuilder,
  network: Network,
): { loss: Value; gradients: readonly Value[] } {
  const columns = (name: string, size: number) => graph.input(name, [size, 'batch'])
  const [x_t, target] = [columns('x_t', stateWidth(network)), columns('target', network.dim)]
  const [t, factors] = [columns('t', 1), columns('factors', network.dim)]
  const load = (layer: LinearLayer) => layerInput(graph, layer)
  const layers = linearLayers(network).map(load)
  // works because t is at least 1
  const ones = graph.op('Clip', [t, graph.scalar(1), graph.scalar(1)])
  const time = graph.scope('time', () => timeEmbedding(graph, network, t, timeEncoder(network).map(load)))
  const inputs = graph.op('Concat', [x_t, time.embedding], { axis: 0 })
  const chain = forward(graph, inputs, layers, network)
  const { loss, dOutput } = graph.scope('loss', () =>
    lossOf(graph, network, { output: chain.output, target, factors }),
  )
  const gradients = graph.scope('backward', () => {
    const main = backward(graph, chain, dOutput, ones)
    if (!time.gradients) return main.weights
    const first = layers[0]!.weight
    const width = stateWidth(network)
    const [, ofEmbedding] = graph.split(first, [width, Number(first.shape[1]) - width], 1)
    const dEmbedding = graph.op('Gemm', [ofEmbedding!, main.first], { transA: 1 })
    return [...time.gradients(dEmbedding, ones), ...main.weights]
  })
  return { loss, gradients }
}

interface Time {
  /** [size, batch]. */
  readonly embedding: Value
  /** Returns the gradients of the encoder's weights; absent if it has none. */
  readonly gradients?: (dEmbedding: Value, ones: Value) => readonly Value[]
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
  if (network.time.kind === 'one_hot_linear') {
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
  if (encoder.length === 0) return { embedding: features }
  const chain = forward(graph, features, encoder, postTraits)
  return {
    embedding: chain.output,
    gradients: (dEmbedding, ones) => backward(graph, chain, dEmbedding, ones).weights,
  }
}

/**
 * Returns the loss, a scalar, and its gradient with respect to the output [dim, batch]. The loss of a number is
 * 1/2 f (output - target)^2, and of a category f (log sum of e^outputs - output of the true category), with f its factor.
 * With p the output of a number or the softmax of a category, both have the gradient f (p - target): that of a
 * distribution's loss by its natural parameter.
 */
export function lossOf(
  graph: TrainingGraphBuilder,
  network: Network,
  { output, target, factors }: Readonly<Record<'output' | 'target' | 'factors', Value>>,
): { loss: Value; dOutput: Value } {
  const { dim } = network
  const blocks = headBlocks(network)
  const times = (a: Value, b: Value) => graph.op('Mul', [a, b])
  const column = (name: string, ofCategory: number, ofNumber: number) => {
    const numbers = new Float32Array(dim)
    for (const { size, start } of blocks)
      numbers.fill(size === 1 ? ofNumber : ofCategory, start, start + size)
    return graph.constant(name, [dim, 1], numbers)
  }
  const sum = (x: Value) => graph.op('ReduceSum', [x], { keepdims: 0 })
  const categories = blocks.filter(({ size }) => size > 1)
  const hasNumbers = categories.length < blocks.length
  const [shares, logSums] =
    categories.length > 0 ? softmax(graph, output, categories, dim) : [undefined, undefined]
  const ofNumbers = shares && hasNumbers ? times(output, column('numbers', 0, 1)) : undefined
  const predicted = ofNumbers && shares ? graph.op('Add', [ofNumbers, shares]) : (shares ?? output)
  const error = graph.op('Sub', [predicted, target])
  const dOutput = times(error, factors)
  const losses: Value[] = []
  if (hasNumbers) losses.push(sum(times(times(error, dOutput), column('half_of_numbers', 0, 0.5))))
  if (logSums) {
    const surprise = graph.op('Sub', [logSums, output])
    losses.push(sum(times(times(times(target, factors), surprise), column('categories', 1, 0))))
  }
  return { loss: losses.reduce((a, b) => graph.op('Add', [a, b])), dOutput }
}

/** Returns the softmax of each category, 0 for numbers, and its log-sum-exp: [dim, batch] both. */
function softmax(
  graph: TrainingGraphBuilder,
  output: Value,
  categories: readonly Span[],
  dim: number,
): [Value, Value] {
  const members = new Float32Array(categories.length * dim)
  for (const [c, { size, start }] of categories.entries())
    members.fill(1, c * dim + start, c * dim + start + size)
  const matrix = graph.constant('members', [categories.length, dim], members)
  const powers = graph.op('Exp', [
    graph.op('Clip', [output, graph.scalar(-maxLogit), graph.scalar(maxLogit)]),
  ])
  const sums = graph.op('Gemm', [matrix, powers])
  const spread = (ofCategories: Value) => graph.op('Gemm', [matrix, ofCategories], { transA: 1 })
  const inverse = graph.op('Div', [graph.scalar(1), sums])
  return [graph.op('Mul', [powers, spread(inverse)]), spread(graph.op('Log', [sums]))]
}
