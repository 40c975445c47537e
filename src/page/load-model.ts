import { anything, checkOptions } from '../core/options.ts'
import type { LoadOptions, Model } from '../infer/model.ts'
import { loadChecks, openModel } from '../infer/open-model.ts'
import type { WebProvider } from '../infer/session.ts'
import { download, type ModelSource, readSource } from '../infer/source.ts'
import { type WasmPaths, webProvider } from '../infer/web-session.ts'
import { workerRuntimes } from './runtimes.ts'
import { simdInPage } from './simd.ts'

export interface WebLoadOptions extends Pick<LoadOptions<WebProvider>, 'threads' | 'selfTest'> {
  /** `simd` by default. One that is named never falls back to another. */
  readonly provider?: WebProvider | undefined
  /**
   * For a page without a bundler that finds the files: both are in `onnxruntime-web/dist`, those of `wasm` named
   * ort-wasm-simd-threaded, those of `webgpu` ort-wasm-simd-threaded.asyncify. Only a provider's first model
   * reads this.
   */
  readonly wasmPaths?: WasmPaths | undefined
}

/**
 * Loads a model.onnx or sampler.onnx in a page, from a URL (a text is relative to the page), its bytes or a
 * Blob. Throws: no answer; no moonstep model; digests that differ; a provider that this browser lacks; a
 * failed self-test.
 */
export async function loadModel(source: ModelSource, options: WebLoadOptions = {}): Promise<Model> {
  const { provider, threads, selfTest } = loadChecks
  checkOptions('loadModel', options, { provider, threads, selfTest, wasmPaths: anything })
  const { wasmPaths, ...rest } = options
  const { bytes, name } = await readSource(source, download)
  // the names of the packages stand here in full: a bundler follows no others
  const providers = [
    simdInPage(workerRuntimes.simd.start),
    webProvider('wasm', () => import('onnxruntime-web/wasm'), { wasmPaths }),
    webProvider('webgpu', () => import('onnxruntime-web/webgpu'), { wasmPaths }),
  ] as const
  return openModel(bytes, name, providers, rest)
}
