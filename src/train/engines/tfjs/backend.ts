import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import util from 'node:util'
import { InputError, messageOf } from '../../../core/errors.ts'
import type { Network } from '../../../model/network.ts'
import type { EngineName } from '../../../model/run-config.ts'

export type Tf = typeof import('@tensorflow/tfjs-core')

/** The engines that are tfjs, on one backend or another. */
export type TfjsEngineName = Exclude<EngineName, 'onnx'>

const require = createRequire(import.meta.url)

/**
 * The threads that make an engine fastest. Handing a narrow layer to TensorFlow's thread pool costs more than its
 * threads gain: at 100 wide a step takes half as long again on two.
 */
export function usefulThreads(engine: TfjsEngineName, { hidden, dim }: Network): number {
  const narrow = Math.max(...hidden, dim) < 256
  return engine === 'tensorflow' && narrow ? 1 : availableParallelism()
}

/**
 * Loads tfjs on the engine's backend. TensorFlow keeps the threads that it was first loaded with.
 * Throws where TensorFlow's binding is missing or doesn't load.
 */
export async function loadTfjs(engine: TfjsEngineName, threads: number): Promise<Tf> {
  if (engine === 'tensorflow') return loadTensorflow(threads)
  const tf: Tf = require('@tensorflow/tfjs-core')
  const wasm: typeof import('@tensorflow/tfjs-backend-wasm') = require('@tensorflow/tfjs-backend-wasm')
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  wasm.setThreadsCount(threads)
  await tf.setBackend('wasm')
  await tf.ready()
  return tf
}

/** Returns why the `tensorflow` engine can't run here, or nothing. */
export function tensorflowProblem(threads?: number): string | undefined {
  try {
    loadTensorflow(threads)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

let threadsAtLoad: number | undefined

/** The threads that TensorFlow was loaded with. */
export function tensorflowThreads(): number {
  return threadsAtLoad ?? availableParallelism()
}

function loadTensorflow(threads?: number): Tf {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads)
  // gone in Node 23, still called: https://github.com/tensorflow/tfjs/issues/8609
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined })
  let tf: Tf
  try {
    tf = require('@tensorflow/tfjs-node')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
    throw new InputError(
      missing
        ? '@tensorflow/tfjs-node is not installed: run npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0, then moonstep doctor --install tensorflow'
        : "TensorFlow's binding is missing: run moonstep doctor --install tensorflow",
      'not-available',
    )
  }
  tf.setBackend('tensorflow')
  threadsAtLoad ??= Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism()
  return tf
}
