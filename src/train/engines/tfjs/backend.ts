import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import util from 'node:util'
import { InputError, messageOf } from '../../../core/errors.ts'
import type { Network } from '../../../model/network.ts'

export type Tf = typeof import('@tensorflow/tfjs-core')

const require = createRequire(import.meta.url)

/**
 * Returns the fastest number of threads. Handing a narrow layer to TensorFlow's thread pool costs more than its threads
 * gain: at width 100, a step takes half as long again on two threads.
 */
export function usefulThreads({ hidden, dim }: Network): number {
  return Math.max(...hidden, dim) < 256 ? 1 : availableParallelism()
}

/** Returns why the `tensorflow` engine can't run here, or undefined. */
export function tensorflowProblem(threads?: number): string | undefined {
  try {
    loadTensorflow(threads)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

let threadsAtLoad: number | undefined

/** Returns the number of threads that TensorFlow was loaded with. */
export function tensorflowThreads(): number {
  return threadsAtLoad ?? availableParallelism()
}

/**
 * Loads TensorFlow, which keeps the number of threads from its first load. Throws if its binding is missing or doesn't
 * load.
 */
export function loadTensorflow(threads?: number): Tf {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads)
  // removed in Node 23, but still called: https://github.com/tensorflow/tfjs/issues/8609
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined })
  let tf: Tf
  try {
    tf = require('@tensorflow/tfjs-node')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
    throw new InputError(
      missing
        ? '@tensorflow/tfjs-node is not installed: run moonstep doctor --install tensorflow'
        : "TensorFlow's binding is missing: run moonstep doctor --install tensorflow",
      'not-available',
    )
  }
  tf.setBackend('tensorflow')
  threadsAtLoad ??= Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism()
  return tf
}
