import { describe, expect } from 'vitest'
import { conformance } from './conformance.ts'

describe('provider simd', () =>
  conformance({
    provider: 'simd',
    threads: 2,
    info: {
      adapter: null,
      onnxruntime: null,
      runtime: expect.stringMatching(/^moonstep \d+\.\d+\.\d+, WASM$/),
      threads: 2,
      tf32: null,
    },
  }))
