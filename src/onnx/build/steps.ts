import type { Process, Stage } from '../../diffusion/process.ts'
import { type FoldedNetwork, firstLayerNames, layersOnState } from '../../model/folded.ts'
import type { Value } from '../graph.ts'
import type { ConditionValues } from './condition.ts'
import { type GraphBuilder, row, stack } from './graph-builder.ts'
import {
  hiddenLayers,
  type LayerValues,
  laterLayers,
  linear,
  resultInGraph,
  weightConstants,
} from './layers.ts'

export interface StepsOptions {
  /** Folded at the timesteps of the process's calls. */
  readonly folded: FoldedNetwork
  readonly process: Process
}

/** The start of a reverse process, [batch, dim], and the noise of a stochastic one, [steps, batch, dim]. */
export interface RandomValues {
  readonly x_T: Value
  readonly noise?: Value | undefined
  /** Where each row goes on as several: after so many steps, whose noise it is from there on, and how a tensor of rows becomes one of all. */
  readonly fork?: Fork | undefined
}

interface Fork {
  readonly step: number
  readonly noise: Value
  forAll(value: Value): Value
}

/** The states: x_T, then one per step to x_0. The condition's share of the first layer is computed once. */
export function steps(
  graph: GraphBuilder,
  { folded, process }: StepsOptions,
  { x_T, noise, fork }: RandomValues,
  condition: ConditionValues | undefined,
): Value[] {
  const { network } = folded
  const { stages } = process
  const layerOf = weightConstants(graph, folded.weights)
  const [{ name: first }, ...later] = layersOnState(network)
  const names = firstLayerNames(network, stages[0]!.t)
  let known =
    condition &&
    graph.scope(first, () => ({
      ...condition,
      share: graph.op('Gemm', [condition.inputs, layerOf(first, names.known, names.bias).weight], {
        transB: 1,
      }),
    }))
  let ofSteps = { noise, from: 0 }

  const states = [x_T]
  /** The calls so far, newest first: the state and the network's result of each. */
  let calls: { readonly x_t: Value; readonly result: Value }[] = []
  let x = x_T
  for (const [j, stage] of stages.entries())
    graph.scope(`step_${j}`, () => {
      if (fork && stage.step === fork.step && stage.step !== stages[j - 1]!.step) {
        const { forAll } = fork
        x = forAll(x)
        calls = calls.map(({ x_t, result }) => ({ x_t: forAll(x_t), result: forAll(result) }))
        known = known && {
          ...known,
          free: forAll(known.free),
          values: forAll(known.values),
          share: forAll(known.share),
        }
        ofSteps = { noise: fork.noise, from: fork.step }
      }
      const x_t = x
      const { weight, bias } = firstLayerNames(network, stage.t)
      const layer = layerOf(first, weight, bias)
      const z = graph.scope(first, () => {
        if (!known) return linear(graph, x_t, layer.weight, layer.bias)
        const free = graph.op('Mul', [x_t, known.free])
        return linear(graph, free, layer.weight, graph.op('Add', [known.share, layer.bias]))
      })
      const output = laterLayers(graph, z, [layer, ...later.map(({ name }) => layerOf(name))], network)
      const alphaBar = network.alphaBars[stage.t]!
      const ofLevel = (name: string, at: (alphaBar: number) => number) =>
        graph.constant(`step_${j}.${name}`, [1, 1], [at(alphaBar)])
      calls = [{ x_t, result: resultInGraph(graph, network, known, { x_t, output, ofLevel }) }, ...calls]
      x = nextState(graph, j, stage, calls, ofSteps)
      if (stage.isLast) states.push(x)
    })
  return states
}

/** The next state, from the calls so far; terms with the coefficient 0 are left out. */
function nextState(
  graph: GraphBuilder,
  j: number,
  stage: Stage,
  calls: readonly { readonly x_t: Value; readonly result: Value }[],
  { noise, from }: { readonly noise: Value | undefined; readonly from: number },
): Value {
  const terms: Value[] = []
  const add = (value: Value, coefficient: number, name: string) => {
    if (coefficient === 1) terms.push(value)
    else if (coefficient !== 0)
      terms.push(graph.op('Mul', [value, graph.constant(`step_${j}.${name}`, [1, 1], [coefficient])]))
  }
  for (const [k, share] of stage.calls.entries()) {
    add(calls[k]!.x_t, share.x_t, `x_t.${k}`)
    add(calls[k]!.result, share.output, `sample.${k}`)
  }
  if (noise && stage.noise !== 0) add(row(graph, noise, stage.step - from, j), stage.noise, 'noise_share')
  return terms.reduce((sum, term) => graph.op('Add', [sum, term]))
}

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
      const product = () => graph.scope(first.name, () => linear(graph, x_t, first.weight, first.bias))
      const h = layers.length === 1 ? x_t : hiddenLayers(graph, product(), layers, network)
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

function shifted(graph: GraphBuilder, noise: Value, { stages, timesteps }: Process, shifts: Value): Value {
  const coefficients = stages.map((stage) => stage.noise)
  const factors = graph.constant('noise.coefficients', [stages.length, 1, 1], coefficients)
  const steps = stages.map(({ step }) => step)
  const indices = () => graph.constant('noise.steps', [steps.length], steps, 'int32')
  const isPerStage = stages.length === timesteps.length
  const ofStages = isPerStage ? noise : graph.op('Gather', [noise, indices()], { axis: 0 })
  return graph.op('Add', [graph.op('Mul', [ofStages, factors]), shifts])
}
