import { anything, checkOptions } from '../core/options.ts'
import { type NetworkModel, openFiles } from '../foreign/open-network.ts'
import { type NetworkSource, readSources } from '../foreign/sources.ts'
import { download } from '../infer/model.ts'
import { type WasmPaths, webProvider } from '../infer/providers/web-session.ts'

export interface WebNetworkOptions {
  /** Default: `wasm`. A named provider never falls back to another. */
  readonly provider?: 'wasm' | 'webgpu' | undefined
  /** Threads, if the page is cross-origin isolated. Default: 1. */
  readonly threads?: number | undefined
  /** Location of onnxruntime-web's files, for pages whose bundler doesn't find them. */
  readonly wasmPaths?: WasmPaths | undefined
}

/**
 * Opens a network that others trained in a page, to sample it as its scheduler's config says.
 *
 * @param source - The URL of a folder that has `unet/model.onnx` and `scheduler/scheduler_config.json`, or
 * `{ network, scheduler }`: URLs, bytes, Blobs, or the config as an object.
 * @param options - The provider and its settings.
 * @returns The network, to sample and then to dispose of.
 * @throws InputError if a file can't be read, the config asks for what we do not follow, or this browser can't run the
 * network.
 * @example
 * const network = await openNetwork('digits')
 * const { data, shape } = await network.sample({ count: 9, numSteps: 20, given: { class_labels: 3 } })
 */
export async function openNetwork(
  source: NetworkSource,
  options: WebNetworkOptions = {},
): Promise<NetworkModel> {
  checkOptions('openNetwork', options, { provider: anything, threads: anything, wasmPaths: anything })
  const { wasmPaths, ...rest } = options
  const files = await readSources(source, download, download)
  // bundlers follow only literal package names
  const providers = [
    webProvider('wasm', () => import('onnxruntime-web/wasm'), { wasmPaths }),
    webProvider('webgpu', () => import('onnxruntime-web/webgpu'), { wasmPaths }),
  ] as const
  return openFiles(files, providers, rest)
}
