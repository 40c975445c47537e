import { availableParallelism } from 'node:os'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Provider } from '../provider.ts'
import { graphForWasm } from '../wasm-graph.ts'

/** The threads of the one WASM instance that a process has: those of its first session. */
let threadsOfAll: number | undefined

/**
 * onnxruntime-web's WASM in Node: slower than `cpu`, but without a native library, and the code that a page runs. All
 * sessions share the first one's threads.
 */
export const wasm = {
  name: 'wasm',
  autoOrder: 3,
  isBenched: true,
  async createSession(bytes, { threads }) {
    const { InferenceSession, Tensor, env } = await import('onnxruntime-web').catch((error) => {
      throw new InputError(
        `onnxruntime-web does not load (${messageOf(error).split('\n')[0]}): run npm install onnxruntime-web`,
        'not-available',
      )
    })
    env.logLevel = 'fatal'
    threadsOfAll ??= threads ?? availableParallelism()
    env.wasm.numThreads = threadsOfAll
    const session = await InferenceSession.create(graphForWasm(bytes), {
      executionProviders: ['wasm'],
      logSeverityLevel: 4,
      graphOptimizationLevel: 'all',
    }).catch((error) => {
      throw new InputError(
        `provider wasm can't run the model: ${messageOf(error).split('\n')[0]}`,
        'not-available',
      )
    })
    const version = env.versions.web ?? env.versions.common
    return {
      provider: 'wasm',
      adapter: null,
      onnxruntime: version,
      runtime: `onnxruntime-web ${version}`,
      threads: env.wasm.numThreads,
      tf32: null,
      async run(feeds, outputs) {
        const tensors = Object.fromEntries(
          Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor('float32', data, dims)]),
        )
        const results = await session.run(tensors, [...outputs])
        return Object.fromEntries(outputs.map((name) => [name, results[name]!.data as Float32Array]))
      },
      release: () => session.release(),
    }
  },
} as const satisfies Provider
