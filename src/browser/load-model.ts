import { anything, checkOptions } from '../core/options.ts'
import type { LoadOptions, Model } from '../infer/model.ts'
import { loadChecks, openModel } from '../infer/open-model.ts'
import { type WasmPaths, webProvider } from '../infer/providers/web-session.ts'
import type { WebProvider } from '../infer/session.ts'
import { download, type ModelSource, readSource } from '../infer/source.ts'
import { workerRuntimes } from './runtimes.ts'
import { simdInPage } from './simd.ts'

export interface WebLoadOptions extends Pick<LoadOptions<WebProvider>, 'threads' | 'selfTest'> {
  /** Default: `simd`. A named provider never falls back to another. */
  readonly provider?: WebProvider | undefined
  /**
   * For pages whose bundler doesn't find the files, both in `onnxruntime-web/dist`: ort-wasm-simd-threaded for `wasm`,
   * ort-wasm-simd-threaded.asyncify for `webgpu`. Read only with a provider's first model.
   */
  readonly wasmPaths?: WasmPaths | undefined
}

/**
 * Loads a model.onnx or sampler.onnx in a page.
 *
 * @param source - A URL (a string is relative to the page), the bytes or a Blob.
 * @param options - The provider and its settings.
 * @returns The model, to sample and then to dispose of.
 * @throws InputError if the source can't be read, it is no Moonstep model, its digests differ, this browser lacks the
 * provider, or the self-test fails.
 * @example
 * const model = await loadModel('model.onnx')
 */
export async function loadModel(source: ModelSource, options: WebLoadOptions = {}): Promise<Model> {
  const { provider, threads, selfTest } = loadChecks
  checkOptions('loadModel', options, { provider, threads, selfTest, wasmPaths: anything })
  const { wasmPaths, ...rest } = options
  const { bytes, name } = await readSource(source, download)
  // bundlers follow only literal package names
  const providers = [
    simdInPage(workerRuntimes.simd.start),
    webProvider('wasm', () => import('onnxruntime-web/wasm'), { wasmPaths }),
    webProvider('webgpu', () => import('onnxruntime-web/webgpu'), { wasmPaths }),
  ] as const
  return openModel(bytes, name, providers, rest)
}
