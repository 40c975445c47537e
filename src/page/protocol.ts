import type { SentError } from '../core/errors.ts'
import type { SampleOptions, SampleResult, SampleStep } from '../infer/model.ts'
import type { SessionInfo } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import type { ThreadMessage } from './runtime-threads.ts'

/** What a page and its sampling worker say to each other. An `id` joins an answer to its request. */
export type ToWorker =
  | ({ readonly type: 'load'; readonly id: number } & LoadMessage)
  | ({ readonly type: 'sample'; readonly id: number } & SampleMessage)
  /** The page has dealt with the last step of this sampling: the next may come. */
  | { readonly type: 'ready'; readonly id: number }
  | { readonly type: 'abort'; readonly id: number }

export type FromWorker =
  | { readonly type: 'done'; readonly id: number; readonly value: LoadedMessage | SampleResult }
  | { readonly type: 'failed'; readonly id: number; readonly error: SentError }
  | ({ readonly type: 'step'; readonly id: number } & SampleStep)
  /** The GPU that the worker computes on is gone, whether or not anything runs. */
  | { readonly type: 'lost'; readonly message: string }
  | ThreadMessage

export interface LoadMessage {
  readonly model: Blob
  /** What to call the model in errors. */
  readonly name: string
  readonly threads: number
  readonly wasmPaths: { readonly mjs: string; readonly wasm: string }
}

export interface LoadedMessage {
  readonly card: ModelCard
  readonly info: SessionInfo
}

/** What a page may choose of a draw: all of `SampleOptions` but what can't cross to a worker. */
export type ClientSampleOptions = Omit<SampleOptions, 'onWarning' | 'onProgress'>

export interface SampleMessage {
  readonly options: Omit<ClientSampleOptions, 'signal' | 'onStep'>
  /** Whether the page wants every step. */
  readonly steps: boolean
}

/** How many samples are shown on their way: more would not fit a frame of the page. */
export const shownSamples = 20_000
