import { availableParallelism } from 'node:os'
import { InputError, messageOf } from '../../core/errors.ts'
import { version } from '../../core/version.ts'
import type { NoisePredictor } from '../../diffusion/process.ts'
import { type ModelFile, readModel } from '../../onnx/read.ts'
import { kernelPredictor } from '../kernel-predictor.ts'
import { predictorSession } from '../predictor-session.ts'
import type { Provider } from '../provider.ts'
import { createChunkWorkers, hasWorkers } from '../workers.ts'

/** Our own WASM kernels: nothing to download or install, and the same bits wherever they run. A chunk has one thread. */
export const simd = {
  name: 'simd',
  isBenched: true,
  runsNodes: false,
  async createSession(bytes, { threads = availableParallelism() }) {
    const file = readModel(bytes)
    const info = { provider: 'simd', runtime: `moonstep ${version}, WASM`, threads }
    return predictorSession(file, { predictor: predictorOf(file), precision: Float32Array, info })
  },
  createWorkers: (bytes, model) =>
    model.session.threads > 1 && hasWorkers ? createChunkWorkers(bytes, model) : undefined,
} as const satisfies Provider

function predictorOf({ network }: ModelFile): NoisePredictor {
  try {
    return kernelPredictor(network)
  } catch (error) {
    throw new InputError(
      `WASM with SIMD and shared memory does not start (${messageOf(error)})`,
      'not-available',
    )
  }
}
