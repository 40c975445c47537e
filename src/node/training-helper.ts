/** The entry of a thread that helps the engine `onnx`: see training.ts. */
import { workerData } from 'node:worker_threads'
import type { ThreadStart } from '../infer/providers/native-calls.ts'
import { createThreadSession } from '../infer/providers/onnxruntime-node.ts'
import { Mailbox } from '../train/engines/onnx/mailbox.ts'
import type { HelperStart } from '../train/engines/onnx/session.ts'

const { bytes, nativeCalls, ...share } = workerData as HelperStart & ThreadStart
await new Mailbox(share).serve(await createThreadSession(bytes, nativeCalls))
