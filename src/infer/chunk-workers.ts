import type { Points } from '../numerics/points.ts'
import { type Chunk, type ChunkModel, sampleChunk } from './chunk.ts'
import type { ChunkWorkers } from './provider.ts'
import { type Answer, answerOf, type Session } from './session.ts'

/** Start data of a thread that samples chunks. */
export type ChunkStart = Omit<ChunkModel, 'session'> & {
  readonly bytes: Uint8Array
  readonly provider: string
}

/** A thread that samples chunks in order. */
export interface ChunkThread {
  /** Number of its chunks. */
  count(): number
  /** Whether it has ended. */
  hasEnded(): boolean
  /** Returns the chunk's states. Throws the session's errors, or if the thread ended. */
  run(chunk: Chunk): Promise<Points[]>
  end(): Promise<void>
}

/** Chunks for each worker: the current and the next one, so that it never waits. */
const chunksEach = 2

/** Below this many multiplications and additions, starting workers costs more than it gains. */
const operationsForWorkers = 2e10

/**
 * A worker thread, with its own single-threaded session, for each of the session's threads. Each also draws the noise
 * of its chunks: this scales better than sharing each matrix product, and the caller's thread stays free
 * (docs/decisions/0010). A worker starts when a chunk comes and the others are busy, or to replace one that has ended.
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

/** Copies views in a chunk, because a message would copy their whole arrays. */
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
 * A worker's side: samples the chunks it receives and posts the answers in order. Chunks may come before the session is
 * ready.
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
