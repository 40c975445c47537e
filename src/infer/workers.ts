import { Worker } from 'node:worker_threads'
import type { Points } from '../core/points.ts'
import type { Chunk, ChunkModel } from './chunk.ts'
import type { ChunkWorkers } from './provider.ts'
import type { Answer, WorkerStart } from './worker.ts'

/** Chunks that a worker holds: one that it computes, and the next one, so that it never waits for us. */
const chunksEach = 2

/** Below this many multiplications and additions, workers that have yet to start cost more than they gain. */
const operationsForWorkers = 2e10

interface Asked {
  readonly resolve: (states: Points[]) => void
  readonly reject: (error: Error) => void
}

/**
 * A worker thread for each of the session's threads, with a session of one thread of its own. Each draws the noise of
 * its chunks: side by side they lose less than threads that share each matrix product, and Node's own thread stays
 * free (docs/decisions/0010). They start with the first chunk, and don't keep the process alive.
 */
export function createChunkWorkers(bytes: Uint8Array, { file, session }: ChunkModel): ChunkWorkers {
  const { isSampler, inputs, outputs, card } = file
  const { dim, predictionType } = card
  const start: WorkerStart = {
    bytes,
    file: { isSampler, inputs, outputs, card: { dim, predictionType } },
  }
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
      return threads.reduce((a, b) => (b.load() < a.load() ? b : a)).run(chunk)
    },
    async end() {
      await Promise.all((threads ?? []).map((thread) => thread.end()))
    },
  }
}

/** One worker, which answers in the order that it is asked in. */
function startThread(workerData: WorkerStart) {
  // without the process's own flags: with node -e's --input-type a worker's file does not load
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData, execArgv: [] })
  const asked: Asked[] = []
  let ended: Error | undefined
  worker.unref()
  const fail = (error: Error) => {
    ended ??= error
    for (const { reject } of asked.splice(0)) reject(ended)
  }
  worker.on('message', ({ states, error }: Answer) => {
    const { resolve, reject } = asked.shift()!
    if (asked.length === 0) worker.unref()
    if (states) resolve(states)
    else reject(error!)
  })
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('a sampling worker ended: load the model again')))
  return {
    load: () => asked.length,
    run: (chunk: Chunk): Promise<Points[]> =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        asked.push({ resolve, reject })
        worker.ref()
        worker.postMessage(owned(chunk))
      }),
    end: () => worker.terminate(),
  }
}

/** The chunk without views on larger arrays, which a message would copy whole. */
function owned(chunk: Chunk): Chunk {
  const copy = (points: Points) => ({ ...points, data: points.data.slice() })
  return { ...chunk, x_T: chunk.x_T && copy(chunk.x_T), noise: chunk.noise?.map(copy) }
}
