import { availableParallelism } from 'node:os'
import { createNativeSession } from '../onnxruntime-node.ts'
import type { Provider } from '../provider.ts'
import { createChunkWorkers } from '../workers.ts'

// Node's workers read no TypeScript, which the tests run this file as
const compiled = import.meta.url.endsWith('.js')

/** onnxruntime-node on the processor's cores, all of them by default. */
export const cpu = {
  name: 'cpu',
  autoOrder: 2,
  isBenched: true,
  createSession: (bytes, { threads = availableParallelism() }) =>
    createNativeSession(bytes, { provider: 'cpu', threads }),
  createWorkers: (bytes, model) =>
    model.session.threads > 1 && compiled ? createChunkWorkers(bytes, model) : undefined,
} as const satisfies Provider
