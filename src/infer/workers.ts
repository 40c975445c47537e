import { type ResourceLimits, Worker } from 'node:worker_threads'
import { messageOf } from '../core/errors.ts'
import type { Chunk, ChunkModel, ChunkStates } from './chunk.ts'
import { type ChunkStart, type ChunkThread, createChunkWorkers } from './chunk-workers.ts'
import type { ChunkWorkers } from './provider.ts'
import { NativeCalls } from './providers/onnxruntime-node.ts'
import { type Answer, Calls } from './session.ts'

/** Node's workers can't load TypeScript, as which the tests run this file. */
export const hasWorkers = import.meta.url.endsWith('.js')

/** The threads' calls into onnxruntime; the process ends after running ones. */
const callsOfThreads = new Set<NativeCalls>()

const stopCalls = () => {
  for (const calls of callsOfThreads) calls.stop()
}

/** Starts one of our files as a thread, which doesn't keep the process alive. */
export function startThread(file: URL, data: object, resourceLimits?: ResourceLimits) {
  const calls = new NativeCalls()
  const workerData = { ...data, nativeCalls: calls.memory }
  // without the process's flags: with --input-type of node -e, a worker's file does not load
  const worker = new Worker(file, { workerData, execArgv: [], resourceLimits })
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

/** A sampling thread ended and its samples are lost; another replaces it for the next ones. */
export class WorkerEndedError extends Error {
  override name = 'WorkerEndedError'

  constructor(reason: string) {
    super(`a sampling worker ended: ${reason}: sample again`)
  }
}

export function workersOf(bytes: Uint8Array, model: ChunkModel): ChunkWorkers | undefined {
  return model.session.threads > 1 && hasWorkers ? createChunkWorkers(bytes, model, startSampling) : undefined
}

/**
 * Of a sampling thread: what a chunk leaves behind is freed when the part for new objects is full, and a small one is full soon.
 * Two threads take 50 MB less with it, and as long.
 */
const limits = { maxYoungGenerationSizeMb: 2 }

/** Starts a thread that samples chunks; it keeps the process alive only while it works. */
function startSampling(start: ChunkStart): ChunkThread {
  const { worker, end } = startThread(new URL('./worker.js', import.meta.url), start, limits)
  const calls = new Calls<ChunkStates>()
  worker.on('message', (answer: Answer) => {
    calls.settle(answer)
    if (calls.count === 0) worker.unref()
  })
  worker.on('error', (error) => calls.end(new WorkerEndedError(messageOf(error))))
  worker.on('exit', () => calls.end(new WorkerEndedError('its thread is gone')))
  const post = (chunk: Chunk) => {
    worker.ref()
    worker.postMessage(chunk)
  }
  return { calls, post, end }
}
