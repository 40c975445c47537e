import { headBlocks, maxLogit, type Network, type Span } from '../../../model/network.ts'
import type { TrainingGraphBuilder } from '../../../onnx/build/training.ts'
import type { Value } from '../../../onnx/graph.ts'

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
