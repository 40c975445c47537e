import { receivedError, sentError } from '../core/errors.ts'
import type { Exported, SamplerExport, TrainedModel } from '../export/export-model.ts'
import type { RunStore } from '../model/run-store.ts'
import type { TableSource } from '../table/table.ts'
import type { ResumeRequest, TrainRequest } from '../train/options.ts'
import type { Trained } from '../train/train.ts'
import { startThread } from './runtime-threads.ts'
import { startTrainingWorker } from './runtimes.ts'
import type { FromTrainingWorker, PageCall, ToTrainingWorker } from './training-messages.ts'

/** Options of a page's `train`. */
export interface WebTrainRequest extends Omit<TrainRequest, 'dataset' | 'engine' | 'onReading' | 'out'> {
  /** A built-in dataset's name, or rows in memory. */
  readonly dataset?: string | TableSource | undefined
  /** Store for the run's files: `memoryStore()` or `await openStore('moons')`. Without it, they are only returned. */
  readonly store?: RunStore | undefined
}

export interface WebResumeRequest extends Omit<ResumeRequest, 'out'> {
  /** The store of the run. */
  readonly store: RunStore
}

/** `train` in a worker with checked options: the checks are a large part of the code a page loads. */
export function trainInWorker(request: WebTrainRequest | WebResumeRequest): Promise<Trained> {
  const {
    store,
    onNote,
    onWarning = console.warn,
    onProgress,
    onSamples,
    signal,
    ...plain
  } = {
    onNote: undefined,
    ...request,
  }
  const folder = store ? { folder: store.folder } : null
  return inWorker<Trained>(
    { type: 'train', request: plain, store: folder, hasSamples: onSamples !== undefined },
    { onNote, onWarning, onProgress, onSamples, signal, store },
  )
}

/** `exportModel` in a worker with checked options. */
export function exportInWorker(
  { config, weights }: TrainedModel,
  samplerExport?: SamplerExport | undefined,
): Promise<Exported> {
  const { onWarning = console.warn, ...sampler } = samplerExport ?? {}
  return inWorker<Exported>(
    { type: 'export', trained: { config, weights }, sampler: samplerExport && sampler },
    { onWarning },
  )
}

type Watched = Pick<TrainRequest, 'onNote' | 'onProgress' | 'onSamples' | 'signal'> & {
  readonly onWarning: (text: string) => void
  readonly store?: RunStore | undefined
}

/** Runs a task in a new worker, then ends it and its threads. */
async function inWorker<R>(task: ToTrainingWorker, watched: Watched): Promise<R> {
  const { onNote, onWarning, onProgress, signal } = watched
  signal?.throwIfAborted()
  const worker = startTrainingWorker()
  const threads: Worker[] = []
  const post = (message: ToTrainingWorker) => worker.postMessage(message)
  const abort = () => post({ type: 'abort' })
  try {
    return await new Promise<R>((resolve, reject) => {
      const fail = (event: ErrorEvent) => {
        event.preventDefault()
        // an error without a message means that the script was not found or the page's policy forbids it
        const what = event.message
          ? `failed: ${event.message}`
          : 'does not start: serve the files beside its script'
        reject(new Error(`the training worker ${what}`))
      }
      const answer = (id: number, call: PageCall) =>
        called(call, watched).then(
          (value) => post({ type: 'answer', id, answer: { value } }),
          (error) => post({ type: 'answer', id, answer: { error: sentError(error) } }),
        )
      worker.addEventListener('error', fail)
      worker.addEventListener('message', ({ data }: MessageEvent<FromTrainingWorker>) => {
        if (data.type === 'note') onNote?.(data.text)
        else if (data.type === 'warning') onWarning(data.text)
        else if (data.type === 'progress') onProgress?.(data.progress)
        else if (data.type === 'call') answer(data.id, data.call)
        else if (data.type === 'thread') threads.push(startThread(data, fail))
        else if (data.type === 'done') resolve(data.value as R)
        else reject(data.isAbort ? signal!.reason : receivedError(data.error))
      })
      signal?.addEventListener('abort', abort)
      post(task)
    })
  } finally {
    signal?.removeEventListener('abort', abort)
    for (const each of [worker, ...threads]) each.terminate()
  }
}

/** Handles a call of the worker. */
async function called(call: PageCall, { store, onSamples }: Watched): Promise<unknown> {
  switch (call.of) {
    case 'read':
      return store!.read(call.file)
    case 'writeTogether':
      return store!.writeTogether(call.files)
    case 'append':
      return store!.append(call.file, call.text)
    case 'onSamples':
      return onSamples?.(call.samples)
  }
}
