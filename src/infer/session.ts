import { InputError, messageOf } from '../core/errors.ts'
import type { Condition, Points } from '../core/points.ts'
import type { NoisePredictor } from '../diffusion/process.ts'

/** Where a session computes in a page. */
export type WebProvider = 'simd' | 'wasm' | 'webgpu'

/** Those of them that are onnxruntime-web's. */
export type OnnxruntimeWebProvider = Exclude<WebProvider, 'simd'>

export interface Tensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** What really runs a session. */
export interface SessionInfo {
  /** The provider's name: one a session, and nothing falls back to another. */
  readonly provider: string
  /** The GPU adapter, where there is one and it is known. */
  readonly adapter: string | null
  /** The version of onnxruntime; null where something else computes. */
  readonly onnxruntime: string | null
  /** What computes, with its version: 'onnxruntime-node 1.30.0' say. */
  readonly runtime: string
  /** Of the processor. */
  readonly threads: number
  /** Whether a GPU may round the factors of matrix products to TF32's 10 bits; null where there is no TF32. */
  readonly tf32: boolean | null
}

/** A loaded graph, whatever the runtime. */
export interface Session extends SessionInfo {
  /**
   * Feeds by input name to outputs by name; `outputs` are the ones to compute. A runtime that can writes them `into`
   * memory that is there, which spares the collector.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
    into?: Readonly<Record<string, Tensor>> | undefined,
  ): Promise<Record<string, Float32Array>>
  /** Frees it, once what runs on it has ended; a second call does nothing. */
  release(): Promise<void>
}

export interface SessionOptions {
  /** Threads that compute; the runtime's own choice otherwise. */
  readonly threads?: number | undefined
  /** Which GPU, of `cuda`: 0 by default. */
  readonly deviceId?: number | undefined
  /** Of `cuda`: whether TF32 is allowed; as the environment has it by default. */
  readonly tf32?: boolean | undefined
}

/** Makes a session of a graph. Throws an InputError where this machine can't run it. */
export type CreateSession = (bytes: Uint8Array, options: SessionOptions) => Promise<Session>

export function tensorOf({ data, count, dim }: Points): Tensor {
  return { data, dims: [count, dim] }
}

/** A session's facts alone, for a result. */
export function infoOf({ provider, adapter, onnxruntime, runtime, threads, tf32 }: SessionInfo): SessionInfo {
  return { provider, adapter, onnxruntime, runtime, threads, tf32 }
}

/** What a model's graph takes of a condition, beside x_t and t or x_T and noise. */
export function conditionFeeds({ known, values }: Condition): Record<string, Tensor> {
  return { known_values: tensorOf(values), known: tensorOf(known) }
}

/** A session of model.onnx as a noise predictor; that of a table needs a condition. */
export function sessionPredictor(session: Session, outputName: string): NoisePredictor {
  return {
    async predict(x_t, t, condition): Promise<Points> {
      const { count, dim } = x_t
      const timesteps = typeof t === 'number' ? new Float32Array(count).fill(t) : Float32Array.from(t)
      const feeds = {
        x_t: tensorOf(x_t),
        t: { data: timesteps, dims: [count, 1] },
        ...(condition && conditionFeeds(condition)),
      }
      const outputs = await session.run(feeds, [outputName])
      return { data: outputs[outputName]!, count, dim }
    },
  }
}

/** Lets callers in one after another, until it is closed. */
export class Queue {
  #last: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined
  #reason = ''

  /** Waits for its turn, and gives what ends it. Throws an InputError once the queue is closed. */
  async enter(): Promise<() => void> {
    if (this.#closing) throw new InputError(this.#reason, 'conflict')
    const before = this.#last
    let leave = () => {}
    this.#last = new Promise((resolve) => {
      leave = resolve
    })
    await before
    return leave
  }

  /** Runs a task in a turn of its own. */
  async run<R>(task: () => Promise<R>): Promise<R> {
    const leave = await this.enter()
    try {
      return await task()
    } finally {
      leave()
    }
  }

  /** Runs the last task, once; those who come after it hear `reason`. */
  close(task: () => Promise<void>, reason: string): Promise<void> {
    this.#closing ??= this.run(task)
    this.#reason = reason
    return this.#closing
  }
}

/** What is under way on something that will be closed: its end waits for that, and nothing begins after it. */
export class Uses {
  #count = 0
  #onIdle = () => {}
  #closing: Promise<void> | undefined
  #reason = ''

  /** Begins a use; returns what ends it. Throws an InputError once all is closed. */
  begin(): () => void {
    if (this.#closing) throw new InputError(this.#reason, 'conflict')
    this.#count++
    return () => {
      this.#count--
      if (this.#count === 0) this.#onIdle()
    }
  }

  /** Runs the last task, once, after all uses have ended; those who come after it hear `reason`. */
  close(task: () => Promise<void>, reason: string): Promise<void> {
    this.#reason = reason
    this.#closing ??= new Promise<void>((resolve) => {
      this.#onIdle = resolve
      if (this.#count === 0) resolve()
    }).then(task)
    return this.#closing
  }
}

/**
 * A session whose calls wait their turn (a GPU's runtime breaks when two overlap), that can be released twice,
 * and that says so when it is used after that: the runtimes' own words are about handles.
 */
export function takingTurns(session: Session): Session {
  const queue = new Queue()
  return {
    ...session,
    run: (...call) => queue.run(() => session.run(...call)),
    release: () => queue.close(() => session.release(), 'the session was released: load the model again'),
  }
}

/** The reason in onnxruntime's message, which begins with the place in its source and may go on with the host's name. */
export function reasonOf(error: unknown): string {
  const line = messageOf(error).split('\n')[0]!
  const cuda = /CU(?:DA|BLAS|DNN) failure \d+: .*?(?= ; )/.exec(line)?.[0]
  return cuda ?? line.replace(/^.* was false\. /, '')
}

/** Whether an error says that the GPU is gone: by its name, for a class does not survive the way out of a worker. */
export function isDeviceLost(error: unknown): boolean {
  return error instanceof Error && error.name === 'DeviceLostError'
}

/** What a GPU is called, by what WebGPU says of its adapter; null where that is nothing. */
export function adapterName(info: Readonly<Record<string, unknown>> | undefined): string | null {
  return [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(' ') || null
}

/** Whether an adapter computes on the processor: Mesa's llvmpipe (lavapipe), SwiftShader, Windows' WARP. */
export function isSoftware(adapter: string | null): boolean {
  return /llvmpipe|lavapipe|swiftshader|softpipe|basic render|\bwarp\b/i.test(adapter ?? '')
}

/** Lets a page or worker hear of clicks, timers and messages: promises alone never do, and timers wait for 4 ms. */
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
