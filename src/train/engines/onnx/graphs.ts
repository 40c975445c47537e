import { type Network, parameterCount } from '../../../model/network.ts'
import type { Value } from '../../../onnx/graph.ts'
import { encodeGraph } from '../../../onnx/proto.ts'
import { TrainingGraphBuilder } from '../../../onnx/training-graph.ts'
import { adamW, averageDecayAt, type EngineOptions } from '../../engine.ts'
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
 * Inputs: those of `lossAndGradient`, the state [1, P] each, and the scalars of `scalarFeeds`.
 * Outputs: loss, a scalar, and the next state (`nextOf`).
 */
export function trainingStepGraph(network: Network, averaged: boolean, beta2?: number): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const parameters = stateInput(graph, 'parameters', network)
  const { loss, gradient } = lossAndGradient(graph, network, parameters)
  update(graph, network, parameters, gradient, { averaged, beta2 })
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
export function updateGraph(network: Network, averaged: boolean, shares: number, beta2?: number): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const size = [1, parameterCount(network)]
  const gradients = Array.from({ length: shares }, (_, share) => graph.input(gradientOf(share), size))
  const gradient = gradients.reduce((sum, each) => graph.op('Add', [sum, each]))
  update(graph, network, stateInput(graph, 'parameters', network), gradient, { averaged, beta2 })
  return encoded(graph, 'update', 'The step that the gradients of a batch come to.')
}

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter (2019), algorithm 2) and the moving average.
 * With m and v corrected by c1 and c2, rate m / (sqrt(v / c2) + epsilon) / c1 is
 * (rate sqrt(c2) / c1) m / (sqrt(v) + epsilon sqrt(c2)): what is fed saves two passes over all parameters.
 */
function update(
  graph: TrainingGraphBuilder,
  network: Network,
  parameters: Value,
  gradient: Value,
  { averaged, beta2 = adamW.beta2 }: { readonly averaged: boolean; readonly beta2: number | undefined },
): void {
  const state = (name: StateName) => stateInput(graph, name, network)
  const input = (name: string) => graph.input(name, [1, 1])
  const constant = (name: string, value: number) => graph.constant(name, [1, 1], [value])
  const times = (a: Value, b: Value) => graph.op('Mul', [a, b])
  /** a + factor b, of rows [1, P] and a factor [1, 1]: one node, where Mul and Add would take two. */
  const plusMultiple = (a: Value, factor: Value, b: Value) => graph.op('Gemm', [factor, b, a])
  const [oldM, oldV] = [state('firstMoment'), state('secondMoment')]
  const next = graph.scope('adamw', () => {
    const decayedM = times(oldM, graph.scalar(beta1))
    const firstMoment = plusMultiple(decayedM, constant('1 - beta1', 1 - beta1), gradient)
    const decayedV = times(oldV, graph.scalar(beta2))
    const fresh = constant('1 - beta2', 1 - beta2)
    const secondMoment = plusMultiple(decayedV, fresh, times(gradient, gradient))
    const denominator = graph.op('Add', [graph.op('Sqrt', [secondMoment]), input('epsilon')])
    const decayed = times(parameters, input('decay'))
    const step = graph.op('Div', [firstMoment, denominator])
    return { parameters: plusMultiple(decayed, input('negativeRate'), step), firstMoment, secondMoment }
  })
  const average = () => {
    const old = state('average')
    return plusMultiple(old, input('share'), graph.op('Sub', [next.parameters, old]))
  }
  const all = { ...next, ...(averaged && { average: graph.scope('ema', average) }) }
  for (const [name, value] of Object.entries(all)) graph.output(nextOf(name as StateName), value)
}

function stateInput(graph: TrainingGraphBuilder, name: StateName, network: Network): Value {
  return graph.input(name, [1, parameterCount(network)])
}

function encoded(graph: TrainingGraphBuilder, name: string, doc: string): Uint8Array {
  return encodeGraph(graph.build(), { name, doc, metadata: {} })
}

const { beta1, epsilon } = adamW

/**
 * The scalars that go into a step (counted from 1): its rate and bias corrections, and, where there is a moving average,
 * the share of the new parameters in it.
 */
export function scalarFeeds(
  step: number,
  learningRate: number,
  { weightDecay, ema, beta2 = adamW.beta2 }: Pick<EngineOptions, 'weightDecay' | 'ema' | 'beta2'>,
): Record<string, number> {
  const correction2 = Math.sqrt(1 - beta2 ** step)
  return {
    negativeRate: (-learningRate * correction2) / (1 - beta1 ** step),
    epsilon: epsilon * correction2,
    decay: 1 - learningRate * weightDecay,
    ...(ema !== null && { share: 1 - averageDecayAt(step, ema) }),
  }
}
