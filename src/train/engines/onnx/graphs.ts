import { type Network, parameterCount, weightShapes } from '../../../model/network.ts'
import { TrainingGraphBuilder } from '../../../onnx/build/training.ts'
import type { Value } from '../../../onnx/graph.ts'
import { encodeGraph } from '../../../onnx/proto.ts'
import { adamW, type StateName } from '../../engine.ts'
import { lossAndGradient } from './gradient.ts'
import { layerInputs, layerLoader } from './layers.ts'

/** Returns the name of the output with a state's next value. */
export const nextOf = (name: StateName) => `next/${name}`

/**
 * Builds a whole training step as an ONNX file: forward pass, explicit gradients, AdamW and, if `averaged`, the moving
 * average.
 * Inputs: those of `lossAndGradient`, the state [1, P] each, and the scalars of `stepScalars`, with the rate negated.
 * Outputs: loss, a scalar, and the next state (`nextOf`).
 */
export function trainingStepGraph(network: Network, averaged: boolean, beta2?: number): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const parameters = stateInput(graph, 'parameters', network)
  const { loss, gradients } = lossAndGradient(graph, network, layerLoader(graph, network, parameters))
  const flat = gradients.map((each) => graph.op('Flatten', [each], { axis: 0 }))
  const gradient = graph.op('Concat', flat, { axis: 1 })
  update(graph, network, parameters, gradient, { averaged, beta2 })
  graph.output('loss', loss)
  return encoded(graph, 'training step', 'One training step of a noise predictor.')
}

/**
 * Builds a step without AdamW, for one thread's share of a batch.
 * Inputs: the weights and biases by name (`matricesOf`), and those of `lossAndGradient`. Outputs: this share's part of
 * the loss and of each gradient, named `gradient/` plus the weight's name.
 */
export function gradientGraph(network: Network): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const { loss, gradients } = lossAndGradient(graph, network, layerInputs(graph))
  graph.output('loss', loss)
  for (const [i, [name]] of weightShapes(network).entries()) graph.output(`gradient/${name}`, gradients[i]!)
  return encoded(graph, 'gradient', "The gradient of a share of a noise predictor's batch.")
}

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter (2019), algorithm 2) and the moving average.
 * The inputs include the bias corrections (`stepScalars`), which saves two passes over all parameters.
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
  /** a + factor b, for rows [1, P] and a factor [1, 1], in one node instead of Mul and Add. */
  const plusMultiple = (a: Value, factor: Value, b: Value) => graph.op('Gemm', [factor, b, a])
  const [oldM, oldV] = [state('firstMoment'), state('secondMoment')]
  const next = graph.scope('adamw', () => {
    const { beta1 } = adamW
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
