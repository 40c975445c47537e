/** The entry of a sampling worker: see workers.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Points } from '../core/points.ts'
import { answerOf } from './calls.ts'
import { type Chunk, type ChunkModel, sampleChunk } from './chunk.ts'
import { createKernelSession } from './kernel-session.ts'
import type { ThreadStart } from './native-calls.ts'
import { createThreadSession } from './onnxruntime-node.ts'

/** The model that a worker is started with, plain data. */
export type WorkerStart = ThreadStart &
  Omit<ChunkModel, 'session'> & { readonly bytes: Uint8Array; readonly provider: string }

const { bytes, nativeCalls, provider, ...model } = workerData as WorkerStart
const session =
  provider === 'simd' ? createKernelSession(bytes, { threads: 1 }) : createThreadSession(bytes, nativeCalls)
// chunks may come before the session is there, and are answered in their order
let last: Promise<void> = Promise.resolve()

parentPort!.on('message', (chunk: Chunk) => {
  last = last.then(() => answer(chunk))
})

async function answer(chunk: Chunk): Promise<void> {
  let states: Points[] = []
  const sampled = async () => {
    states = await sampleChunk({ ...model, session: await session }, chunk)
    return states
  }
  const answered = await answerOf(sampled())
  parentPort!.postMessage(answered, [...new Set(states.map(({ data }) => data.buffer as ArrayBuffer))])
}
