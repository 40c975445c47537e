import { describe, expect } from 'vitest'
import { conformance } from './conformance.ts'

describe('provider cpu', () =>
  conformance({
    provider: 'cpu',
    threads: 2,
    everyProcess: true,
    info: {
      adapter: null,
      onnxruntime: expect.stringMatching(/^1\.\d+\.\d+/),
      runtime: expect.stringMatching(/^onnxruntime-node 1\./),
      threads: 2,
      tf32: null,
    },
  }))
