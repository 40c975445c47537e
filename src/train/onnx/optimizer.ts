import type { Value } from '../../onnx/graph-builder.ts'
import type { TrainingGraphBuilder } from '../../onnx/training-graph.ts'
import { adamW, averageDecayAt } from '../optimizer.ts'

const { beta1, beta2, epsilon } = adamW

/** What the optimizer's inputs are at a step (counted from 1): the step's rate and its bias corrections. */
export function optimizerFeeds(step: number, learningRate: number, weightDecay: number) {
  const correction2 = Math.sqrt(1 - beta2 ** step)
  return {
    rate: (learningRate * correction2) / (1 - beta1 ** step),
    epsilon: epsilon * correction2,
    decay: 1 - learningRate * weightDecay,
  }
}

/** The share of the new parameters in their moving average after a step. */
export function averageFeeds(step: number, ema: number) {
  return { share: 1 - averageDecayAt(step, ema) }
}

/**
 * AdamW with decoupled weight decay: Loshchilov and Hutter (2019). `scaledGradient` is 1 - beta1 times the gradient.
 * With m and v corrected by c1 and c2, rate m / (sqrt(v / c2) + epsilon) / c1 is
 * (rate sqrt(c2) / c1) m / (sqrt(v) + epsilon sqrt(c2)): what is fed saves two passes over all parameters.
 */
export function adamWStep(
  graph: TrainingGraphBuilder,
  parameters: Value,
  firstMoment: Value,
  secondMoment: Value,
  scaledGradient: Value,
): { parameters: Value; firstMoment: Value; secondMoment: Value } {
  const scalar = (name: string) => graph.input(name, [1, 1])
  const times = (a: Value, b: Value) => graph.op('Mul', [a, b])
  const m = graph.op('Add', [times(firstMoment, graph.scalar(beta1)), scaledGradient])
  const square = times(times(scaledGradient, graph.scalar((1 - beta2) / (1 - beta1) ** 2)), scaledGradient)
  const v = graph.op('Add', [times(secondMoment, graph.scalar(beta2)), square])
  const denominator = graph.op('Add', [graph.op('Sqrt', [v]), scalar('epsilon')])
  const update = times(graph.op('Div', [m, denominator]), scalar('rate'))
  const p = graph.op('Sub', [times(parameters, scalar('decay')), update])
  return { parameters: p, firstMoment: m, secondMoment: v }
}

/** average + share (parameters - average). */
export function movingAverage(graph: TrainingGraphBuilder, average: Value, parameters: Value): Value {
  const difference = graph.op('Sub', [parameters, average])
  return graph.op('Add', [average, graph.op('Mul', [difference, graph.input('share', [1, 1])])])
}
