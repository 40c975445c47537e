import type { Points } from '../core/points.ts'
import type { NoisePredictor } from '../diffusion/noise-predictor.ts'
import { checkWeights, linearLayers, type Network } from './network.ts'
import { forwardPass, timeEmbeddings } from './time-embedding.ts'
import type { NamedWeights } from './weights.ts'

/**
 * The network in float64 and plain TypeScript: what every backend is held against.
 * Errors: weights that are not the network's.
 */
export function referencePredictor(network: Network, weights: NamedWeights): NoisePredictor<Float64Array> {
  checkWeights(network, weights)
  const embeddings = timeEmbeddings(network, weights)
  const forward = forwardPass(linearLayers(network), weights)
  return {
    async predict({ data, count, dim }, t): Promise<Points<Float64Array>> {
      const output = new Float64Array(count * dim)
      for (let i = 0; i < count; i++) {
        const timestep = typeof t === 'number' ? t : t[i]!
        const row = data.subarray(i * dim, (i + 1) * dim)
        output.set(forward(Float64Array.of(...row, ...Array.from(embeddings[timestep - 1]!))), i * dim)
      }
      return { data: output, count, dim }
    },
  }
}
