import { version } from '../../core/version.ts'
import type { NoisePredictor } from '../../diffusion/process.ts'
import { forwardPass, referencePredictor } from '../../model/reference.ts'
import { readModel } from '../../onnx/read.ts'
import { type FoldedNetwork, networkIn } from '../network-weights.ts'
import { predictorSession } from '../predictor-session.ts'
import type { Provider } from '../provider.ts'

/** float64 in plain TypeScript on one thread: slow, and what the others are compared with. */
export const reference = {
  name: 'reference',
  runsNodes: false,
  async createSession(bytes) {
    const file = readModel(bytes)
    const inside = networkIn(file)
    const predictor =
      inside.kind === 'whole' ? referencePredictor(inside.network, inside.weights) : foldedPredictor(inside)
    const info = {
      provider: 'reference',
      adapter: null,
      onnxruntime: null,
      runtime: `moonstep ${version}, float64`,
      threads: 1,
      tf32: null,
    }
    return predictorSession(file, { predictor, precision: Float64Array, info })
  },
} as const satisfies Provider

/** The layers of a sampler.onnx in float64, at the timesteps that it steps from. */
function foldedPredictor({ layers, timesteps, weightsAt }: FoldedNetwork): NoisePredictor<Float64Array> {
  const passes = new Map(timesteps.map((t) => [t, forwardPass(layers, weightsAt(t))]))
  return {
    async predict({ data, count, dim }, t) {
      const output = new Float64Array(count * dim)
      for (let i = 0; i < count; i++) {
        const pass = passes.get(typeof t === 'number' ? t : t[i]!)!
        output.set(pass(data.subarray(i * dim, (i + 1) * dim)), i * dim)
      }
      return { data: output, count, dim }
    },
  }
}
