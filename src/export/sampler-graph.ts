import { type Scaler, unscaling } from '../data/scaler.ts'
import type { Sampler, StepCoefficients } from '../diffusion/samplers/sampler.ts'
import { linearLayers, type Network } from '../model/network.ts'
import { embeddingColumns, timeEmbeddings } from '../model/time-embedding.ts'
import { type NamedWeights, weightOf } from '../model/weights.ts'
import { GraphBuilder, type Value } from '../onnx/graph-builder.ts'
import { applyHiddenLayers, type LayerValues, laterLayers } from './layers.ts'

export interface SamplerGraphOptions {
  readonly network: Network
  readonly weights: NamedWeights
  readonly sampler: Sampler
  /** Falling; the last step goes to 0. */
  readonly timesteps: readonly number[]
  readonly scaler: Scaler
  /** Whether the graph gives every state, x_T to x_0, as `trajectory`. */
  readonly trajectory: boolean
}

/**
 * The whole reverse process as one graph: x_T [batch, dim] and, for a stochastic sampler, noise [steps, batch,
 * dim] to x_0 (scaled space) and samples (data units). t is a constant at each step, so its embedding is folded
 * into the first layer's bias. The sampler's formula is folded into the last layer: alpha (W h) + beta x_t is one
 * Gemm, and one more for what a step leaves to the next.
 */
export function samplerGraph({
  network,
  weights,
  sampler,
  timesteps,
  scaler,
  trajectory,
}: SamplerGraphOptions): GraphBuilder {
  const graph = new GraphBuilder()
  const { dim } = network
  const steps = timesteps.map((t, j) => sampler.coefficients(t, timesteps[j + 1] ?? 0, timesteps[j - 1]))
  const x_T = graph.input('x_T', ['batch', dim])
  const noise = sampler.stochastic
    ? scaledNoise(
        graph,
        graph.input('noise', [steps.length, 'batch', dim]),
        steps.map((c) => c.noise),
      )
    : undefined
  const first = foldedFirstLayer(graph, network, weights)
  const later = laterLayers(graph, network, weights)

  const states = [x_T]
  let left: Share | undefined
  for (const [j, c] of steps.entries())
    graph.scope(`step_${j}`, () => {
      const x_t = states[j]!
      const layers = [first.at(timesteps[j]!), ...later]
      const h = applyHiddenLayers(graph, x_t, layers)
      const share = (name: string, of: Coefficients) => shareOf(graph, name, of, x_t, h, layers.at(-1)!)
      const own = share(`step_${j}`, c)
      const shift = left ? graph.op('Add', [own.shift, left.shift]) : own.shift
      const terms = [own.value, shift]
      if (left) terms.push(left.value)
      if (c.noise !== 0) terms.push(row(graph, noise!, j))
      states.push(terms.reduce((sum, term) => graph.op('Add', [sum, term])))
      const next = steps[j + 1]?.previous
      left = next && share(`step_${j}.left`, next)
    })

  const x_0 = states.at(-1)!
  const { factors, shifts } = unscaling(scaler)
  const samples = graph.op('Add', [
    graph.op('Mul', [x_0, graph.initializer('scaler.factors', [1, dim], factors)]),
    graph.initializer('scaler.shifts', [1, dim], shifts),
  ])
  const path = trajectory ? stack(graph, states) : undefined
  graph.output('x_0', x_0)
  graph.output('samples', samples)
  if (path) graph.output('trajectory', path)
  return graph
}

type Coefficients = Pick<StepCoefficients, 'x_t' | 'output'>

/** What a network call gives to a state: value + shift, of which the shift is a constant. */
interface Share {
  readonly value: Value
  readonly shift: Value
}

/** x_t x_t + output (W h + b), where W and b are the last layer's. A runtime multiplies b when it loads the graph. */
function shareOf(
  graph: GraphBuilder,
  name: string,
  { x_t: beta, output: alpha }: Coefficients,
  x_t: Value,
  h: Value,
  last: LayerValues,
): Share {
  // 0 where the step goes straight to a predicted sample
  const value = graph.scope(last.name, () =>
    beta === 0
      ? graph.op('Gemm', [h, last.weight], { transB: 1, alpha })
      : graph.op('Gemm', [h, last.weight, x_t], { transB: 1, alpha, beta }),
  )
  return { value, shift: graph.op('Mul', [last.bias, graph.initializer(`${name}.bias`, [1], [alpha])]) }
}

/** Noise [steps, batch, dim], each step's times its coefficient. */
function scaledNoise(graph: GraphBuilder, noise: Value, coefficients: readonly number[]): Value {
  const shape = [coefficients.length, 1, 1]
  return graph.op('Mul', [noise, graph.initializer('noise.coefficients', shape, coefficients)])
}

/** The first layer on x_t alone, with a bias for each timestep: W [x_t; e(t)] + b = W_x x_t + (W_e e(t) + b). */
function foldedFirstLayer(graph: GraphBuilder, network: Network, weights: NamedWeights) {
  const { name, inputs, outputs } = linearLayers(network)[0]!
  const full = weightOf(weights, `${name}.weight`).data
  const bias = weightOf(weights, `${name}.bias`).data
  const embeddings = timeEmbeddings(network, weights)
  const columns = embeddingColumns(network)
  const { dim } = network
  const weight = graph.initializer(
    `${name}.weight.x_t`,
    [outputs, dim],
    Array.from({ length: outputs * dim }, (_, k) => full[Math.floor(k / dim) * inputs + (k % dim)]!),
  )
  const biasAt = (t: number) => {
    const embedding = embeddings[t - 1]!
    const folded = Array.from(bias, (b, o) => {
      let sum = b
      for (let k = 0; k < columns.count; k++) sum += full[o * inputs + columns.start + k]! * embedding[k]!
      return sum
    })
    return graph.initializer(`${name}.bias.t_${t}`, [outputs], folded)
  }
  return { at: (t: number): LayerValues => ({ name, weight, bias: biasAt(t) }) }
}

/** [batch, dim] of [steps, batch, dim]. A Split would need a storage buffer for each step, and WebGPU has 8 to 10. */
function row(graph: GraphBuilder, stacked: Value, j: number): Value {
  return graph.op('Gather', [stacked, graph.initializer(`step_${j}.index`, [], [j], 'int32')], { axis: 0 })
}

/** WebGPU promises 8 storage buffers to a shader: 7 inputs and the output. */
const maxConcatInputs = 7

/** Values [batch, dim] as one [count, batch, dim]. Adding [1, 1, 1] of zero raises the rank without an int64 tensor. */
function stack(graph: GraphBuilder, values: readonly Value[]): Value {
  return graph.scope('trajectory', () => {
    const zero = graph.initializer('zero', [1, 1, 1], [0])
    let parts = values.map((value) => graph.op('Add', [value, zero]))
    while (parts.length > 1)
      parts = chunks(parts, maxConcatInputs).map((part) => graph.op('Concat', part, { axis: 0 }))
    return parts[0]!
  })
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}
