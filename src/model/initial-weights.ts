import { streams, uniforms } from '../core/random.ts'
import { type Network, weightShapes } from './network.ts'
import { elementCount, type NamedWeights } from './weights.ts'

/**
 * PyTorch's default initialisation of nn.Linear: weights and bias uniform on +-1 / sqrt(inputs).
 * Philox stream 2; element e of the k-th tensor is word e mod 4 of counter (0, k, floor(e / 4), 2).
 */
export function initialWeights(network: Network, seed: number): NamedWeights {
  let inputs = 1
  return new Map(
    weightShapes(network).map(([name, shape], k) => {
      // a layer's weight [out, in] comes just before its bias [out]
      inputs = shape[1] ?? inputs
      const bound = 1 / Math.sqrt(inputs)
      const dim = elementCount(shape)
      const drawn = uniforms({ seed, stream: streams.initialWeights, step: k, start: 0, count: 1, dim })
      return [name, { shape, data: Float32Array.from(drawn, (u) => bound * (2 * u - 1)) }] as const
    }),
  )
}
