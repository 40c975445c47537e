import type { Provider } from '../infer/provider.ts'
import { predictorSession } from '../infer/providers/predictor-session.ts'
import { readModel } from '../onnx/read.ts'

/** TensorFlow's C library, computing in float32. tfjs-node is loaded with the first session. */
export const tensorflow = {
  name: 'tensorflow',
  runsNodes: false,
  async createSession(bytes, options) {
    const file = readModel(bytes)
    const { tensorflowPredictor } = await import('../train/engines/tfjs/predictor.ts')
    const { predictor, threads, runtime, dispose } = await tensorflowPredictor(file.network, options.threads)
    const info = { provider: 'tensorflow', runtime, threads }
    return predictorSession(file, { predictor, precision: Float32Array, info, release: dispose })
  },
} as const satisfies Provider
