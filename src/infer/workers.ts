import { Worker } from 'node:worker_threads'
import type { Points } from '../core/points.ts'
import { type Answer, Calls } from './calls.ts'
import type { Chunk, ChunkModel } from './chunk.ts'
import type { ChunkWorkers } from './provider.ts'
import type { WorkerStart } from './worker.ts'

/** Node's workers read no TypeScript, which the tests run this file as. */
export const hasWorkers = import.meta.url.endsWith('.js')

/** Starts a file of ours as a thread, which doesn't keep the process alive. */
export function startWorker(file: URL, workerData: unknown): Worker {
  // without the process's own flags: with node -e's --input-type a worker's file does not load
  const worker = new Worker(file, { workerData, execArgv: [] })
  worker.unref()
  return worker
}

/** Chunks that a worker holds: one that it computes, and the next one, so that it never waits for us. */
const chunksEach = 2

/** Below this many multiplications and additions, workers that have yet to start cost more than they gain. */
const operationsForWorkers = 2e10

/**
 * A worker thread for each of the session's threads, with a session of one thread of its own. Each draws the noise of
 * its chunks: side by side they lose less than threads that share each matrix product, and Node's own thread stays
 * free (docs/decisions/0010). They start with the first chunk, and don't keep the process alive.
 */
export function createChunkWorkers(bytes: Uint8Array, { file, session }: ChunkModel): ChunkWorkers {
  const { isSampler, inputs, outputs } = file
  const { predictionType } = file.card
  const start: WorkerStart = { bytes, file: { isSampler, inputs, outputs, card: { predictionType } } }
  let threads: ReturnType<typeof startThread>[] | undefined
  let operationsSoFar = 0
  return {
    started: () => threads !== undefined,
    takeOn(operations) {
      operationsSoFar += operations
      return threads !== undefined || operationsSoFar >= operationsForWorkers
    },
    inFlight: session.threads * chunksEach,
    run(chunk) {
      threads ??= Array.from({ length: session.threads }, () => startThread(start))
      return threads.reduce((a, b) => (b.calls.count < a.calls.count ? b : a)).run(chunk)
    },
    async end() {
      await Promise.all((threads ?? []).map(({ worker }) => worker.terminate()))
    },
  }
}

function startThread(start: WorkerStart) {
  const worker = startWorker(new URL('./worker.js', import.meta.url), start)
  const calls = new Calls<Points[]>()
  worker.on('message', (answer: Answer) => {
    calls.settle(answer)
    if (calls.count === 0) worker.unref()
  })
  worker.on('error', (error) => calls.end(error))
  worker.on('exit', () => calls.end(new Error('a sampling worker ended: load the model again')))
  const run = (chunk: Chunk) =>
    calls.call(() => {
      worker.ref()
      worker.postMessage(owned(chunk))
    })
  return { worker, calls, run }
}

/** The chunk without views on larger arrays, which a message would copy whole. */
function owned(chunk: Chunk): Chunk {
  const copy = (points: Points) => ({ ...points, data: points.data.slice() })
  return { ...chunk, x_T: chunk.x_T && copy(chunk.x_T), noise: chunk.noise?.map(copy) }
}
