import { expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { referenceModel } from '../helpers/models.ts'
import { describeWith } from '../helpers/needs.ts'
import { conformance } from './conformance.ts'
import { providersThatRan } from './placement.ts'

// sessions refuse to hand nodes to the CPU, so that loading alone shows that no op is foreign to WebGPU
describeWith('vulkan', 'provider webgpu, in Node', () =>
  conformance({
    provider: 'webgpu',
    threads: 1,
    info: {
      // Mesa's, where there is no GPU
      adapter: process.platform === 'linux' ? expect.stringMatching(/\w/) : null,
      onnxruntime: expect.stringMatching(/^1\.\d+\.\d+/),
      runtime: expect.stringMatching(/^onnxruntime-node 1\./),
      threads: 1,
      tf32: null,
    },
  }),
)

describeWith('vulkan', 'the nodes of both graph forms', () => {
  it.each([
    ['webgpu', 'WebGpuExecutionProvider'],
    ['cpu', 'CPUExecutionProvider'],
  ])('all run on %s, as onnxruntime’s profile says', async (provider, name) => {
    const whole = await exportSampler(referenceModel, { trajectory: true })
    for (const bytes of [await exportNoisePredictor(referenceModel), whole])
      expect(await providersThatRan(bytes, provider)).toEqual([name])
  })
})
