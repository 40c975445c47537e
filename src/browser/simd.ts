import type { ChunkStates } from '../infer/chunk.ts'
import { type ChunkStart, type ChunkThread, createChunkWorkers } from '../infer/chunk-workers.ts'
import type { Provider } from '../infer/provider.ts'
import { createKernelSession } from '../infer/providers/predictor-session.ts'
import { type Answer, Calls, nextTask } from '../infer/session.ts'
import { send } from './worker-calls.ts'

/** A simd-worker.js as a thread of another worker or of the page. */
export interface ChunkCalls {
  /** Samples chunks of a model, which come through `port` as their answers do. */
  chunks(start: ChunkStart, port: MessagePort): void
}

/** The parts of Worker in use; a page's thread for another worker is a stand-in. */
export type ChunkWorker = Pick<Worker, 'postMessage' | 'terminate'>

/** Our WASM kernels in a page, with the same bits as in Node. Large draws use threads, without shared memory. */
export function simdInPage(startWorker: () => ChunkWorker): Provider<'simd'> {
  return {
    name: 'simd',
    runsNodes: false,
    async createSession(bytes, { threads = 1 }) {
      const session = await createKernelSession(bytes, { threads })
      return {
        ...session,
        async run(...request) {
          // yield to the page, or to the worker's next message
          await nextTask()
          return session.run(...request)
        },
      }
    },
    createWorkers: (bytes, model) =>
      model.session.threads > 1
        ? createChunkWorkers(bytes, model, (start) => startChunkThread(startWorker(), start))
        : undefined,
  }
}

function startChunkThread(worker: ChunkWorker, start: ChunkStart): ChunkThread {
  const { port1, port2 } = new MessageChannel()
  const calls = new Calls<ChunkStates>()
  port1.addEventListener('message', ({ data }: MessageEvent<Answer>) => calls.settle(data))
  port1.start()
  send<ChunkCalls, 'chunks'>(worker, 'chunks', [start, port2], [port2])
  return {
    calls,
    post: (chunk) => port1.postMessage(chunk),
    async end() {
      worker.terminate()
      calls.end(new Error('the model was disposed of: load it again'))
    },
  }
}
