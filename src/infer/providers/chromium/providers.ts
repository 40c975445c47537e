import type { Provider } from '../../provider.ts'
import { encodeForRuntime } from '../runtime.ts'

/** onnxruntime-web in a headless Chromium. The first session starts playwright-core and Chromium. */
function inChromium<N extends string>(name: N, provider: 'webgpu' | 'wasm') {
  return {
    name,
    encode: encodeForRuntime,
    async createSession(bytes, options) {
      const { createBrowserSession } = await import('./browser.ts')
      return createBrowserSession(bytes, { name, provider, ...options })
    },
  } as const satisfies Provider
}

export const webgpuBrowser = {
  ...inChromium('webgpu-browser', 'webgpu'),
  softwareGpu: async () => ((await import('./browser.ts')).mayHaveGpu() ? null : 'SwiftShader'),
} as const satisfies Provider

export const wasmBrowser = {
  ...inChromium('wasm-browser', 'wasm'),
  // sending a chunk to the browser and back takes longer than smaller chunks save in the cache (docs/decisions/0010)
  chunkSize: 10_000,
} as const satisfies Provider
