import { type Scaler, unscaling } from '../data/scaler.ts'
import type { Sampler } from '../diffusion/samplers/sampler.ts'
import { linearLayers, type Network } from '../model/network.ts'
import { embeddingColumns, timeEmbeddings } from '../model/time-embedding.ts'
import { type NamedWeights, weightOf } from '../model/weights.ts'
import { GraphBuilder, type Value } from '../onnx/graph-builder.ts'
import { applyLaterLayers, laterLayers, linear } from './layers.ts'

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
 * into the first layer's bias, and the sampler's formula is up to five constants.
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
  const x_T = graph.input('x_T', ['batch', dim])
  const noise = sampler.stochastic ? graph.input('noise', [timesteps.length, 'batch', dim]) : undefined
  const first = foldedFirstLayer(graph, network, weights)
  const later = laterLayers(graph, network, weights)
  const scaled = (name: string, x: Value, factor: number) =>
    graph.op('Mul', [x, graph.initializer(name, [1], [factor])])

  const states = [x_T]
  const outputs: Value[] = []
  timesteps.forEach((t, j) => {
    const s = timesteps[j + 1] ?? 0
    const c = sampler.coefficients(t, s, timesteps[j - 1])
    const state = graph.scope(`step_${j}`, () => {
      const x_t = states[j]!
      const h = graph.scope(first.name, () => linear(graph, x_t, first.weight, first.biasAt(t)))
      const output = applyLaterLayers(graph, h, later)
      outputs.push(output)
      const terms = [scaled(`step_${j}.output`, output, c.output)]
      // 0 where the step goes straight to a predicted sample
      if (c.x_t !== 0) terms.unshift(scaled(`step_${j}.x_t`, x_t, c.x_t))
      if (c.previous) {
        if (c.previous.x_t !== 0) terms.push(scaled(`step_${j}.previous.x_t`, states[j - 1]!, c.previous.x_t))
        terms.push(scaled(`step_${j}.previous.output`, outputs[j - 1]!, c.previous.output))
      }
      if (c.noise !== 0) terms.push(scaled(`step_${j}.noise`, row(graph, noise!, j), c.noise))
      return terms.reduce((sum, term) => graph.op('Add', [sum, term]))
    })
    states.push(state)
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
  return { name, weight, biasAt }
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
