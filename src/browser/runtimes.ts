/** A worker, and the files of onnxruntime-web that it fetches, if any. */
export interface WorkerRuntime {
  start(): Worker
  readonly wasmPaths?: { readonly mjs: string; readonly wasm: string }
}

/**
 * The package's own workers. Bundlers find them by `new Worker(new URL(…), …)`, which also works without one. Those of
 * onnxruntime are in onnxruntime-workers.ts, so that a page that has no need of it doesn't get its 41 MB.
 */
export const workerRuntimes: Readonly<Record<'simd' | 'training' | 'report' | 'reportPage', WorkerRuntime>> =
  {
    simd: { start: () => new Worker(new URL('./simd-worker.js', import.meta.url), { type: 'module' }) },
    training: {
      start: () => new Worker(new URL('./training-worker.js', import.meta.url), { type: 'module' }),
    },
    report: { start: () => new Worker(new URL('./report-worker.js', import.meta.url), { type: 'module' }) },
    reportPage: {
      start: () => new Worker(new URL('./report-page-worker.js', import.meta.url), { type: 'module' }),
    },
  }
