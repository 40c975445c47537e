import {
  type LinearLayer,
  linearLayers,
  type Network,
  timeEncoder,
  weightShapes,
} from '../../model/network.ts'
import { timeFeatures } from '../../model/time-embedding.ts'
import { elementCount } from '../../model/weights.ts'
import { dataTypes, type Value } from '../../onnx/graph-builder.ts'
import { encodeModel } from '../../onnx/proto.ts'
import { TrainingGraphBuilder } from '../../onnx/training-graph.ts'
import { adamW } from '../optimizer.ts'
import { backward, forward, type LayerWeights, sumOfColumns } from './chain.ts'
import { adamWStep, movingAverage } from './optimizer.ts'

/** The parts of the state that go into a step and come out of it, each flat. */
export const stateNames = ['parameters', 'firstMoment', 'secondMoment', 'average'] as const
export type StateName = (typeof stateNames)[number]

/** The output that takes a state's place in the next step. */
export const nextOf = (name: StateName) => `next/${name}`

/** A row's weight as the graph takes it, of one that counts `weight` in the mean squared error of `size` numbers. */
export function fedWeight(weight: number, size: number): number {
  // the gradient of the mean of squares, times the share that it has in the first moment: two multiplications less
  return (2 * (1 - adamW.beta1) * weight) / size
}

/**
 * A whole training step as an ONNX file: forward pass, gradients written out, AdamW and, where `averaged`, the
 * moving average.
 * Inputs: x_t and target [dim, batch], t [1, batch], weights [1, batch] (`fedWeight`), the state [1, P] each, and
 * the scalars of `optimizerFeeds` and `averageFeeds`. Outputs: loss, a scalar, and the next state (`nextOf`).
 */
export function trainingStepGraph(network: Network, averaged: boolean): Uint8Array {
  const graph = new TrainingGraphBuilder()
  const columns = (name: string, size: number) => graph.input(name, [size, 'batch'])
  const [x_t, target] = [columns('x_t', network.dim), columns('target', network.dim)]
  const [t, weights] = [columns('t', 1), columns('weights', 1)]
  const shapes = weightShapes(network)
  const sizes = shapes.map(([, shape]) => elementCount(shape))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const state = (name: StateName) => graph.input(name, [1, total])
  const [parameters, m, v] = [state('parameters'), state('firstMoment'), state('secondMoment')]

  const parts = graph.split(parameters, sizes, 1)
  const partOf = new Map(shapes.map(([name], i) => [name, parts[i]!]))
  const load = ({ name, inputs, outputs }: LinearLayer): LayerWeights => ({
    name,
    weight: graph.reshape(partOf.get(`${name}.weight`)!, [outputs, inputs]),
    bias: graph.reshape(partOf.get(`${name}.bias`)!, [outputs, 1]),
  })
  const layers = linearLayers(network).map(load)
  // t is 1 or more
  const ones = graph.op('Clip', [t, graph.scalar(1), graph.scalar(1)])
  const time = graph.scope('time', () => timeEmbedding(graph, network, t, timeEncoder(network).map(load)))
  const chain = forward(graph, graph.op('Concat', [x_t, time.embedding], { axis: 0 }), layers)

  const error = graph.op('Sub', [chain.output, target])
  const dOutput = graph.op('Mul', [error, weights])
  const sum = graph.op('ReduceSum', [graph.op('Mul', [error, dOutput])], { keepdims: 0 })
  const loss = graph.op('Mul', [sum, graph.scalar(1 / fedWeight(1, 1))])

  const gradients = graph.scope('backward', () => {
    const main = backward(graph, chain, dOutput, ones)
    const first = layers[0]!.weight
    const [, ofEmbedding] = graph.split(first, [network.dim, Number(first.shape[1]) - network.dim], 1)
    const dEmbedding = graph.op('Gemm', [ofEmbedding!, main.first], { transA: 1 })
    return graph.op('Concat', [...time.gradients(dEmbedding, ones), ...main.weights], { axis: 1 })
  })
  const next: Partial<Record<StateName, Value>> = graph.scope('adamw', () =>
    adamWStep(graph, parameters, m, v, gradients),
  )
  if (averaged)
    next.average = graph.scope('ema', () => movingAverage(graph, state('average'), next.parameters!))
  graph.output('loss', loss)
  for (const name of stateNames) if (next[name]) graph.output(nextOf(name), next[name])
  return encodeModel(
    graph.build({ name: 'training step', doc: 'One training step of a noise predictor.', metadata: {} }),
  )
}

interface Time {
  /** [size, batch]. */
  readonly embedding: Value
  /** Of the encoder's weights, each [1, size]. */
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
  const index = graph.op('Cast', [graph.op('Sub', [t, graph.scalar(1)])], { to: dataTypes.int32 })
  if (network.timeEmbedding.kind === 'one_hot_linear') {
    const { weight, bias } = encoder[0]!
    const picked = graph.op('Gather', [graph.reshape(weight, [T]), index], { axis: 0 })
    const zeros = graph.initializer('zeros', [1, T], new Float32Array(T))
    return {
      embedding: graph.op('Add', [picked, bias]),
      gradients: (dEmbedding, ones) => [
        graph.op('ScatterElements', [zeros, index, dEmbedding], { axis: 1 }),
        sumOfColumns(graph, dEmbedding, ones),
      ],
    }
  }
  const { size, rows } = timeFeatures(network)
  const table = graph.initializer(
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
