import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import util from 'node:util'
import { InputError, messageOf } from '../../core/errors.ts'
import type { EngineName } from '../../model/run-config.ts'

export type Tf = typeof import('@tensorflow/tfjs-core')

const require = createRequire(import.meta.url)

/** Loads tfjs on the engine's backend. Errors: TensorFlow's binding is missing or doesn't load. */
export async function loadTfjs(engine: EngineName, threads = availableParallelism()): Promise<Tf> {
  return engine === 'tensorflow' ? loadTensorflow(threads) : loadWasm(threads)
}

/** Why the `tensorflow` engine can't run here, or nothing. */
export async function tensorflowProblem(): Promise<string | undefined> {
  try {
    loadTensorflow(availableParallelism())
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function loadTensorflow(threads: number): Tf {
  // TensorFlow reads these when it loads
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads)
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
    )
  }
  tf.setBackend('tensorflow')
  return tf
}

async function loadWasm(threads: number): Promise<Tf> {
  const tf: Tf = require('@tensorflow/tfjs-core')
  const wasm: typeof import('@tensorflow/tfjs-backend-wasm') = require('@tensorflow/tfjs-backend-wasm')
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  wasm.setThreadsCount(threads)
  await tf.setBackend('wasm')
  await tf.ready()
  return tf
}
