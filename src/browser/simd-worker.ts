import { answerChunks } from '../infer/chunk-workers.ts'
import { createKernelSession } from '../infer/providers/kernel-session.ts'
import type { ToWorker } from './connection.ts'
import { serveSampling } from './sampling-worker.ts'
import { type ChunksMessage, simdInPage } from './simd.ts'

serveSampling(() => simdInPage(() => new Worker(location.href, { type: 'module' })))

// as a thread of another such worker
addEventListener('message', ({ data }: MessageEvent<ToWorker | ChunksMessage>) => {
  if (data.type !== 'chunks') return
  const { start, port } = data
  const session = createKernelSession(start.bytes, { threads: 1 })
  const take = answerChunks(start, session, (answer, transfer) => port.postMessage(answer, transfer))
  port.addEventListener('message', (event) => take(event.data))
  port.start()
})
