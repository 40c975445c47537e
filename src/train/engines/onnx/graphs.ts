import { type Network, parameterCount } from '../../../model/network.ts'
import type { Value } from '../../../onnx/graph.ts'
import { encodeGraph } from '../../../onnx/proto.ts'
import { TrainingGraphBuilder } from '../../../onnx/training-graph.ts'
import { adamW, averageDecayAt } from '../../engine.ts'
import { lossAndGradient } from './gradient.ts'

/** The parts of the state that go into a step and come out of it, each flat. */
export const stateNames = ['parameters', 'firstMoment', 'secondMoment', 'average'] as const
export type StateName = (typeof stateNames)[number]

/** The output that takes a state's place in the next step. */
export const nextOf = (name: StateName) => `next/${name}`

/** The input that takes the gradient of one share of a batch. */
export const gradientOf = (share: number) => `gradient/${share}`

/**
 * A whole training step as an ONNX file: forward pass, gradients written out, AdamW and, where `averaged`, the
 * moving average.
 * Inputs: those of `lossAndGradient`, the state [1, P] each, and the scalars of `optimizerFeeds` and `averageFeeds`.
 * Outputs: loss, a scalar, and the next state (`nextOf`).
 */
export function trainingStepGraph(network: Network, averaged: boolean): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const parameters = stateInput(graph, 'parameters', network)
  const { loss, gradient } = lossAndGradient(graph, network, parameters)
  update(graph, network, parameters, gradient, averaged)
  graph.output('loss', loss)
  return encoded(graph, 'training step', 'One training step of a noise predictor.')
}

/**
 * The first half of a step, for one thread's share of a batch.
 * Inputs: the parameters, and those of `lossAndGradient`. Outputs: loss and gradient, this share's part of the sums.
 */
export function gradientGraph(network: Network): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const { loss, gradient } = lossAndGradient(graph, network, stateInput(graph, 'parameters', network))
  graph.output('loss', loss)
  graph.output('gradient', gradient)
  return encoded(graph, 'gradient', "The gradient of a share of a noise predictor's batch.")
}

/** The second half: the step that the `shares` gradients (`gradientOf`) come to. Otherwise as `trainingStepGraph`. */
export function updateGraph(network: Network, averaged: boolean, shares: number): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const size = [1, parameterCount(network)]
  const gradients = Array.from({ length: shares }, (_, share) => graph.input(gradientOf(share), size))
  const gradient = gradients.reduce((sum, each) => graph.op('Add', [sum, each]))
  update(graph, network, stateInput(graph, 'parameters', network), gradient, averaged)
  return encoded(graph, 'update', 'The step that the gradients of a batch come to.')
}

function update(
  graph: TrainingGraphBuilder,
  network: Network,
  parameters: Value,
  gradient: Value,
  averaged: boolean,
): void {
  const state = (name: StateName) => stateInput(graph, name, network)
  const next: Partial<Record<StateName, Value>> = graph.scope('adamw', () =>
    adamWStep(graph, parameters, state('firstMoment'), state('secondMoment'), gradient),
  )
  if (averaged)
    next.average = graph.scope('ema', () => movingAverage(graph, state('average'), next.parameters!))
  for (const name of stateNames) if (next[name]) graph.output(nextOf(name), next[name])
}

function stateInput(graph: TrainingGraphBuilder, name: StateName, network: Network): Value {
  return graph.input(name, [1, parameterCount(network)])
}

function encoded(graph: TrainingGraphBuilder, name: string, doc: string): Uint8Array {
  return encodeGraph(graph.build(), { name, doc, metadata: {} })
}

const { beta1, beta2, epsilon } = adamW

/** What the optimizer's inputs are at a step (counted from 1): the step's rate and its bias corrections. */
export function optimizerFeeds(step: number, learningRate: number, weightDecay: number) {
  const correction2 = Math.sqrt(1 - beta2 ** step)
  return {
    negativeRate: (-learningRate * correction2) / (1 - beta1 ** step),
    epsilon: epsilon * correction2,
    decay: 1 - learningRate * weightDecay,
  }
}

/** The share of the new parameters in their moving average after a step. */
export function averageFeeds(step: number, ema: number) {
  return { share: 1 - averageDecayAt(step, ema) }
}

/**
 * AdamW with decoupled weight decay: Loshchilov and Hutter (2019), algorithm 2.
 * With m and v corrected by c1 and c2, rate m / (sqrt(v / c2) + epsilon) / c1 is
 * (rate sqrt(c2) / c1) m / (sqrt(v) + epsilon sqrt(c2)): what is fed saves two passes over all parameters.
 */
export function adamWStep(
  graph: TrainingGraphBuilder,
  parameters: Value,
  firstMoment: Value,
  secondMoment: Value,
  gradient: Value,
): { parameters: Value; firstMoment: Value; secondMoment: Value } {
  const input = (name: string) => graph.input(name, [1, 1])
  const constant = (name: string, value: number) => graph.constant(name, [1, 1], [value])
  const times = (a: Value, b: Value) => graph.op('Mul', [a, b])
  const m = plusMultiple(
    graph,
    times(firstMoment, graph.scalar(beta1)),
    constant('1 - beta1', 1 - beta1),
    gradient,
  )
  const v = plusMultiple(
    graph,
    times(secondMoment, graph.scalar(beta2)),
    constant('1 - beta2', 1 - beta2),
    times(gradient, gradient),
  )
  const denominator = graph.op('Add', [graph.op('Sqrt', [v]), input('epsilon')])
  const decayed = times(parameters, input('decay'))
  const p = plusMultiple(graph, decayed, input('negativeRate'), graph.op('Div', [m, denominator]))
  return { parameters: p, firstMoment: m, secondMoment: v }
}

/** average + share (parameters - average). */
export function movingAverage(graph: TrainingGraphBuilder, average: Value, parameters: Value): Value {
  const difference = graph.op('Sub', [parameters, average])
  return plusMultiple(graph, average, graph.input('share', [1, 1]), difference)
}

/** a + factor b, of rows [1, P] and a factor [1, 1]: as a product in one node, where Mul and Add would take two. */
function plusMultiple(graph: TrainingGraphBuilder, a: Value, factor: Value, b: Value): Value {
  return graph.op('Gemm', [factor, b, a])
}
