import { InputError, messageOf, receivedError, type SentError, sentError } from '../core/errors.ts'
import type { NoisePredictor } from '../diffusion/process.ts'
import type { Condition, Points } from '../numerics/points.ts'
import type { ElementType, ValueInfo } from './elements.ts'

/** The providers of a page. */
export type WebProvider = 'simd' | 'wasm' | 'webgpu'

/** The providers based on onnxruntime-web. */
export type OnnxruntimeWebProvider = Exclude<WebProvider, 'simd'>

export interface Tensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
  /** What the graph's input holds, to which the numbers are converted. Default: float32. */
  readonly type?: ElementType | undefined
}

/** What a session actually runs on. */
export interface SessionInfo {
  /** The provider's name. A session has one provider and never falls back. */
  readonly provider: string
  /** The GPU adapter, or null if there is none or it is unknown. */
  readonly adapter: string | null
  /** The version of onnxruntime; null for other runtimes. */
  readonly onnxruntime: string | null
  /** The runtime with its version, such as 'onnxruntime-node 1.30.0'. */
  readonly runtime: string
  /** CPU threads. */
  readonly threads: number
  /** Whether a GPU may round the factors of matrix products to TF32's 10 bits; null without TF32. */
  readonly tf32: boolean | null
}

/** A loaded graph, whatever the runtime. */
export interface Session extends SessionInfo {
  /**
   * Runs feeds by input name to outputs by name; `outputs` are the ones to compute. A runtime that can writes them
   * `into` existing memory, which spares the garbage collector.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
    into?: Readonly<Record<string, Tensor>> | undefined,
  ): Promise<Record<string, Float32Array>>
  /** The graph's inputs and outputs, if the runtime tells them. */
  readonly inputs?: readonly ValueInfo[] | undefined
  readonly outputs?: readonly ValueInfo[] | undefined
  /** Releases it once running calls have ended; a second call does nothing. */
  release(): Promise<void>
}

export interface SessionOptions {
  /** CPU threads. The runtime chooses by default. */
  readonly threads?: number | undefined
  /** `cuda`: the GPU's index. Default: 0. */
  readonly deviceId?: number | undefined
  /** `cuda`: whether to allow TF32. The environment decides by default. */
  readonly tf32?: boolean | undefined
  /** Whether the graph is a diffusers network, which a runtime takes as it is. Default: false. */
  readonly isForeign?: boolean | undefined
}

/** Creates a session of a graph. Throws InputError if this machine can't run it. */
export type CreateSession = (bytes: Uint8Array, options: SessionOptions) => Promise<Session>

export function tensorOf({ data, count, dim }: Points): Tensor {
  return { data, dims: [count, dim] }
}

/** A session's `SessionInfo` fields, for a result. */
export function infoOf({ provider, adapter, onnxruntime, runtime, threads, tf32 }: SessionInfo): SessionInfo {
  return { provider, adapter, onnxruntime, runtime, threads, tf32 }
}

/** A condition as feeds of a model's graph, in addition to x_t and t or x_T and noise. */
export function conditionFeeds({ known, values }: Condition): Record<string, Tensor> {
  return { known_values: tensorOf(values), known: tensorOf(known) }
}

/** A session of model.onnx as a noise predictor; a table's needs a condition, which may be one row for all (`takesOneForAll`). */
export function sessionPredictor(session: Session, outputName: string): NoisePredictor {
  return {
    async predict(x_t, t, condition): Promise<Points> {
      const { count, dim } = x_t
      const isOne = typeof t === 'number' && condition?.known.count === 1
      const timesteps =
        typeof t === 'number' ? new Float32Array(isOne ? 1 : count).fill(t) : Float32Array.from(t)
      const feeds = {
        x_t: tensorOf(x_t),
        t: { data: timesteps, dims: [timesteps.length, 1] },
        ...(condition && conditionFeeds(condition)),
      }
      const outputs = await session.run(feeds, [outputName])
      return { data: outputs[outputName]!, count, dim }
    },
  }
}

/** Runs one task at a time, in order, until it is closed. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined
  #reason = ''

  async run<R>(task: () => Promise<R>): Promise<R> {
    if (this.#closing) throw new InputError(this.#reason, 'conflict')
    const turn = this.#last.then(task)
    this.#last = turn.catch(() => {})
    return turn
  }

  close(task: () => Promise<void>, reason: string): Promise<void> {
    this.#closing ??= this.run(task)
    this.#reason = reason
    return this.#closing
  }
}

/** Running uses of a resource: closing waits for them, and no new one can begin. */
export class Uses {
  #count = 0
  #onIdle = () => {}
  #closing: Promise<void> | undefined
  #reason = ''

  begin(): () => void {
    if (this.#closing) throw new InputError(this.#reason, 'conflict')
    this.#count++
    return () => {
      this.#count--
      if (this.#count === 0) this.#onIdle()
    }
  }

  close(task: () => Promise<void>, reason: string): Promise<void> {
    this.#reason = reason
    this.#closing ??= new Promise<void>((resolve) => {
      this.#onIdle = resolve
      if (this.#count === 0) resolve()
    }).then(task)
    return this.#closing
  }
}

/** Runs one call at a time (a GPU's runtime breaks when two overlap), and throws a clear error after its release. */
export function takingTurns(session: Session): Session {
  const queue = new Queue()
  return {
    ...session,
    run: (...call) => queue.run(() => session.run(...call)),
    release: () => queue.close(() => session.release(), 'the session was released: load the model again'),
  }
}

/** The reason in onnxruntime's message, which begins with a source location and may end with the host's name. */
export function reasonOf(error: unknown): string {
  const line = messageOf(error).split('\n')[0]!
  const cuda = /CU(?:DA|BLAS|DNN) failure \d+: .*?(?= ; )/.exec(line)?.[0]
  return cuda ?? line.replace(/^.* was false\. /, '')
}

/** Whether an error means a lost GPU, by its name, since a class does not survive leaving a worker. */
export function isDeviceLost(error: unknown): boolean {
  return error instanceof Error && error.name === 'DeviceLostError'
}

/** The parts of WebGPU's GPUAdapterInfo in use. */
export type AdapterInfo = Readonly<Partial<Record<'vendor' | 'architecture' | 'description', string>>>

/** A GPU's name from WebGPU's adapter info; null if that is empty. */
export function adapterName(info: AdapterInfo | undefined): string | null {
  return [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(' ') || null
}

/** Whether an adapter computes on the processor: Mesa's llvmpipe (lavapipe), SwiftShader, Windows' WARP. */
export function isSoftware(adapter: string | null): boolean {
  return /llvmpipe|lavapipe|swiftshader|softpipe|basic render|\bwarp\b/i.test(adapter ?? '')
}

/** Yields to clicks, timers and messages, which promises alone never do; timers would wait for 4 ms. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

/** The answer of a thread or process to a call. */
export type Answer = { readonly value: unknown } | { readonly error: SentError }

export function answerOf(work: Promise<unknown>): Promise<Answer> {
  return work.then(
    (value) => ({ value }),
    (error) => ({ error: sentError(error) }),
  )
}

/** Calls to a thread or process that answers them in order. */
export class Calls<V> {
  readonly #waiting: { resolve(value: V): void; reject(error: Error): void }[] = []
  #ended: Error | undefined

  get count(): number {
    return this.#waiting.length
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  call(post: () => void): Promise<V> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended
      post()
      this.#waiting.push({ resolve, reject })
    })
  }

  settle(answer: Answer): void {
    const { resolve, reject } = this.#waiting.shift()!
    if ('error' in answer) reject(receivedError(answer.error))
    else resolve(answer.value as V)
  }

  end(reason: Error): void {
    this.#ended ??= reason
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended)
  }
}

/** Older browsers lack this symbol; compiled `await using` then looks for this one. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose)
