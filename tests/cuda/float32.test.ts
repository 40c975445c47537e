import { expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { createNodeSession, loadModel } from '../../src/node/providers.ts'
import { referenceModel } from '../helpers/models.ts'
import { describeWith } from '../helpers/needs.ts'
import { conformance } from '../infer/conformance.ts'
import { providersThatRan } from '../infer/placement.ts'

// before the first session loads CUDA, which reads it then
process.env.NVIDIA_TF32_OVERRIDE = '0'

describeWith('cuda', 'provider cuda, without TF32', () => {
  conformance({
    provider: 'cuda',
    threads: 1,
    info: {
      adapter: expect.stringMatching(/\w/),
      onnxruntime: expect.stringMatching(/^1\.\d+\.\d+/),
      runtime: expect.stringMatching(/^onnxruntime-node 1\./),
      threads: 1,
      tf32: false,
    },
    largest: 100_000,
  })

  it('runs every node of both graph forms itself, by onnxruntime’s own profile', async () => {
    const whole = await exportSampler(referenceModel, { trajectory: true })
    for (const bytes of [await exportNoisePredictor(referenceModel), whole])
      expect(await providersThatRan(bytes, 'cuda')).toEqual(['CUDAExecutionProvider'])
  })

  it('takes device 0 when it is named, and refuses one that there is not in one line', async () => {
    const bytes = await exportNoisePredictor(referenceModel)
    const session = await createNodeSession(bytes, { provider: 'cuda', deviceId: 0 })
    await session.release()
    await expect(createNodeSession(bytes, { provider: 'cuda', deviceId: 63 })).rejects.toThrow(
      /^provider cuda can't run the model on this machine: [^\n]*(device|ordinal)[^\n]*$/i,
    )
    const again = await createNodeSession(bytes, { provider: 'cuda' })
    await again.release()
  })

  it('is what auto takes', async () => {
    const model = await loadModel(await exportNoisePredictor(referenceModel), { provider: 'auto' })
    expect([model.info.provider, model.skipped]).toEqual(['cuda', []])
    await model.dispose()
  })

  it('keeps memory flat over 60 sessions', async () => {
    const bytes = await exportNoisePredictor(referenceModel)
    const cycle = async (times: number) => {
      for (let i = 0; i < times; i++) await (await loadModel(bytes, { provider: 'cuda' })).dispose()
    }
    await cycle(20)
    const before = process.memoryUsage().rss
    await cycle(60)
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(100)
  }, 300_000)
})
