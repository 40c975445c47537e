import type { WebProvider } from '../infer/session.ts'

/** A worker, and the files of onnxruntime-web that it fetches, if any. */
export interface WorkerRuntime {
  start(): Worker
  readonly wasmPaths?: { readonly mjs: string; readonly wasm: string }
}

/** A dev server serves this package out of node_modules, where the other package lies beside it. */
const served = ({ href }: URL): string =>
  href.replace('/node_modules/moonstep/dist/element/onnxruntime-web/', '/node_modules/onnxruntime-web/dist/')

/**
 * Bundlers find files by `new URL(…, import.meta.url)` and `new Worker(new URL(…), …)`, which also work without one. A
 * worker has one runtime, so that the other's is not fetched. onnxruntime's own script is named too, because its
 * threads start from it.
 */
export const workerRuntimes: Readonly<
  Record<WebProvider | 'training' | 'report' | 'reportPage', WorkerRuntime>
> = {
  simd: { start: () => new Worker(new URL('./simd-worker.js', import.meta.url), { type: 'module' }) },
  wasm: {
    start: () => new Worker(new URL('./wasm-worker.js', import.meta.url), { type: 'module' }),
    wasmPaths: {
      mjs: served(new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url)),
      wasm: served(new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url)),
    },
  },
  webgpu: {
    start: () => new Worker(new URL('./webgpu-worker.js', import.meta.url), { type: 'module' }),
    wasmPaths: {
      mjs: served(new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url)),
      wasm: served(new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url)),
    },
  },
  training: { start: () => new Worker(new URL('./training-worker.js', import.meta.url), { type: 'module' }) },
  report: { start: () => new Worker(new URL('./report-worker.js', import.meta.url), { type: 'module' }) },
  reportPage: {
    start: () => new Worker(new URL('./report-page-worker.js', import.meta.url), { type: 'module' }),
  },
}
