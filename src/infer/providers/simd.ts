import { availableParallelism } from 'node:os'
import { createKernelSession } from '../kernel-session.ts'
import type { Provider } from '../provider.ts'
import { createChunkWorkers, hasWorkers } from '../workers.ts'

/** Our own WASM kernels: nothing to download or install, and the same bits wherever they run. */
export const simd = {
  name: 'simd',
  isBenched: true,
  runsNodes: false,
  createSession: (bytes, { threads = availableParallelism() }) => createKernelSession(bytes, { threads }),
  createWorkers: (bytes, model) =>
    model.session.threads > 1 && hasWorkers ? createChunkWorkers(bytes, model) : undefined,
} as const satisfies Provider
