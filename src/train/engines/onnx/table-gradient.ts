import { timeFeatures } from '../../../model/compute/reference.ts'
import { embeddingWidth, linearLayers, maxLogit, type Network, stateWidth } from '../../../model/network.ts'
import type { TrainingGraphBuilder } from '../../../onnx/build/training-graph.ts'
import { dtypes, type Value } from '../../../onnx/graph.ts'
import { type LayerLoader, type LayerWeights, type LossAndGradients, sumOfColumns } from './layers.ts'

/** The results of a hidden layer's forward pass that the backward pass needs, [size, batch] each. */
interface HiddenLayer extends LayerWeights {
  readonly input: Value
  /** SiLU's value g = z s, and s = 1 / (1 + e^-z). */
  readonly value: Value
  readonly sigmoid: Value
}

/**
 * `lossAndGradient` for a table's network. The loss of a number is 1/2 w (output - target)^2, and of a category
 * w (log sum of e^outputs - output of the true category). With p the output of a number or the softmax of a category,
 * both have the gradient w (p - target): that of a distribution's loss by its natural parameter. Inputs as for
 * `lossAndGradient`, but x_t has all inputs of the first layer except the features of t, and weights are [dim, batch].
 */
export function tableLossAndGradient(
  graph: TrainingGraphBuilder,
  network: Network,
  load: LayerLoader,
): LossAndGradients {
  const columns = (name: string, size: number) => graph.input(name, [size, 'batch'])
  const [x_t, target] = [columns('x_t', stateWidth(network)), columns('target', network.dim)]
  const [t, weights] = [columns('t', 1), columns('weights', network.dim)]
  const layers = linearLayers(network).map(load)
  const [last, hidden] = [layers.at(-1)!, layers.slice(0, -1)]
  const ones = graph.op('Clip', [t, graph.scalar(1), graph.scalar(1)])
  const inputs = graph.op('Concat', [x_t, featuresOf(graph, network, t)], { axis: 0 })

  const passed: HiddenLayer[] = []
  let h = inputs
  for (const [i, layer] of hidden.entries())
    graph.scope(layer.name, () => {
      const z = graph.op('Gemm', [layer.weight, h, layer.bias])
      const sigmoid = graph.op('Sigmoid', [z])
      const value = graph.op('Mul', [z, sigmoid])
      passed.push({ ...layer, input: h, value, sigmoid })
      h = i === 0 ? value : graph.op('Add', [h, value])
    })
  const output = graph.scope(last.name, () => graph.op('Gemm', [last.weight, h, last.bias]))
  const { loss, dOutput } = graph.scope('loss', () => lossOf(graph, network, { output, target, weights }))

  const gradients: Value[] = []
  graph.scope('backward', () => {
    const ofLayer = (dz: Value, input: Value) => {
      const dWeight = graph.op('Gemm', [dz, input], { transB: 1 })
      gradients.unshift(dWeight, sumOfColumns(graph, dz, ones))
    }
    ofLayer(dOutput, h)
    let dh = graph.op('Gemm', [last.weight, dOutput], { transA: 1 })
    for (const [i, layer] of [...passed.entries()].reverse()) {
      const dz = graph.op('Mul', [dh, slopeOf(graph, layer)])
      ofLayer(dz, layer.input)
      if (i > 0) dh = graph.op('Gemm', [layer.weight, dz, dh], { transA: 1 })
    }
  })
  return { loss, gradients }
}

/** SiLU's slope, s + g (1 - s). */
function slopeOf(graph: TrainingGraphBuilder, { value, sigmoid }: HiddenLayer): Value {
  const rest = graph.op('Sub', [graph.scalar(1), sigmoid])
  return graph.op('Add', [sigmoid, graph.op('Mul', [value, rest])])
}

/** The features of t as columns: [size, batch]. */
function featuresOf(graph: TrainingGraphBuilder, network: Network, t: Value): Value {
  const { rows } = timeFeatures(network)
  const [size, T] = [embeddingWidth(network), network.T]
  const numbers = Array.from({ length: size * T }, (_, k) => rows[k % T]![Math.floor(k / T)]!)
  const table = graph.constant('time_features', [size, T], numbers)
  const index = graph.op('Cast', [graph.op('Sub', [t, graph.scalar(1)])], { to: dtypes.indexOf('int32') })
  return graph.op('Flatten', [graph.op('Gather', [table, index], { axis: 1 })], { axis: 1 })
}

/** Returns the loss, a scalar, and its gradient with respect to the output [dim, batch]. */
function lossOf(
  graph: TrainingGraphBuilder,
  { dim, table }: Network,
  { output, target, weights }: Readonly<Record<'output' | 'target' | 'weights', Value>>,
): { loss: Value; dOutput: Value } {
  const times = (a: Value, b: Value) => graph.op('Mul', [a, b])
  const column = (name: string, ofCategory: number, ofNumber: number) => {
    const numbers = new Float32Array(dim)
    for (const { size, start } of table!.blocks)
      numbers.fill(size === 1 ? ofNumber : ofCategory, start, start + size)
    return graph.constant(name, [dim, 1], numbers)
  }
  const sum = (x: Value) => graph.op('ReduceSum', [x], { keepdims: 0 })
  const categories = table!.blocks.filter(({ size }) => size > 1)
  const hasNumbers = categories.length < table!.blocks.length
  const [shares, logSums] =
    categories.length > 0 ? softmax(graph, output, categories, dim) : [undefined, undefined]
  const ofNumbers = hasNumbers ? times(output, column('numbers', 0, 1)) : undefined
  const predicted = shares && ofNumbers ? graph.op('Add', [ofNumbers, shares]) : (shares ?? ofNumbers)!
  const error = graph.op('Sub', [predicted, target])
  const dOutput = times(error, weights)
  const losses: Value[] = []
  if (hasNumbers) losses.push(sum(times(times(error, dOutput), column('half_of_numbers', 0, 0.5))))
  if (logSums) {
    const surprise = graph.op('Sub', [logSums, output])
    losses.push(sum(times(times(times(target, weights), surprise), column('categories', 1, 0))))
  }
  return { loss: losses.reduce((a, b) => graph.op('Add', [a, b])), dOutput }
}

/** Returns the softmax of each category, 0 for numbers, and its log-sum-exp: [dim, batch] both. */
function softmax(
  graph: TrainingGraphBuilder,
  output: Value,
  categories: readonly { readonly size: number; readonly start: number }[],
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
