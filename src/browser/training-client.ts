import type { SamplerExport, TrainedModel } from '../export/export-model.ts'
import type { RunStore } from '../model/run-store.ts'
import type { TableSource } from '../table/table.ts'
import type { ResumeRequest, TrainRequest } from '../train/options.ts'
import type { Trained } from '../train/train.ts'
import { workerRuntimes } from './runtimes.ts'
import type { TrainingCalls } from './training-worker.ts'
import { type Remote, withWorker } from './worker-calls.ts'

/** Options of a page's `train`. */
export interface WebTrainRequest extends Omit<TrainRequest, 'dataset' | 'engine' | 'onReading' | 'out'> {
  /** A built-in dataset's name, or rows in memory. */
  readonly dataset: string | TableSource
  /** A page has the engine `simd`, which `auto` takes. */
  readonly engine?: 'simd' | 'auto' | undefined
  /** Store for the run's files: `memoryStore()` or `await openStore('moons')`. Without it, they are only returned. */
  readonly store?: RunStore | undefined
}

export interface WebResumeRequest extends Omit<ResumeRequest, 'out'> {
  /** The store of the run. */
  readonly store: RunStore
}

const inWorker = <R>(task: (calls: Remote<TrainingCalls>) => Promise<R>): Promise<R> =>
  withWorker(workerRuntimes.training.start(), 'the training worker', task)

/** `train` in a worker with checked options: the checks are a large part of the code a page loads. */
export async function trainInWorker(request: WebTrainRequest | WebResumeRequest): Promise<Trained> {
  const { store, signal, ...rest } = request
  signal?.throwIfAborted()
  return inWorker(async (calls) => {
    const stop = () => calls.stop().catch(() => {})
    signal?.addEventListener('abort', stop)
    try {
      return await calls.train({ onWarning: console.warn, ...rest }, store && plain(store))
    } catch (error) {
      throw signal?.aborted && error instanceof Error && error.name === 'AbortError' ? signal.reason : error
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  })
}

/** `exportModel` in a worker with checked options. The worker reads a store: what reads a run is a large part of the code, too. */
export function exportInWorker(run: TrainedModel | RunStore, sampler?: SamplerExport | undefined) {
  const watched = sampler && { onWarning: console.warn, ...sampler }
  const crossing = 'weights' in run ? { config: run.config, weights: run.weights } : plain(run)
  return inWorker((calls) => calls.export(crossing, watched))
}

/** A store without a prototype's functions, which would not cross to a worker. */
function plain(store: RunStore): RunStore {
  return {
    folder: store.folder,
    read: store.read.bind(store),
    writeTogether: store.writeTogether.bind(store),
    append: store.append.bind(store),
  }
}
