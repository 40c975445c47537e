import { availableParallelism } from 'node:os'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Provider } from '../provider.ts'
import { encodeForRuntime } from './runtime.ts'
import { graphForWasm } from './wasm-graph.ts'
import { createWebSession } from './web-session.ts'

/** The threads of a process's only WASM instance, set by its first session. */
let threadsOfAll: number | undefined

/** onnxruntime-web's WASM in Node, the same code as in a page. All sessions share the first one's threads. */
export const wasm = {
  name: 'wasm',
  autoOrder: 3,
  isBenched: true,
  encode: encodeForRuntime,
  async createSession(bytes, { threads, isForeign }) {
    const runtime = await import('onnxruntime-web').catch((error) => {
      const problem = `onnxruntime-web does not load (${messageOf(error).split('\n')[0]}): run npm install onnxruntime-web`
      throw new InputError(problem, 'not-available')
    })
    threadsOfAll ??= threads ?? availableParallelism()
    return createWebSession(isForeign ? bytes : graphForWasm(bytes), runtime, {
      provider: 'wasm',
      threads: threadsOfAll,
      logLevel: 'fatal',
      problem: (reason) => `can't run the model: ${reason}`,
    })
  },
} as const satisfies Provider
