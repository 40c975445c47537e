import type { Process } from '../../diffusion/process.ts'
import type { FoldedNetwork } from '../../model/folded.ts'
import { headOf } from '../../model/heads/index.ts'
import type { Encoding } from '../../table/encodings/encoding.ts'
import type { Graph, Value } from '../graph.ts'
import { type ConditionValues, conditionIn } from './condition.ts'
import { samplesInGraph } from './decode.ts'
import { fusedSteps } from './fused-steps.ts'
import { GraphBuilder } from './graph-builder.ts'
import { stack } from './stacks.ts'
import { type RandomValues, type StepsOptions, steps } from './steps.ts'

export interface SamplerGraphOptions extends StepsOptions {
  readonly encoding: Encoding
  /** Whether to output every state from x_T to x_0 as `trajectory`. */
  readonly trajectory: boolean
}

/**
 * Builds the whole reverse process as one graph: x_T [batch, dim], noise [steps, batch, dim] for a stochastic sampler, and
 * known_values and known for a network that takes a condition, to x_0 (scaled space) and samples (data units, or cells).
 * Since t is constant at each network call, its embedding is folded into the first layer's bias.
 */
export function samplerGraph({ folded, process, encoding, trajectory }: SamplerGraphOptions): Graph {
  const graph = new GraphBuilder()
  const random = randomInputs(graph, folded, process)
  const states = reverseProcess(graph, { folded, process }, random, conditionIn(graph, folded.network))
  const x_0 = states.at(-1)!
  const samples = samplesInGraph(graph, encoding, x_0)
  const path = trajectory ? stack(graph, 'trajectory', states) : undefined
  graph.output('x_0', x_0)
  graph.output('samples', samples)
  if (path) graph.output('trajectory', path)
  return graph.build()
}

/** Adds the random inputs of the graph. */
function randomInputs(
  graph: GraphBuilder,
  { network: { dim } }: FoldedNetwork,
  { isStochastic, timesteps }: Process,
): RandomValues {
  const x_T = graph.input('x_T', ['batch', dim])
  return { x_T, noise: isStochastic ? graph.input('noise', [timesteps.length, 'batch', dim]) : undefined }
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
