import { expect } from 'vitest'
import { describeWith } from '../helpers/needs.ts'
import { conformance } from './conformance.ts'

describeWith('tensorflow', 'provider tensorflow', () =>
  conformance({
    provider: 'tensorflow',
    threads: 1,
    info: {
      adapter: null,
      onnxruntime: null,
      runtime: expect.stringMatching(/^TensorFlow 2\.\d+\.\d+ \(tfjs-node 4\.\d+\.\d+\)$/),
      threads: 1,
      tf32: null,
    },
  }),
)
