import { describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { createNodeSession, type NodeProvider } from '../../src/node/providers.ts'
import { loadTensorflow } from '../../src/train/engines/tfjs/backend.ts'
import { untrainedModel } from '../helpers/models.ts'
import { describeWith } from '../helpers/needs.ts'

// a megabyte of weights: 200 sessions that stay would be 200 MB
const bytes = await exportNoisePredictor(untrainedModel({ hidden: [500, 500] }))
const feeds = {
  x_t: { data: new Float32Array(20), dims: [10, 2] },
  t: { data: new Float32Array(10).fill(1), dims: [10, 1] },
}

async function cycle(provider: NodeProvider, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const session = await createNodeSession(bytes, { provider, threads: 1 })
    await session.run(feeds, ['epsilon'])
    await session.release()
  }
}

/** Growth of the process in MB over so many sessions, once the first have filled what stays. */
async function growth(provider: NodeProvider, times = 200): Promise<number> {
  await cycle(provider, 30)
  const before = process.memoryUsage().rss
  await cycle(provider, times)
  return (process.memoryUsage().rss - before) / 1e6
}

describe('memory stays flat over 200 sessions', () => {
  it.each(['cpu', 'wasm'] as const)(
    'of %s',
    async (provider) => {
      expect(await growth(provider)).toBeLessThan(80)
    },
    300_000,
  )
})

describeWith('tensorflow', 'memory stays flat over 200 sessions, of TensorFlow', () => {
  it('in the process, and in tensors', async () => {
    const tf = loadTensorflow(1)
    const before = tf.memory().numTensors
    const session = await createNodeSession(bytes, { provider: 'tensorflow', threads: 1 })
    expect(tf.memory().numTensors).toBeGreaterThan(before)
    await session.release()
    expect(await growth('tensorflow')).toBeLessThan(80)
    expect(tf.memory().numTensors).toBe(before)
  }, 300_000)
})

// each makes a device of its own, which takes a fifth of a second
describeWith('vulkan', 'memory stays flat over 60 sessions, of WebGPU in Node', () => {
  it('in the process', async () => {
    expect(await growth('webgpu', 60)).toBeLessThan(40)
  }, 300_000)
})
