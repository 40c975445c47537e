/** The entry of a thread that helps the engine `onnx`: see training.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { createNativeSession } from '../infer/onnxruntime-node.ts'
import { Mailbox } from '../train/engines/onnx/mailbox.ts'
import type { HelperStart } from '../train/engines/onnx/session.ts'

const { bytes, ...share } = workerData as HelperStart
const session = await createNativeSession(bytes, { provider: 'cpu', threads: 1 })
parentPort!.postMessage('ready')
await new Mailbox(share).serve(session)
