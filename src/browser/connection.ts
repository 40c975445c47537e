import { receivedError, type SentError } from '../core/errors.ts'
import type { SampleOptions, SampleResult, SampleStep } from '../infer/model.ts'
import type { SessionInfo } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import { startThread, type ThreadMessage } from './runtime-threads.ts'

/** Messages from a page to its sampling worker. An `id` links an answer to its request. */
export type ToWorker = { readonly id: number } & (
  | LoadMessage
  | SampleMessage
  /** The page has handled the last step of this sampling and is ready for the next. */
  | { readonly type: 'ready' }
  | { readonly type: 'abort' }
)

export type FromWorker =
  | { readonly type: 'done'; readonly id: number; readonly value: LoadedMessage | SampleResult }
  | { readonly type: 'failed'; readonly id: number; readonly error: SentError }
  | { readonly type: 'step'; readonly id: number; readonly state: SampleStep }
  /** The worker's GPU was lost, whether or not anything runs. */
  | { readonly type: 'lost'; readonly error: SentError }
  | ThreadMessage

export interface LoadMessage {
  readonly type: 'load'
  readonly model: Blob
  /** The model's name in errors. */
  readonly name: string
  readonly threads: number
  /** URLs of onnxruntime's files, if the provider has them. */
  readonly wasmPaths: { readonly mjs: string; readonly wasm: string } | undefined
}

/** A model loaded in a worker. */
export interface LoadedModel {
  readonly card: ModelCard
  /** What actually runs it. */
  readonly info: SessionInfo
  /** Why it runs on `simd` and not WebGPU: `auto` found no GPU, or the GPU was lost; otherwise null. */
  readonly webgpuGivenUp: string | null
}

export type LoadedMessage = Omit<LoadedModel, 'webgpuGivenUp'>

/** Options of a draw: all of `SampleOptions` that can cross to a worker. */
export type ClientSampleOptions = Omit<SampleOptions, 'onWarning' | 'onProgress'>

export interface SampleMessage {
  readonly type: 'sample'
  readonly options: Omit<ClientSampleOptions, 'signal' | 'onStep'>
  /** Whether the page wants every step. */
  readonly steps: boolean
}

/** Maximum number of samples shown during sampling: more would not fit in a frame's time. */
export const shownSamples = 20_000

/** A worker's services as calls. */
export interface Connection {
  load(message: Omit<LoadMessage, 'type'>): Promise<LoadedMessage>
  /** The process waits for a promise returned by `onStep`. Throws the signal's reason at once. */
  sample(options: ClientSampleOptions): Promise<SampleResult>
  /** Ends the worker; running calls fail. */
  close(reason: Error): void
}

interface Call {
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  readonly onStep: SampleOptions['onStep']
}

/** Connects to a worker. `onLost` is called when its GPU is lost. */
export function connect(worker: Worker, onLost: (error: Error) => void): Connection {
  const calls = new Map<number, Call>()
  const threads: Worker[] = []
  let nextId = 0
  let closed: Error | undefined

  const close = (reason: Error) => {
    closed ??= reason
    for (const each of [worker, ...threads]) each.terminate()
    for (const { reject } of calls.values()) reject(closed)
    calls.clear()
  }
  const fail = (event: ErrorEvent) => {
    event.preventDefault()
    // an error without a message means that the script was not found or the page's policy forbids it
    const what = event.message
      ? `failed: ${event.message}`
      : 'does not start: serve the files beside its script'
    close(new Error(`the sampling worker ${what}`))
  }
  /** Ends and returns the call of an answer; undefined if it was aborted. */
  const settled = (id: number): Call | undefined => {
    const call = calls.get(id)
    calls.delete(id)
    return call
  }
  const post = (message: ToWorker) => worker.postMessage(message)
  const takeStep = async (id: number, state: SampleStep) => {
    try {
      await calls.get(id)?.onStep?.(state)
      post({ type: 'ready', id })
    } catch (error) {
      post({ type: 'abort', id })
      settled(id)?.reject(error)
    }
  }
  worker.addEventListener('error', fail)
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    switch (data.type) {
      case 'lost':
        return onLost(receivedError(data.error))
      case 'thread':
        // a worker ended meanwhile needs none
        if (!closed) threads.push(startThread(data, fail))
        return
      case 'step':
        takeStep(data.id, data.state)
        return
      case 'done':
        return settled(data.id)?.resolve(data.value as never)
      case 'failed':
        return settled(data.id)?.reject(receivedError(data.error))
    }
  })

  const request = async <R>(
    message: LoadMessage | SampleMessage,
    { onStep, signal }: Pick<SampleOptions, 'onStep' | 'signal'> = {},
  ): Promise<R> => {
    signal?.throwIfAborted()
    if (closed) throw closed
    const id = nextId++
    post({ ...message, id })
    const abort = () => {
      post({ type: 'abort', id })
      settled(id)?.reject(signal!.reason)
    }
    signal?.addEventListener('abort', abort)
    const answer = new Promise<R>((resolve, reject) => {
      calls.set(id, { resolve, reject, onStep })
    })
    return answer.finally(() => signal?.removeEventListener('abort', abort))
  }
  return {
    load: (message) => request({ type: 'load', ...message }),
    sample: ({ onStep, signal, ...options }) =>
      request({ type: 'sample', options, steps: onStep !== undefined }, { onStep, signal }),
    close,
  }
}
