import type { OnnxruntimeWebProvider } from '../infer/session.ts'
import type { WorkerRuntime } from './runtimes.ts'

/** A dev server serves this package out of node_modules, where the other package lies next to it. */
const served = ({ href }: URL): string =>
  href.replace('/node_modules/moonstep/dist/element/onnxruntime-web/', '/node_modules/onnxruntime-web/dist/')

/**
 * The workers that run onnxruntime. Each has one of its builds, so that the other's is not fetched. Bundlers find its
 * files by `new URL(…, import.meta.url)`; its own script is named too, because its threads start from it.
 */
export const onnxruntimeWorkers: Readonly<Record<OnnxruntimeWebProvider, WorkerRuntime>> = {
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
}
