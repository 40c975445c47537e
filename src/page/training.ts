import { receivedError, sentError, wrongType } from '../core/errors.ts'
import { checkOptions } from '../core/options.ts'
import {
  type Exported,
  type SamplerExport,
  samplerExportCheck,
  type TrainedModel,
} from '../export/export-model.ts'
import { type RunStore, trainedRunIn } from '../model/run-store.ts'
import type { TableSource } from '../table/table.ts'
import { type ResumeRequest, resumeChecks, type TrainRequest, trainChecks } from '../train/options.ts'
import type { Trained } from '../train/train.ts'
import { startThread } from './runtime-threads.ts'
import { startTrainingWorker } from './runtimes.ts'
import type { FromTrainingWorker, PageCall, ToTrainingWorker } from './training-messages.ts'

/** What a page may choose of a run. */
export interface WebTrainRequest extends Omit<TrainRequest, 'dataset' | 'engine' | 'onReading' | 'out'> {
  /** A built-in dataset's name, or rows in memory. */
  readonly dataset?: string | TableSource | undefined
  /** Where the run's files go: `memoryStore()`, or `await openStore('moons')`. Without one they are only returned. */
  readonly store?: RunStore | undefined
}

export interface WebResumeRequest extends Omit<ResumeRequest, 'out'> {
  /** Where the run is. */
  readonly store: RunStore
}

const isStore = (value: unknown): value is RunStore =>
  typeof value === 'object' && value !== null && 'read' in value && 'writeTogether' in value

const checkStore = (option: string, value: unknown) => {
  if (!isStore(value)) throw wrongType(option, value, 'give memoryStore(), or what openStore returns')
}
const { out: _out, engine: _engine, onReading: _onReading, ...checks } = trainChecks
const { resume: _resume, ...newChecks } = { ...checks, store: checkStore }
/**
 * Trains a noise predictor in a worker, on our own WASM kernels: no byte leaves the page. The same options give the same
 * bytes as engine `simd` in Node, whatever the browser and the number of threads, of which there is one in a page that is not
 * isolated.
 *
 * @returns The weights, what they were trained on, and how: what `exportModel` makes a model of.
 * @throws InputError where an option or the data is wrong, the store holds a run already, or the loss is no number; the
 * signal's reason, once a checkpoint is saved.
 * @example
 * const trained = await train({ dataset: 'two-moons', seed: 1, onProgress: ({ step, loss }) => show(step, loss) })
 * const { model } = await exportModel({ run: trained })
 */
export async function train(request: WebTrainRequest | WebResumeRequest = {}): Promise<Trained> {
  if ('resume' in request && request.resume)
    checkOptions<WebResumeRequest>('a resumed train', request, { ...resumeChecks, store: checkStore }, [
      'store',
    ])
  else checkOptions<WebTrainRequest>('train', request, newChecks)
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

export interface WebExportRequest {
  /** What `train` returned, or where it kept its files. */
  readonly run: TrainedModel | RunStore
  /** The process of sampler.onnx; `{}` is as the run recommends. Without it none is made. */
  readonly sampler?: SamplerExport | undefined
}

/**
 * Makes model.onnx of a run and, if asked for, sampler.onnx, in a worker: the same bytes as in Node.
 *
 * @throws InputError where a store has no run, or its schedule refuses the sampler.
 * @example
 * const { model, sampler } = await exportModel({ run: trained, sampler: {} })
 */
export async function exportModel(request: WebExportRequest): Promise<Exported> {
  checkOptions<WebExportRequest>(
    'exportModel',
    request,
    {
      run(option, value) {
        if (!isStore(value) && !(typeof value === 'object' && value !== null && 'weights' in value))
          throw wrongType(option, value, 'give what train returned, or a store')
      },
      sampler: samplerExportCheck,
    },
    ['run'],
  )
  const { run } = request
  const { config, weights } = isStore(run) ? await trainedRunIn(run) : run
  const { onWarning = console.warn, ...sampler } = request.sampler ?? {}
  return inWorker<Exported>(
    { type: 'export', trained: { config, weights }, sampler: request.sampler && sampler },
    { onWarning },
  )
}

type Watched = Pick<TrainRequest, 'onNote' | 'onProgress' | 'onSamples' | 'signal'> & {
  readonly onWarning: (text: string) => void
  readonly store?: RunStore | undefined
}

/** Has a worker of its own do a task, and ends it with its threads. */
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
        // an error without a message: the script was not found, or the page's policy forbids it
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

/** Does what the worker calls for. */
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
