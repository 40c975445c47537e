import { headOf } from '../../model/heads/index.ts'
import { dataUnitsOf } from '../../table/encodings/decode.ts'
import { type Encoding, isScaled } from '../../table/encodings/encoding.ts'
import type { Graph, Value } from '../graph.ts'
import { type ConditionValues, conditionIn } from './condition.ts'
import { GraphBuilder, stack } from './graph-builder.ts'
import { fusedSteps, type RandomValues, type StepsOptions, steps } from './steps.ts'

export interface SamplerGraphOptions extends StepsOptions {
  readonly encoding: Encoding
  /** Whether to output every state from x_T to x_0 as `trajectory`. */
  readonly trajectory: boolean
}

/**
 * Builds the whole reverse process as one graph: x_T [batch, dim], noise [steps, batch, dim] for a stochastic sampler, and
 * known_values and known for a network that takes a condition, to x_0 (scaled space) and, of a model of points, samples (data
 * units). A table's cells are decoded from x_0 in float64: `decode` does it, and seeded.onnx.
 * Since t is constant at each network call, its embedding is folded into the first layer's bias.
 */
export function samplerGraph({ folded, process, encoding, trajectory }: SamplerGraphOptions): Graph {
  const graph = new GraphBuilder()
  const { dim } = folded.network
  const { isStochastic, timesteps } = process
  const x_T = graph.input('x_T', ['batch', dim])
  const noise = isStochastic ? graph.input('noise', [timesteps.length, 'batch', dim]) : undefined
  const condition = conditionIn(graph, folded.network)
  const states = reverseProcess(graph, { folded, process }, { x_T, noise }, condition)
  const x_0 = states.at(-1)!
  const samples = isScaled(encoding) ? pointsInGraph(graph, encoding, x_0) : undefined
  const path = trajectory ? stack(graph, 'trajectory', states) : undefined
  graph.output('x_0', x_0)
  if (samples) graph.output('samples', samples)
  if (path) graph.output('trajectory', path)
  return graph.build()
}

/** Returns the states of the reverse process: x_T, then one per step up to x_0. */
export function reverseProcess(
  graph: GraphBuilder,
  options: StepsOptions,
  random: RandomValues,
  condition: ConditionValues | undefined,
): Value[] {
  const isRaw = headOf(options.folded.network).toSample === undefined
  return isRaw && !condition ? fusedSteps(graph, options, random) : steps(graph, options, random, condition)
}

/** Points in data units: one product for all columns, unrounded. */
function pointsInGraph(graph: GraphBuilder, encoding: Encoding, x_0: Value): Value {
  const { factors, shifts } = dataUnitsOf(encoding)
  const row = (name: string, numbers: readonly number[]) =>
    graph.constant(`scaler.${name}`, [1, numbers.length], numbers)
  return graph.op('Add', [graph.op('Mul', [x_0, row('factors', factors)]), row('shifts', shifts)])
}
