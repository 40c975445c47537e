import { headOf } from '../../model/heads/index.ts'
import {
  headBlocks,
  maxLogit,
  type Network,
  type NetworkTraits,
  negativeSlope,
  type Span,
} from '../../model/network.ts'
import type { NamedWeights } from '../../model/weights.ts'
import type { Value } from '../graph.ts'
import type { ConditionValues } from './condition.ts'
import type { GraphBuilder } from './graph-builder.ts'

/** The weight and bias of a linear layer in a graph. */
export interface LayerValues {
  readonly name: string
  readonly weight: Value
  readonly bias: Value
}

/** Adds each weight as a constant under its own name. Returns a function that gets a layer by its weights' names. */
export function weightConstants(graph: GraphBuilder, weights: NamedWeights) {
  const values = new Map<string, Value>()
  for (const [name, { shape, data }] of weights) values.set(name, graph.constant(name, shape, data))
  return (name: string, weight = `${name}.weight`, bias = `${name}.bias`): LayerValues => ({
    name,
    weight: values.get(weight)!,
    bias: values.get(bias)!,
  })
}

/** y = x W^T + b. */
export function linear(graph: GraphBuilder, x: Value, weight: Value, bias: Value): Value {
  return graph.op('Gemm', [x, weight, bias], { transB: 1 })
}

/** LeakyReLU, or SiLU: z / (1 + e^-z). */
const activations = {
  leaky_relu: (graph: GraphBuilder, z: Value) => graph.op('LeakyRelu', [z], { alpha: negativeSlope }),
  silu: (graph: GraphBuilder, z: Value) => graph.op('Mul', [z, graph.op('Sigmoid', [z])]),
}

type Layers = readonly LayerValues[]
export type LayerTraits = Pick<NetworkTraits, 'activation' | 'residual'>

export function applyLayers(graph: GraphBuilder, input: Value, layers: Layers, traits: LayerTraits): Value {
  const { name, weight, bias } = layers[0]!
  const first = graph.scope(name, () => linear(graph, input, weight, bias))
  return laterLayers(graph, first, layers, traits)
}

/** The same from the first layer's product plus bias, `first`. */
export function laterLayers(graph: GraphBuilder, first: Value, layers: Layers, traits: LayerTraits): Value {
  if (layers.length === 1) return first
  const h = hiddenLayers(graph, first, layers, traits)
  const { name, weight, bias } = layers.at(-1)!
  return graph.scope(name, () => linear(graph, h, weight, bias))
}

/** Without the last layer. Activations have the name of a residual layer, else of the layer after them (format 1). */
export function hiddenLayers(
  graph: GraphBuilder,
  first: Value,
  layers: readonly LayerValues[],
  { activation, residual }: LayerTraits,
): Value {
  const activate = (z: Value, i: number) =>
    graph.scope(layers[residual ? i : i + 1]!.name, () => activations[activation](graph, z))
  let h = activate(first, 0)
  for (const [i, { name, weight, bias }] of layers.entries()) {
    if (i === 0 || i === layers.length - 1) continue
    const z = graph.scope(name, () => linear(graph, h, weight, bias))
    const value = activate(z, i)
    h = residual ? graph.scope(name, () => graph.op('Add', [h, value])) : value
  }
  return h
}

export interface CallValues {
  readonly x_t: Value
  /** The last layer's result. */
  readonly output: Value
  /** A number that depends on t, [batch or 1, 1], from its values at each alphaBar. */
  readonly ofLevel: (name: string, at: (alphaBar: number) => number) => Value
}

/** The network's result, as `resultOf` in model/compute/reference.ts: outputs, or x_0; a category's is 2 p - 1. */
export function resultInGraph(
  graph: GraphBuilder,
  network: Network,
  condition: ConditionValues | undefined,
  { x_t, output, ofLevel }: CallValues,
): Value {
  const { toSample, limit } = headOf(network)
  if (!toSample) return output
  const { dim } = network
  const blocks = headBlocks(network)
  const numberBlocks = blocks.filter(({ size }) => size === 1)
  /** [batch or 1, dim], 0 for categories. */
  const ofNumbers = (factor: Value) =>
    graph.op('Mul', [factor, graph.shared('numbers', [1, dim], () => onesIn(numberBlocks, dim))])
  const signal = ofNumbers(ofLevel('signal', (alphaBar) => toSample(alphaBar).x_t))
  const noise = ofNumbers(ofLevel('noise', (alphaBar) => -toSample(alphaBar).output))
  return graph.scope('estimate', () => {
    const sum = graph.op('Sub', [graph.op('Mul', [x_t, signal]), graph.op('Mul', [output, noise])])
    const numbers = limit === undefined ? sum : clipped(graph, sum, limit)
    const categories = blocks.filter(({ size }) => size > 1)
    const drawn = categories.length > 0 ? withCategories(graph, categories, dim, output, numbers) : numbers
    return condition ? graph.op('Add', [graph.op('Mul', [drawn, condition.free]), condition.values]) : drawn
  })
}

function clipped(graph: GraphBuilder, value: Value, limit: number): Value {
  const bound = (name: string, of: number) => graph.shared(name, [], () => [of])
  return graph.op('Clip', [value, bound('least_number', -limit), bound('greatest_number', limit)])
}

function onesIn(blocks: readonly Span[], dim: number): Float32Array {
  const ones = new Float32Array(dim)
  for (const { size, start } of blocks) ones.fill(1, start, start + size)
  return ones
}

function withCategories(
  graph: GraphBuilder,
  categories: readonly Span[],
  dim: number,
  output: Value,
  ofNumbers: Value,
): Value {
  const count = categories.length
  /** [dim, categories], 1 if a dimension belongs to a category. */
  const members = (value: number, isTransposed: boolean) => {
    const matrix = new Float32Array(dim * count)
    for (const [c, { size, start }] of categories.entries())
      for (let d = start; d < start + size; d++) matrix[isTransposed ? c * dim + d : d * count + c] = value
    return matrix
  }
  const bound = (name: string, value: number) => graph.shared(name, [], () => [value])
  const inside = graph.op('Clip', [output, bound('lowest', -maxLogit), bound('highest', maxLogit)])
  const powers = graph.op('Exp', [inside])
  const sums = graph.op('Gemm', [powers, graph.shared('categories', [dim, count], () => members(1, false))])
  const inverse = graph.op('Div', [graph.shared('one_sum', [1, 1], () => [1]), sums])
  // 0 for numbers. The product is exact: each row of the matrix has zeros and one 2.
  const factors = graph.op('Gemm', [inverse, graph.shared('twice', [count, dim], () => members(2, true))])
  const isCategory = graph.shared('category_dimensions', [1, dim], () => onesIn(categories, dim))
  const shares = graph.op('Sub', [graph.op('Mul', [powers, factors]), isCategory])
  return graph.op('Add', [ofNumbers, shares])
}
