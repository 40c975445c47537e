import type { Process, Stage } from '../../diffusion/process.ts'
import { firstLayerNames, layersOnState } from '../../model/folded.ts'
import type { Value } from '../graph.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { hiddenLayers, type LayerValues, linear, weightConstants } from './layers.ts'
import { row, stack } from './stacks.ts'
import type { RandomValues, StepsOptions } from './steps.ts'

/**
 * The states of the reverse process of a raw head without a condition: x_T, then one per step up to x_0. The sampler's
 * formula is folded into the last layer: alpha W h + beta x_t is one Gemm per state that a call contributes to, and its
 * bias joins the noise of all stages.
 */
export function fusedSteps(
  graph: GraphBuilder,
  { folded, process }: StepsOptions,
  { x_T, noise }: RandomValues,
): Value[] {
  const { network } = folded
  const { stages } = process
  const layerOf = weightConstants(graph, folded.weights)
  const [{ name }, ...later] = layersOnState(network)
  const layersAt = stages.map(({ t }) => {
    const { weight, bias } = firstLayerNames(network, t)
    return [layerOf(name, weight, bias), ...later.map((layer) => layerOf(layer.name))]
  })
  const biases = layersAt.map((layers) => layers.at(-1)!.bias)
  const shifts = shiftsOf(graph, stages, biases)
  const shiftedNoise = noise && graph.scope('noise', () => shifted(graph, noise, process, shifts))

  const states = [x_T]
  /** Contributions of calls to later stages, by stage. */
  const left = stages.map((): Value[] => [])
  let x = x_T
  for (const [j, stage] of stages.entries())
    graph.scope(`step_${j}`, () => {
      const x_t = x
      const layers = layersAt[j]!
      const [first] = layers as [LayerValues]
      const h =
        layers.length === 1
          ? x_t
          : hiddenLayers(
              graph,
              graph.scope(first.name, () => linear(graph, x_t, first.weight, first.bias)),
              layers,
              network,
            )
      const share = (of: Share) => shareOf(graph, of, x_t, h, layers.at(-1)!)
      const fixed = stage.noise === 0 ? shifts : shiftedNoise!
      const terms = [share(stage.calls[0]!), row(graph, fixed, j), ...left[j]!]
      x = terms.reduce((sum, term) => graph.op('Add', [sum, term]))
      if (stage.isLast) states.push(x)
      for (let k = 1; j + k < stages.length; k++) {
        const later = stages[j + k]!.calls[k]
        if (later) left[j + k]!.push(share(later))
      }
    })
  return states
}

type Share = Stage['calls'][number]

/** A network call's share of a state, without its bias: beta x_t + alpha W h, where W is the last layer's weight. */
function shareOf(
  graph: GraphBuilder,
  { x_t: beta, output: alpha }: Share,
  x_t: Value,
  h: Value,
  { name, weight }: LayerValues,
): Value {
  return graph.scope(name, () =>
    // 0 if the step goes straight to a predicted sample
    beta === 0
      ? graph.op('Gemm', [h, weight], { transB: 1, alpha })
      : graph.op('Gemm', [h, weight, x_t], { transB: 1, alpha, beta }),
  )
}

/** The biases' contribution to each stage's state: [stages, 1, dim]. A runtime computes it when it loads the graph. */
function shiftsOf(graph: GraphBuilder, stages: readonly Stage[], biases: readonly Value[]): Value {
  const times = (bias: Value, name: string, shape: number[], shares: number[]) =>
    graph.scope('shifts', () => graph.op('Mul', [bias, graph.constant(`shifts.${name}`, shape, shares)]))
  if (new Set(biases).size === 1) {
    const shares = stages.map(({ calls }) => calls.reduce((sum, { output }) => sum + output, 0))
    return times(biases[0]!, 'shares', [stages.length, 1, 1], shares)
  }
  // without hidden layers, each timestep has its own bias
  const each = stages.map(({ calls }, j) =>
    calls
      .map(({ output }, k) =>
        times(biases[j - k]!, `step_${j}${k === 0 ? '' : '.previous'.repeat(k)}`, [1], [output]),
      )
      .reduce((sum, term) => graph.op('Add', [sum, term])),
  )
  return stack(graph, 'shifts', each)
}

/** Noise [steps, batch, dim] for each stage, times its coefficient, plus its shift. */
function shifted(graph: GraphBuilder, noise: Value, { stages, timesteps }: Process, shifts: Value): Value {
  const coefficients = stages.map((stage) => stage.noise)
  const factors = graph.constant('noise.coefficients', [stages.length, 1, 1], coefficients)
  const ofStages =
    stages.length === timesteps.length
      ? noise
      : graph.op(
          'Gather',
          [
            noise,
            graph.constant(
              'noise.steps',
              [stages.length],
              stages.map(({ step }) => step),
              'int32',
            ),
          ],
          { axis: 0 },
        )
  return graph.op('Add', [graph.op('Mul', [ofStages, factors]), shifts])
}
