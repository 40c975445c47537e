import { InputError, messageOf } from '../../core/errors.ts'
import { version } from '../../core/version.ts'
import type { NoisePredictor } from '../../diffusion/process.ts'
import { KernelNetwork } from '../../model/compute/kernel-network.ts'
import { prepareKernels } from '../../numerics/kernels/memory.ts'
import { type ModelFile, readModel } from '../../onnx/read.ts'
import type { CreateSession } from '../session.ts'
import { predictorSession } from './predictor-session.ts'

/**
 * A session on our own WASM kernels; a chunk uses one thread, whatever `threads` is. Throws InputError if the kernels
 * don't start.
 */
export const createKernelSession: CreateSession = async (bytes, { threads = 1 }) => {
  const file = readModel(bytes)
  const predictor = await predictorOf(file)
  const info = { provider: 'simd', runtime: `moonstep ${version}, WASM`, threads }
  return predictorSession(file, { predictor, precision: Float32Array, info })
}

async function predictorOf({ network }: ModelFile): Promise<NoisePredictor> {
  try {
    await prepareKernels()
    return new KernelNetwork(network)
  } catch (error) {
    throw new InputError(
      `WASM with SIMD does not start (${messageOf(error)}): use another provider`,
      'not-available',
    )
  }
}
