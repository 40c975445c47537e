import type { Points } from '../core/points.ts'
import type { NoisePredictor } from '../diffusion/process.ts'
import {
  checkWeights,
  type LinearLayer,
  linearLayers,
  type Network,
  negativeSlope,
  timeEncoder,
} from './network.ts'
import { type NamedWeights, weightOf } from './weights.ts'

/** The longest wavelength of the sinusoids over 2 pi: Vaswani et al., "Attention is all you need" (2017), section 3.5. */
const maxPeriod = 10_000

/**
 * What the time encoder's first layer sees of each t: [T, size], row t - 1. One-hot rows, or sines and then
 * cosines of t 10000^(-2k / width), k = 0..width / 2 - 1.
 */
export function timeFeatures({ T, timeEmbedding }: Network): { size: number; rows: Float64Array[] } {
  const size = timeEmbedding.kind === 'one_hot_linear' ? T : timeEmbedding.width
  const rows = Array.from({ length: T }, (_, i) => {
    const row = new Float64Array(size)
    if (timeEmbedding.kind === 'one_hot_linear') row[i] = 1
    else
      for (let k = 0; k < size / 2; k++) {
        const angle = (i + 1) * maxPeriod ** ((-2 * k) / size)
        row[k] = Math.sin(angle)
        row[size / 2 + k] = Math.cos(angle)
      }
    return row
  })
  return { size, rows }
}

/** Linear layers with LeakyReLU between them in float64: the forward pass that all else is compared with. */
export function forwardPass(layers: readonly LinearLayer[], weights: NamedWeights) {
  const loaded = layers.map(({ name, inputs, outputs }) => ({
    inputs,
    outputs,
    weight: weightOf(weights, `${name}.weight`).data,
    bias: weightOf(weights, `${name}.bias`).data,
  }))
  return (input: ArrayLike<number>): ArrayLike<number> =>
    loaded.reduce<ArrayLike<number>>((activations, { weight, bias, inputs, outputs }, i) => {
      const next = new Float64Array(outputs)
      for (let o = 0; o < outputs; o++) {
        let sum = bias[o]!
        for (let k = 0; k < inputs; k++) sum += weight[o * inputs + k]! * activations[k]!
        next[o] = i < loaded.length - 1 && sum < 0 ? negativeSlope * sum : sum
      }
      return next
    }, input)
}

/** The embedding of each timestep in float64, row t - 1: what is joined to x_t. */
export function timeEmbeddings(network: Network, weights: NamedWeights): ArrayLike<number>[] {
  return timeFeatures(network).rows.map(forwardPass(timeEncoder(network), weights))
}

/**
 * The network in float64 and plain TypeScript: what every backend is compared with.
 * Throws: weights that are not the network's.
 */
export function referencePredictor(network: Network, weights: NamedWeights): NoisePredictor<Float64Array> {
  checkWeights(network, weights)
  const embeddings = timeEmbeddings(network, weights)
  const forward = forwardPass(linearLayers(network), weights)
  return rowPredictor((row, t) => forward(Float64Array.of(...row, ...Array.from(embeddings[t - 1]!))))
}

/** A noise predictor that computes one row [dim] at a time. */
export function rowPredictor(
  predictRow: (row: Float64Array, t: number) => ArrayLike<number>,
): NoisePredictor<Float64Array> {
  return {
    async predict({ data, count, dim }, t): Promise<Points<Float64Array>> {
      const output = new Float64Array(count * dim)
      for (let i = 0; i < count; i++) {
        const row = data.subarray(i * dim, (i + 1) * dim)
        output.set(predictRow(row, typeof t === 'number' ? t : t[i]!), i * dim)
      }
      return { data: output, count, dim }
    },
  }
}
