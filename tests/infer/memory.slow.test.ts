import { describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { createNodeSession, type ProviderName } from '../../src/node/providers.ts'
import { loadTensorflow } from '../../src/train/engines/tfjs/backend.ts'
import { untrainedModel } from '../helpers/models.ts'
import { describeWith } from '../helpers/needs.ts'

// two megabytes of weights: 20 sessions that stay would be 40 MB
const bound = 20
const bytes = await exportNoisePredictor(untrainedModel({ hidden: [700, 700] }))
const feeds = {
  x_t: { data: new Float32Array(20), dims: [10, 2] },
  t: { data: new Float32Array(10).fill(1), dims: [10, 1] },
}

async function cycle(provider: ProviderName, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const session = await createNodeSession(bytes, { provider, threads: 1 })
    await session.run(feeds, ['epsilon'])
    await session.release()
  }
}

/**
 * Growth of the process in MB over twenty sessions, after the first have filled what stays. The collector may wait for
 * longer than that, and a leak grows on: so it is the least growth of up to four times.
 */
async function growth(provider: ProviderName): Promise<number> {
  await cycle(provider, 6)
  let least = Number.POSITIVE_INFINITY
  for (let time = 0; time < 4 && least > bound; time++) {
    const before = process.memoryUsage().rss
    await cycle(provider, 20)
    least = Math.min(least, (process.memoryUsage().rss - before) / 1e6)
  }
  return least
}

describe('the memory of the process stays flat over 20 sessions', () => {
  it.each(['cpu', 'wasm'] as const)(
    'of %s',
    async (provider) => {
      expect(await growth(provider)).toBeLessThanOrEqual(bound)
    },
    300_000,
  )
})

describeWith('tensorflow', 'the memory of TensorFlow stays flat over 20 sessions', () => {
  it('in the process and in tensors', async () => {
    const tf = loadTensorflow(1)
    const before = tf.memory().numTensors
    const session = await createNodeSession(bytes, { provider: 'tensorflow', threads: 1 })
    expect(tf.memory().numTensors).toBeGreaterThan(before)
    await session.release()
    expect(await growth('tensorflow')).toBeLessThanOrEqual(bound)
    expect(tf.memory().numTensors).toBe(before)
  }, 300_000)
})

// each makes a device of its own, which takes a fifth of a second
describeWith('vulkan', 'the memory of WebGPU in Node stays flat over 20 sessions', () => {
  it('in the process', async () => {
    expect(await growth('webgpu')).toBeLessThanOrEqual(bound)
  }, 300_000)
})
