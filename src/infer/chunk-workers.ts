import type { Points } from '../core/points.ts'
import { type Answer, answerOf } from './calls.ts'
import { type Chunk, type ChunkModel, sampleChunk } from './chunk.ts'
import type { ChunkWorkers } from './provider.ts'
import type { Session } from './session.ts'

/** What a thread that samples chunks is started with: plain data. */
export type ChunkStart = Omit<ChunkModel, 'session'> & {
  readonly bytes: Uint8Array
  readonly provider: string
}

/** A thread that samples chunks in their order. */
export interface ChunkThread {
  /** How many chunks it holds. */
  count(): number
  /** Whether it is gone, by itself or by force. */
  hasEnded(): boolean
  /** The chunk's states. Throws the session's errors, or that the thread ended. */
  run(chunk: Chunk): Promise<Points[]>
  end(): Promise<void>
}

/** Chunks that a worker holds: one that it computes, and the next one, so that it never waits for us. */
const chunksEach = 2

/** Below this many multiplications and additions, workers that have yet to start cost more than they gain. */
const operationsForWorkers = 2e10

/**
 * A thread for each of the session's threads, with a session of one thread of its own. Each draws the noise of
 * its chunks: side by side they lose less than threads that share each matrix product, and the caller's own thread stays
 * free (docs/decisions/0010). One starts where a chunk comes and the others are busy, or in place of one that has ended.
 */
export function createChunkWorkers(
  bytes: Uint8Array,
  { file, session }: ChunkModel,
  startThread: (start: ChunkStart) => ChunkThread,
): ChunkWorkers {
  const { isSampler, inputs, outputs } = file
  const { predictionType } = file.card
  const { provider } = session
  const start: ChunkStart = {
    bytes,
    provider,
    file: { isSampler, inputs, outputs, card: { predictionType } },
  }
  let threads: readonly ChunkThread[] = []
  let operationsSoFar = 0
  return {
    started: () => threads.length > 0,
    takeOn(operations) {
      operationsSoFar += operations
      return threads.length > 0 || operationsSoFar >= operationsForWorkers
    },
    inFlight: session.threads * chunksEach,
    run(chunk) {
      threads = threads.filter((thread) => !thread.hasEnded())
      if (threads.length < session.threads && threads.every(({ count }) => count() > 0))
        threads = [...threads, startThread(start)]
      return threads.reduce((a, b) => (b.count() < a.count() ? b : a)).run(chunk)
    },
    async end() {
      await Promise.all(threads.map(({ end }) => end()))
    },
  }
}

/** The chunk without views on larger arrays, which a message would copy whole. */
export function owned(chunk: Chunk): Chunk {
  const copy = (points: Points) => ({ ...points, data: points.data.slice() })
  const { x_T, noise, condition } = chunk
  return {
    ...chunk,
    x_T: x_T && copy(x_T),
    noise: noise?.map(copy),
    condition: condition && { known: copy(condition.known), values: copy(condition.values) },
  }
}

/**
 * A thread's side: samples the chunks that it is handed, and posts each answer in its turn. Chunks may come before the session
 * is there.
 */
export function answerChunks(
  model: Omit<ChunkModel, 'session'>,
  session: Promise<Session>,
  post: (answer: Answer, transfer: ArrayBuffer[]) => void,
): (chunk: Chunk) => void {
  let last: Promise<void> = Promise.resolve()
  const answer = async (chunk: Chunk) => {
    let states: Points[] = []
    const sampled = async () => {
      states = await sampleChunk({ ...model, session: await session }, chunk)
      return states
    }
    const answered = await answerOf(sampled())
    post(answered, [...new Set(states.map(({ data }) => data.buffer as ArrayBuffer))])
  }
  return (chunk) => {
    last = last.then(() => answer(chunk))
  }
}
