import { keyOf, philox, streams, unitInterval } from '../core/random.ts'
import { type Network, weightShapes } from './network.ts'
import { elementCount, type NamedWeights } from './weights.ts'

/**
 * PyTorch's default initialisation of nn.Linear: weights and bias uniform on +-1 / sqrt(inputs).
 * Philox stream 2; element e of the k-th tensor is word e mod 4 of counter (0, k, floor(e / 4), 2).
 */
export function initialWeights(network: Network, seed: number): NamedWeights {
  const [key0, key1] = keyOf(seed)
  const words = new Uint32Array(4)
  let inputs = 1
  return new Map(
    weightShapes(network).map(([name, shape], k) => {
      // a layer's weight [out, in] comes just before its bias [out]
      inputs = shape[1] ?? inputs
      const bound = 1 / Math.sqrt(inputs)
      const data = new Float32Array(elementCount(shape))
      for (let e = 0; e < data.length; e++) {
        if (e % 4 === 0) philox(words, 0, k, e >>> 2, streams.initialWeights, key0, key1)
        data[e] = bound * (2 * unitInterval(words[e % 4]!) - 1)
      }
      return [name, { shape, data }] as const
    }),
  )
}
