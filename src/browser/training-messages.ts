import type { SentError } from '../core/errors.ts'
import type { Exported, SamplerExport, TrainedModel } from '../export/export-model.ts'
import type { RunFile, RunFiles } from '../model/run-store.ts'
import type { StepHelperStart } from '../train/engines/simd/engine.ts'
import type { LiveSamples } from '../train/live-samples.ts'
import type { ResumeRequest, TrainingProgress, TrainRequest } from '../train/options.ts'
import type { Trained } from '../train/train.ts'
import type { ThreadMessage } from './runtime-threads.ts'

/** A request without its functions, which can't cross to a worker. */
export type PlainRequest = Omit<
  TrainRequest | Omit<ResumeRequest, 'out'>,
  'onNote' | 'onWarning' | 'onProgress' | 'onSamples' | 'onReading' | 'signal' | 'out'
>

/** Messages from a page to its training worker. */
export type ToTrainingWorker =
  | {
      readonly type: 'train'
      readonly request: PlainRequest
      readonly store: { readonly folder: string | null } | null
      readonly hasSamples: boolean
    }
  | { readonly type: 'export'; readonly trained: TrainedModel; readonly sampler: SamplerExport | undefined }
  | { readonly type: 'abort' }
  /** The answer to a call of the page. */
  | {
      readonly type: 'answer'
      readonly id: number
      readonly answer: { value: unknown } | { error: SentError }
    }
  /** Message to a thread of a training worker. */
  | { readonly type: 'help'; readonly start: StepHelperStart }

/** Calls from the worker to the page, which it awaits. */
export type PageCall =
  | { readonly of: 'read'; readonly file: RunFile }
  | { readonly of: 'writeTogether'; readonly files: RunFiles }
  | { readonly of: 'append'; readonly file: RunFile; readonly text: string }
  | { readonly of: 'onSamples'; readonly samples: LiveSamples }

export type FromTrainingWorker =
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'progress'; readonly progress: TrainingProgress }
  | { readonly type: 'call'; readonly id: number; readonly call: PageCall }
  | { readonly type: 'done'; readonly value: Trained | Exported }
  | { readonly type: 'failed'; readonly error: SentError; readonly isAbort: boolean }
  | ThreadMessage
