import { beforeAll, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import type { Session } from '../../src/infer/session.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel } from '../helpers/models.ts'
import { describeWith } from '../helpers/needs.ts'
import { conformance } from '../infer/conformance.ts'

// the program of a session's own process is one that Node can only run built
const { createNodeSession }: typeof import('../../src/node/providers.ts') = await import(
  new URL('../../dist/node/providers.js', import.meta.url).href
)

// as CUDA has it by default
delete process.env.NVIDIA_TF32_OVERRIDE

describeWith('cuda', 'provider cuda, with TF32', () =>
  conformance({
    provider: 'cuda',
    threads: 1,
    info: {
      adapter: expect.stringMatching(/\w/),
      onnxruntime: expect.stringMatching(/^1\.\d+\.\d+/),
      runtime: expect.stringMatching(/^onnxruntime-node 1\./),
      threads: 1,
      // a GPU before Ampere (compute capability 8) has none
      tf32: expect.any(Boolean),
    },
    largest: 100_000,
    tolerances: { call: 2e-2, sample: 2e-1 },
  }),
)

describeWith('cuda', 'TF32', () => {
  let bytes: Uint8Array
  beforeAll(async () => {
    bytes = await exportNoisePredictor(referenceModel)
  })

  /** How far a session's outputs for 10,000 rows are from the float64 reference's. */
  async function errorOf(session: Session): Promise<number> {
    const feeds = feedsOfBatch(readModel(bytes), 10_000)
    const exact = await createNodeSession(bytes, { provider: 'reference' })
    const [actual, expected] = [await session.run(feeds, ['epsilon']), await exact.run(feeds, ['epsilon'])]
    await session.release()
    return maxAbsDifference(actual.epsilon!, expected.epsilon!)
  }

  it('is off where it is asked to be, in a process of its own, and the outputs are float32’s', async () => {
    const session = await createNodeSession(bytes, { provider: 'cuda', tf32: false })
    expect(session).toMatchObject({ provider: 'cuda', tf32: false })
    expect(await errorOf(session)).toBeLessThanOrEqual(1e-5)
  })

  it('is on where it is asked to be, and the outputs are of ten bits: past float32’s bound, within its own', async ({
    skip,
  }) => {
    const session = await createNodeSession(bytes, { provider: 'cuda', tf32: true })
    if (session.tf32 === false) {
      await session.release()
      skip('this GPU has no TF32: it came with compute capability 8')
    }
    const error = await errorOf(session)
    expect(error).toBeGreaterThan(1e-5)
    expect(error).toBeLessThanOrEqual(2e-2)
  })
})
