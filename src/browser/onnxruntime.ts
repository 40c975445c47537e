/**
 * Lets a page use the providers `wasm` and `webgpu`, for bundlers such as Vite: they then emit onnxruntime's files, of
 * 41 MB, and a page fetches those of the provider that it uses. Without this import, a page has provider `simd` alone.
 *
 * @example
 * import 'moonstep/web/onnxruntime'
 * import { loadModel } from 'moonstep/web'
 *
 * const model = await loadModel('model.onnx', { provider: 'webgpu' })
 * @module moonstep/web/onnxruntime
 */
import { onnxruntimeWorkers } from './onnxruntime-workers.ts'
import { provideOnnxruntime } from './provided-onnxruntime.ts'

// bundlers follow only literal package names
provideOnnxruntime({
  workers: onnxruntimeWorkers,
  load: { wasm: () => import('onnxruntime-web/wasm'), webgpu: () => import('onnxruntime-web/webgpu') },
})
