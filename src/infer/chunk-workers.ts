import type { ReverseState } from '../diffusion/process.ts'
import type { Points } from '../numerics/points.ts'
import { type Chunk, type ChunkModel, type ChunkStates, sampleChunk } from './chunk.ts'
import type { ChunkWorkers } from './provider.ts'
import { type Answer, answerOf, type Calls, type Session } from './session.ts'

export type ChunkStart = Omit<ChunkModel, 'session'> & {
  readonly bytes: Uint8Array
  readonly provider: string
}

/** A thread that samples chunks in order. */
export interface ChunkThread {
  /** Its chunks and the states that it answers with. */
  readonly calls: Calls<ChunkStates>
  post(chunk: Chunk): void
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
  const { isSampler, inputs, outputs, card } = file
  const parts = { isSampler, inputs, outputs, card: { predictionType: card.predictionType } }
  const start: ChunkStart = { bytes, provider: session.provider, file: parts }
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
      threads = threads.filter(({ calls }) => !calls.hasEnded)
      if (threads.length < session.threads && threads.every(({ calls }) => calls.count > 0))
        threads = [...threads, startThread(start)]
      const { calls, post } = threads.reduce((a, b) => (b.calls.count < a.calls.count ? b : a))
      return calls.call(() => post(owned(chunk)))
    },
    async rest() {
      const idle = threads.filter(({ calls }) => calls.count === 0)
      threads = threads.filter((thread) => !idle.includes(thread))
      await Promise.all(idle.map(({ end }) => end()))
    },
    async end() {
      await Promise.all(threads.map(({ end }) => end()))
    },
  }
}

/** Copies views in a chunk, because a message would copy their whole arrays. */
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

function pointsOf({ x, calls }: ReverseState): Points[] {
  return [x, ...calls.flatMap(({ x_t, output }) => [x_t, output])]
}

/** A worker's side: samples the chunks in order, also those that come before the session is ready. */
export function answerChunks(
  model: Omit<ChunkModel, 'session'>,
  session: Promise<Session>,
  post: (answer: Answer, transfer: ArrayBuffer[]) => void,
): (chunk: Chunk) => void {
  let last: Promise<void> = Promise.resolve()
  const answer = async (chunk: Chunk) => {
    const answered = await answerOf(session.then((session) => sampleChunk({ ...model, session }, chunk)))
    const { states, shared } = 'value' in answered ? (answered.value as ChunkStates) : { states: [] }
    const all = [...states, ...(shared ? pointsOf(shared) : [])]
    post(answered, [...new Set(all.map(({ data }) => data.buffer as ArrayBuffer))])
  }
  return (chunk) => {
    last = last.then(() => answer(chunk))
  }
}
