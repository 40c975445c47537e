/** The entry of a thread that helps the engine `onnx`: see training.ts. */
import { workerData } from 'node:worker_threads'
import { createNativeSession } from '../infer/onnxruntime-node.ts'
import { serveGradients } from '../train/engines/onnx/serve-gradients.ts'
import type { HelperStart } from '../train/engines/onnx/session.ts'

const { bytes, ...share } = workerData as HelperStart
await serveGradients(share, await createNativeSession(bytes, { provider: 'cpu', threads: 1 }))
