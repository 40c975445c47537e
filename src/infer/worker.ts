/** The entry of a sampling worker: see workers.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { answerChunks, type ChunkStart } from './chunk-workers.ts'
import { createThreadSession, type ThreadStart } from './providers/onnxruntime-node.ts'
import { createKernelSession } from './providers/predictor-session.ts'

const { bytes, nativeCalls, provider, ...model } = workerData as ThreadStart & ChunkStart
const session =
  provider === 'simd' ? createKernelSession(bytes, { threads: 1 }) : createThreadSession(bytes, nativeCalls)

const take = answerChunks(model, session, (answer, transfer) => parentPort!.postMessage(answer, transfer))
parentPort!.on('message', take)
