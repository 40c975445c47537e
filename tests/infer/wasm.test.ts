import { describe, expect } from 'vitest'
import { conformance } from './conformance.ts'

describe('provider wasm', () =>
  conformance({
    provider: 'wasm',
    threads: 2,
    info: {
      adapter: null,
      onnxruntime: expect.stringMatching(/^1\.\d+\.\d+/),
      runtime: expect.stringMatching(/^onnxruntime-web 1\./),
      threads: 2,
      tf32: null,
    },
  }))
