import { expect } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { conformance } from '../infer/conformance.ts'

const info = {
  onnxruntime: expect.stringMatching(/^1\.\d+\.\d+/),
  runtime: expect.stringMatching(/^onnxruntime-web 1\.[\d.]+ in Chromium \d+\./),
  tf32: null,
}

describeWith('chromium', 'provider wasm-browser', () =>
  conformance({ provider: 'wasm-browser', threads: 2, info: { ...info, adapter: null, threads: 2 } }),
)

describeWith('chromium', 'provider webgpu-browser', () =>
  conformance({
    provider: 'webgpu-browser',
    // SwiftShader is slow
    largest: 200,
    info: { ...info, adapter: expect.stringMatching(/\w/), threads: 1 },
  }),
)
