import { availableParallelism } from 'node:os'
import type { Provider } from '../provider.ts'
import { workersOf } from '../workers.ts'
import { createKernelSession } from './predictor-session.ts'

/** Our own WASM kernels: nothing to download or install, and the same bits everywhere. */
export const simd = {
  name: 'simd',
  isBenched: true,
  runsNodes: false,
  createSession: (bytes, { threads = availableParallelism() }) => createKernelSession(bytes, { threads }),
  createWorkers: (bytes, model) => workersOf(bytes, model),
} as const satisfies Provider
