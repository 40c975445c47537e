/** Providers, a file each, and the sessions that they run models in; Chromium and the child process are two of these. */
import { availableParallelism } from 'node:os'
import type { Provider } from '../provider.ts'
import { workersOf } from '../workers.ts'
import { createNativeSession } from './onnxruntime-node.ts'
import { encodeForRuntime } from './runtime.ts'

/** onnxruntime-node on the CPU, all cores by default. */
export const cpu = {
  name: 'cpu',
  autoOrder: 2,
  isBenched: true,
  encode: encodeForRuntime,
  createSession: (bytes, { threads = availableParallelism() }) =>
    createNativeSession(bytes, { provider: 'cpu', threads }),
  createWorkers: (bytes, model) => workersOf(bytes, model),
} as const satisfies Provider
