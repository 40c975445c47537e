import { answerChunks } from '../infer/chunk-workers.ts'
import { createKernelSession } from '../infer/providers/predictor-session.ts'
import { serveSampling } from './sampling-worker.ts'
import { type ChunkCalls, simdInPage } from './simd.ts'

const chunkCalls: ChunkCalls = {
  chunks(start, port) {
    const session = createKernelSession(start.bytes, { threads: 1 })
    const take = answerChunks(start, session, (answer, transfer) => port.postMessage(answer, transfer))
    port.addEventListener('message', (event) => take(event.data))
    port.start()
  },
}

serveSampling(() => simdInPage(() => new Worker(location.href, { type: 'module' })), chunkCalls)
