import { Worker } from 'node:worker_threads'
import { createNodeSession } from './infer/node.ts'
import type { CreateStepSession, HelperStart, HelperThread } from './train/onnx/session.ts'

/** Sessions of onnxruntime-node's CPU provider for the engine `onnx`. */
export const createStepSession: CreateStepSession = (bytes, { threads }) =>
  createNodeSession(bytes, { provider: 'cpu', threads })

// Node's workers read no TypeScript, which the tests run this file as
const compiled = import.meta.url.endsWith('.js')

/** A worker thread that helps the engine `onnx`. It doesn't keep the process alive. */
export function startHelper(start: HelperStart): HelperThread {
  if (!compiled) return { ended: () => undefined, end: async () => {} }
  // without the process's own flags: with node -e's --input-type a worker's file does not load
  const worker = new Worker(new URL('./training-helper.js', import.meta.url), {
    workerData: start,
    execArgv: [],
  })
  worker.unref()
  let reason: Error | undefined
  worker.on('error', (error) => {
    reason ??= error
  })
  worker.on('exit', () => {
    reason ??= new Error('a training thread ended')
  })
  return {
    ended: () => reason,
    async end() {
      await worker.terminate()
    },
  }
}
