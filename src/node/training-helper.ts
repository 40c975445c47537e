/** The entry of a thread that helps an engine to train: see training.ts. */
import { workerData } from 'node:worker_threads'
import { createThreadSession, type ThreadStart } from '../infer/providers/onnxruntime-node.ts'
import type { AnyHelperStart } from '../train/engines/onnx/session.ts'
import { helpGradient } from '../train/engines/onnx/shares.ts'
import { helpStep } from '../train/engines/simd/engine.ts'

const { nativeCalls, ...start } = workerData as AnyHelperStart & ThreadStart
if ('bytes' in start) await helpGradient(start, await createThreadSession(start.bytes, nativeCalls))
else await helpStep(start)
