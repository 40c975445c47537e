import { InputError, messageOf } from '../../core/errors.ts'
import { decodeElements, encodeElements, valuesOf } from '../elements.ts'
import { reasonOf, type Session, type Tensor } from '../session.ts'

export interface NativeOptions {
  readonly provider: 'cpu' | 'cuda' | 'webgpu'
  readonly threads: number
  /** cuda: the GPU's index. */
  readonly deviceId?: number
  /** Whether onnxruntime may compute shapes on the CPU, which diffusers networks have in their graphs. */
  readonly isForeign?: boolean | undefined
}

/** Creates a session of onnxruntime-node, loaded with the first one. Throws if this machine can't run the provider. */
export async function createNativeSession(
  bytes: Uint8Array,
  { provider, threads, deviceId = 0, isForeign = false }: NativeOptions,
): Promise<Session> {
  const {
    InferenceSession,
    Tensor: OrtTensor,
    env,
  } = await import('onnxruntime-node').catch((error) => {
    throw new InputError(missingRuntime(error), 'not-available')
  })
  // logged errors are also thrown, and ours are one line
  env.logLevel = 'fatal'
  const cpu = provider === 'cpu'
  const session = await InferenceSession.create(bytes, {
    executionProviders: [provider === 'cuda' ? { name: provider, deviceId } : provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    graphOptimizationLevel: 'all',
    // otherwise unsupported nodes silently run on the CPU
    ...(cpu || isForeign ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  }).catch((error) => {
    throw new InputError(
      `provider ${provider} can't run the model on this machine: ${reasonOf(error)}` +
        (cpu ? '' : ': moonstep doctor says what is missing'),
      'not-available',
    )
  })
  const version = env.versions.node ?? env.versions.common
  return {
    provider,
    adapter: null,
    onnxruntime: version,
    runtime: `onnxruntime-node ${version}`,
    threads,
    tf32: null,
    async run(feeds, outputs, into = {}) {
      const tensorOf = ({ data, dims, type = 'float32' }: Tensor) =>
        new OrtTensor(type, encodeElements(type, data) as Float32Array, dims)
      const tensors = Object.fromEntries(Object.entries(feeds).map(([name, each]) => [name, tensorOf(each)]))
      const wanted = outputs.map((name) => [name, into[name] ? tensorOf(into[name]) : null])
      const results = await session.run(tensors, Object.fromEntries(wanted)).catch((error) => {
        throw new Error(`provider ${provider}: ${reasonOf(error)}`)
      })
      return Object.fromEntries(outputs.map((name) => [name, decodeElements(results[name]!.data)]))
    },
    inputs: valuesOf(session.inputMetadata),
    outputs: valuesOf(session.outputMetadata),
    release: () => session.release(),
  }
}

/** A single-threaded session in one of our threads, which may be ended at any time (`NativeCalls` in `memory`). */
export async function createThreadSession(bytes: Uint8Array, memory: SharedArrayBuffer): Promise<Session> {
  const calls = new NativeCalls(memory)
  const session = await calls.make(() => createNativeSession(bytes, { provider: 'cpu', threads: 1 }))
  return { ...session, run: (...call) => calls.make(() => session.run(...call)) }
}

/** --ignore-scripts, because the package's own script fetches CUDA libraries that nothing here needs. */
function missingRuntime(error: unknown): string {
  const absent = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
  const problem = absent ? 'is not installed' : `does not load (${messageOf(error).split('\n')[0]})`
  return (
    `onnxruntime-node ${problem}: run npm install --ignore-scripts onnxruntime-node ` +
    '(or set ONNXRUNTIME_NODE_INSTALL=skip), which skips its download of CUDA libraries'
  )
}

const words = { ended: 0, inside: 1 } as const

export interface ThreadStart {
  readonly nativeCalls: SharedArrayBuffer
}

/** Maximum wait for a running call before a thread is ended, in milliseconds. */
const maxWait = 30_000

/**
 * A thread's calls into onnxruntime-node, counted in memory shared with the thread that started it. onnxruntime-node
 * aborts the whole process if a thread is ended within a call (Napi::Error: the thread's JavaScript is gone when the
 * call returns), by `terminate` or because the process ends.
 */
export class NativeCalls {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  /** The thread's side: makes a call. After `stop` on the other side, calls neither begin nor return. */
  async make<R>(call: () => Promise<R>): Promise<R> {
    Atomics.add(this.#words, words.inside, 1)
    try {
      if (Atomics.load(this.#words, words.ended) === 0) return await call()
    } finally {
      Atomics.sub(this.#words, words.inside, 1)
      Atomics.notify(this.#words, words.inside)
    }
    return new Promise(() => {})
  }

  /** The other side: prevents new calls and waits for a running one. Then the thread may be ended. */
  stop(): void {
    Atomics.store(this.#words, words.ended, 1)
    for (;;) {
      const inside = Atomics.load(this.#words, words.inside)
      if (inside === 0 || Atomics.wait(this.#words, words.inside, inside, maxWait) === 'timed-out') return
    }
  }
}
