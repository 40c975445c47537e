import type { Points } from '../core/points.ts'
import type { NoisePredictor } from '../diffusion/noise-predictor.ts'
import { checkWeights, linearLayers, type Network, negativeSlope, timeEncoder } from './network.ts'
import { type NamedWeights, weightOf } from './weights.ts'

/**
 * The network in float64 and plain TypeScript: what every backend is held against.
 * Errors: weights that are not the network's.
 */
export function referencePredictor(network: Network, weights: NamedWeights): NoisePredictor<Float64Array> {
  checkWeights(network, weights)
  const encoder = timeEncoder(network)
  const embeddings = weightOf(weights, `${encoder.name}.weight`).data
  const embeddingBias = weightOf(weights, `${encoder.name}.bias`).data[0]!
  const layers = linearLayers(network).map((layer) => ({
    ...layer,
    weight: weightOf(weights, `${layer.name}.weight`).data,
    bias: weightOf(weights, `${layer.name}.bias`).data,
  }))

  function forward(x_t: ArrayLike<number>, t: number): number[] {
    // a one-hot vector through a linear layer picks one of its weights
    let activations = [...Array.from(x_t), embeddings[t - 1]! + embeddingBias]
    layers.forEach(({ weight, bias, inputs, outputs }, i) => {
      const next = new Array<number>(outputs)
      for (let o = 0; o < outputs; o++) {
        let sum = bias[o]!
        for (let k = 0; k < inputs; k++) sum += weight[o * inputs + k]! * activations[k]!
        next[o] = i < layers.length - 1 && sum < 0 ? negativeSlope * sum : sum
      }
      activations = next
    })
    return activations
  }

  return {
    async predict({ data, count, dim }, t): Promise<Points<Float64Array>> {
      const output = new Float64Array(count * dim)
      for (let i = 0; i < count; i++)
        output.set(forward(data.subarray(i * dim, (i + 1) * dim), typeof t === 'number' ? t : t[i]!), i * dim)
      return { data: output, count, dim }
    },
  }
}
