import type { Provider } from '../infer/provider.ts'

/** onnxruntime-web in a headless Chromium: playwright-core and Chromium are started with the first session. */
function inChromium<N extends string>(name: N, provider: 'webgpu' | 'wasm') {
  return {
    name,
    async createSession(bytes, options) {
      const { createBrowserSession } = await import('./session.ts')
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
  // a chunk's way to the browser and back takes longer than what the cache saves (docs/decisions/0010)
  chunkSize: 10_000,
} as const satisfies Provider
