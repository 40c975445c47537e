import { receivedError, type SentError, sentError } from '../core/errors.ts'
import { exportModelOf } from '../export/export-model.ts'
import { noStore, type RunStore } from '../model/run-store.ts'
import { canShareMemory } from '../numerics/kernels/memory.ts'
import { createSimdEngine, helpStep, type StepHelperStart } from '../train/engines/simd/engine.ts'
import type { LiveSamples } from '../train/live-samples.ts'
import type { NextSamples, ResumeRequest, TrainingProgress, TrainRequest } from '../train/options.ts'
import type { Engines } from '../train/runtime.ts'
import { train } from '../train/train.ts'
import { startThreadsInPage } from './runtime-threads.ts'
import type { FromTrainingWorker, PageCall, ToTrainingWorker } from './training-messages.ts'

startThreadsInPage()

const post = (message: FromTrainingWorker) => postMessage(message)

/** Pending calls to the page. */
const calls: ((answer: { value: unknown } | { error: SentError }) => void)[] = []

function call<R>(request: PageCall): Promise<R> {
  return new Promise((resolve, reject) => {
    const id = calls.length
    calls.push((answer) => {
      if ('error' in answer) reject(receivedError(answer.error))
      else resolve(answer.value as R)
    })
    post({ type: 'call', id, call: request })
  })
}

const storeOfPage = ({ folder }: { readonly folder: string | null }): RunStore => ({
  folder,
  read: (file) => call({ of: 'read', file }),
  writeTogether: (files) => call({ of: 'writeTogether', files }),
  append: (file, text) => call({ of: 'append', file, text }),
})

/** More than a few threads don't help networks of this size. */
const maxThreads = 4

function startHelper(start: StepHelperStart) {
  const worker = new Worker(location.href, { type: 'module' })
  const message: ToTrainingWorker = { type: 'help', start }
  worker.postMessage(message)
  // the page ends it with this worker
  return { ended: () => undefined, end: async () => {} }
}

const engines: Engines = {
  choose: async () => 'simd',
  create: (_, options) =>
    createSimdEngine({
      ...options,
      threads: options.threads ?? Math.min(maxThreads, navigator.hardwareConcurrency || 1),
      startHelper: canShareMemory() ? startHelper : undefined,
    }),
}

const controller = new AbortController()

async function work(message: ToTrainingWorker): Promise<FromTrainingWorker> {
  if (message.type === 'export') {
    const { trained, sampler } = message
    const onWarning = (text: string) => post({ type: 'warning', text })
    return { type: 'done', value: await exportModelOf(trained, sampler && { ...sampler, onWarning }) }
  }
  if (message.type !== 'train') throw new Error(`a training worker was told to ${message.type}`)
  const { request, store, hasSamples } = message
  const onSamples = (samples: LiveSamples) => call<NextSamples>({ of: 'onSamples', samples })
  const observed = {
    ...request,
    onNote: (text: string) => post({ type: 'note', text }),
    onWarning: (text: string) => post({ type: 'warning', text }),
    onProgress: (progress: TrainingProgress) => post({ type: 'progress', progress }),
    onSamples: hasSamples ? onSamples : undefined,
    signal: controller.signal,
  }
  const runtime = { engines, store: store ? storeOfPage(store) : noStore }
  return { type: 'done', value: await train(observed as TrainRequest | ResumeRequest, runtime) }
}

addEventListener('message', ({ data }: MessageEvent<ToTrainingWorker>) => {
  if (data.type === 'help') helpStep(data.start).catch(reportError)
  if (data.type === 'answer') calls[data.id]!(data.answer)
  else if (data.type === 'abort') controller.abort()
  else
    work(data).then(post, (error) =>
      post({
        type: 'failed',
        error: sentError(error),
        isAbort: controller.signal.aborted && error === controller.signal.reason,
      }),
    )
})
