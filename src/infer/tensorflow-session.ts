import type { NoisePredictor } from '../diffusion/process.ts'
import { readModel } from '../onnx/read.ts'
import { type FoldedNetwork, networkIn, type WholeNetwork } from './network-weights.ts'
import { predictorSession } from './predictor-session.ts'
import type { CreateSession } from './session.ts'

/** A network in float32 that something else than onnxruntime computes. */
export interface LoadedNetwork {
  readonly predictor: NoisePredictor
  readonly threads: number
  /** What computes, with its version. */
  readonly runtime: string
  dispose(): void
}

/** Fills a network from a model's initializers. Errors: what computes it is missing on this machine. */
export type FillNetwork = (
  inside: WholeNetwork | FoldedNetwork,
  threads: number | undefined,
) => Promise<LoadedNetwork>

/** Sessions of TensorFlow, which this folder must be handed: only src/train imports tfjs. */
export function tensorflowSessions(fill: FillNetwork): CreateSession<'tensorflow'> {
  return async (bytes, { provider, threads: wanted }) => {
    const file = readModel(bytes)
    const { predictor, threads, runtime, dispose } = await fill(networkIn(file), wanted)
    const info = { provider, adapter: null, onnxruntime: null, runtime, threads, tf32: null }
    return predictorSession(file, { predictor, precision: Float32Array, info, release: dispose })
  }
}
