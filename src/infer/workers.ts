import { Worker } from 'node:worker_threads'
import type { Points } from '../core/points.ts'
import { type Answer, Calls } from './calls.ts'
import type { Chunk, ChunkModel } from './chunk.ts'
import { NativeCalls, type ThreadStart } from './native-calls.ts'
import type { ChunkWorkers } from './provider.ts'
import type { WorkerStart } from './worker.ts'

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
  const { provider } = session
  const start = { bytes, provider, file: { isSampler, inputs, outputs, card: { predictionType } } }
  let threads: ReturnType<typeof startSampling>[] | undefined
  let operationsSoFar = 0
  return {
    started: () => threads !== undefined,
    takeOn(operations) {
      operationsSoFar += operations
      return threads !== undefined || operationsSoFar >= operationsForWorkers
    },
    inFlight: session.threads * chunksEach,
    run(chunk) {
      threads ??= Array.from({ length: session.threads }, () => startSampling(start))
      return threads.reduce((a, b) => (b.calls.count < a.calls.count ? b : a)).run(chunk)
    },
    async end() {
      await Promise.all((threads ?? []).map(({ end }) => end()))
    },
  }
}

function startSampling(start: Omit<WorkerStart, keyof ThreadStart>) {
  const { worker, end } = startThread(new URL('./worker.js', import.meta.url), start)
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
  return { calls, run, end }
}

/** The chunk without views on larger arrays, which a message would copy whole. */
function owned(chunk: Chunk): Chunk {
  const copy = (points: Points) => ({ ...points, data: points.data.slice() })
  const { x_T, noise, condition } = chunk
  return {
    ...chunk,
    x_T: x_T && copy(x_T),
    noise: noise?.map(copy),
    condition: condition && { known: copy(condition.known), values: copy(condition.values) },
  }
}
