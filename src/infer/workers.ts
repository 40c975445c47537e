import { Worker } from 'node:worker_threads'
import { messageOf } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import { type Answer, Calls } from './calls.ts'
import type { Chunk, ChunkModel } from './chunk.ts'
import { type ChunkStart, type ChunkThread, createChunkWorkers, owned } from './chunk-workers.ts'
import { NativeCalls } from './native-calls.ts'
import type { ChunkWorkers } from './provider.ts'

/** Node's workers read no TypeScript, which the tests run this file as. */
export const hasWorkers = import.meta.url.endsWith('.js')

/** A thread of ours. */
export interface Thread {
  readonly worker: Worker
  /** Ends it, once a call into onnxruntime that is under way has returned. */
  end(): Promise<void>
}

/** The calls into onnxruntime of the threads that there are: the process ends after those that are under way. */
const callsOfThreads = new Set<NativeCalls>()

const stopCalls = () => {
  for (const calls of callsOfThreads) calls.stop()
}

/** Starts a file of ours as a thread, which doesn't keep the process alive. */
export function startThread(file: URL, data: object): Thread {
  const calls = new NativeCalls()
  const workerData = { ...data, nativeCalls: calls.memory }
  // without the process's own flags: with node -e's --input-type a worker's file does not load
  const worker = new Worker(file, { workerData, execArgv: [] })
  worker.unref()
  if (callsOfThreads.size === 0) process.on('exit', stopCalls)
  callsOfThreads.add(calls)
  worker.once('exit', () => {
    callsOfThreads.delete(calls)
    if (callsOfThreads.size === 0) process.off('exit', stopCalls)
  })
  return {
    worker,
    async end() {
      calls.stop()
      await worker.terminate()
    },
  }
}

/** A thread that computed samples is gone, and its samples with it: another takes its place with the next ones. */
export class WorkerEndedError extends Error {
  override name = 'WorkerEndedError'

  constructor(reason: string) {
    super(`a sampling worker ended: ${reason}: sample again`)
  }
}

/** Worker threads for a model's chunks, where its session has several threads. */
export function workersOf(bytes: Uint8Array, model: ChunkModel): ChunkWorkers | undefined {
  return model.session.threads > 1 && hasWorkers ? createChunkWorkers(bytes, model, startSampling) : undefined
}

/** A thread that samples chunks of a model; it keeps the process alive only while it does. */
function startSampling(start: ChunkStart): ChunkThread {
  const { worker, end } = startThread(new URL('./worker.js', import.meta.url), start)
  const calls = new Calls<Points[]>()
  worker.on('message', (answer: Answer) => {
    calls.settle(answer)
    if (calls.count === 0) worker.unref()
  })
  worker.on('error', (error) => calls.end(new WorkerEndedError(messageOf(error))))
  worker.on('exit', () => calls.end(new WorkerEndedError('its thread is gone')))
  const run = (chunk: Chunk) =>
    calls.call(() => {
      worker.ref()
      worker.postMessage(owned(chunk))
    })
  return { count: () => calls.count, hasEnded: () => calls.hasEnded, run, end }
}
