import { receivedError, type SentError } from '../core/errors.ts'
import type { SampleOptions, SampleResult, SampleStep } from '../infer/model.ts'
import type { SessionInfo } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import { startThread, type ThreadMessage } from './runtime-threads.ts'

/** What a page says to its sampling worker. An `id` joins an answer to its request. */
export type ToWorker = { readonly id: number } & (
  | LoadMessage
  | SampleMessage
  /** The page has dealt with the last step of this sampling: the next may come. */
  | { readonly type: 'ready' }
  | { readonly type: 'abort' }
)

export type FromWorker =
  | { readonly type: 'done'; readonly id: number; readonly value: LoadedMessage | SampleResult }
  | { readonly type: 'failed'; readonly id: number; readonly error: SentError }
  | { readonly type: 'step'; readonly id: number; readonly state: SampleStep }
  /** The GPU that the worker computes on is gone, whether or not anything runs. */
  | { readonly type: 'lost'; readonly error: SentError }
  | ThreadMessage

export interface LoadMessage {
  readonly type: 'load'
  readonly model: Blob
  /** What to call the model in errors. */
  readonly name: string
  readonly threads: number
  /** Of onnxruntime's files, where the provider has them. */
  readonly wasmPaths: { readonly mjs: string; readonly wasm: string } | undefined
}

/** A model that a worker holds. */
export interface LoadedModel {
  readonly card: ModelCard
  /** What really runs it. */
  readonly info: SessionInfo
  /** Why it runs on `simd` where WebGPU could have been: `auto` found none, or the GPU was lost. */
  readonly webgpuGivenUp: string | null
}

export type LoadedMessage = Omit<LoadedModel, 'webgpuGivenUp'>

/** What a page may choose of a draw: all of `SampleOptions` but what can't cross to a worker. */
export type ClientSampleOptions = Omit<SampleOptions, 'onWarning' | 'onProgress'>

export interface SampleMessage {
  readonly type: 'sample'
  readonly options: Omit<ClientSampleOptions, 'signal' | 'onStep'>
  /** Whether the page wants every step. */
  readonly steps: boolean
}

/** How many samples are shown on their way: more would not fit a frame of the page. */
export const shownSamples = 20_000

/** A worker's two services as calls. */
export interface Connection {
  load(message: Omit<LoadMessage, 'type'>): Promise<LoadedMessage>
  /** `onStep` may return a promise, for which the process waits. Throws: the signal's reason, at once. */
  sample(options: ClientSampleOptions): Promise<SampleResult>
  /** Ends the worker; calls that run fail. */
  close(reason: Error): void
}

interface Call {
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
  readonly onStep: SampleOptions['onStep']
}

/** Calls a worker. `onLost` is told when the GPU that it computes on is gone. */
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
    // an error without a message: the script was not found, or the page's policy forbids it
    const what = event.message
      ? `failed: ${event.message}`
      : 'does not start: serve the files beside its script'
    close(new Error(`the sampling worker ${what}`))
  }
  /** The call that an answer is for, which is then over; none where it was aborted. */
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
        // a worker that was ended meanwhile needs none
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
