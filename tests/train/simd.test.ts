import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { initialWeights, weightShapes } from '../../src/model/network.ts'
import { pointsFromRows } from '../../src/numerics/points.ts'
import type { PoolHelper } from '../../src/numerics/worker-pool.ts'
import { flatten, initialState } from '../../src/train/engine.ts'
import { createSimdEngine, type StepHelperStart } from '../../src/train/engines/simd/engine.ts'
import { bitsOf } from '../helpers/bits.ts'
import { drawBatch, pointNetwork } from '../helpers/networks.ts'
import { engineSuite } from './engine-suite.ts'

describe('engine simd', () =>
  engineSuite(({ batchSize = 0, ...options }) => createSimdEngine({ batchSize, ...options })))

const network = pointNetwork({
  dim: 3,
  T: 10,
  hidden: [33, 20],
  timeEmbedding: { kind: 'sinusoidal_mlp', width: 8 },
})
const x_0 = pointsFromRows(
  Array.from({ length: 700 }, (_, i) => [i % 7, i % 5, i % 3].map((k) => k / 4 - 0.5)),
)
const source = {
  x_0,
  schedule: createSchedule({ kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 }, network.T),
  predictionType: 'v_prediction',
  lossWeighting: 'none',
  batchSize: 600,
  seed: 4,
} as const
const options = {
  network,
  state: initialState(flatten(initialWeights(network, 2), weightShapes(network)), 0.99),
  weightDecay: 0.01,
  ema: 0.99,
  batchSize: source.batchSize,
}

const batches = [0, 1, 2, 3].map((step) => drawBatch(source, step))

/** A digest of parameters, moments and average after some steps. */
async function digestAfter(steps: number, extra: object = {}): Promise<string> {
  const engine = await createSimdEngine({ ...options, ...extra })
  for (let step = 0; step < steps; step++) await engine.step(batches[step % batches.length]!, 0.01)
  const digest = bitsOf(engine.state())
  await engine.dispose()
  return digest
}

describe('the threads of engine simd', () => {
  /** The built file, which a thread of Node can read; the kernels in it are the source's. */
  const file = new URL('../../dist/node/training-helper.js', import.meta.url)
  const starter =
    (endsAfter?: number) =>
    (start: StepHelperStart): PoolHelper => {
      const worker = new Worker(file, { workerData: start })
      let reason: Error | undefined
      worker.on('exit', () => {
        reason = new Error('ended')
      })
      if (endsAfter !== undefined) setTimeout(() => worker.terminate(), endsAfter)
      return { ended: () => reason, end: async () => void (await worker.terminate()) }
    }

  it('do not change the bits', async () => {
    const alone = await digestAfter(30)
    expect(await digestAfter(30, { threads: 2, startHelper: starter() })).toBe(alone)
    expect(await digestAfter(30, { threads: 5, startHelper: starter() })).toBe(alone)
  })

  it('may end in the middle of a step, and the others go on to the same bits', async () => {
    const alone = await digestAfter(300)
    for (const endsAfter of [60, 100, 150])
      expect(await digestAfter(300, { threads: 3, startHelper: starter(endsAfter) })).toBe(alone)
  })

  it('end by themselves when the engine is disposed of', async () => {
    const exits: Promise<unknown[]>[] = []
    const startHelper = (start: StepHelperStart): PoolHelper => {
      const exit = once(new Worker(file, { workerData: start }), 'exit')
      exits.push(exit)
      return { ended: () => undefined, end: async () => void (await exit) }
    }
    await digestAfter(30, { threads: 3, startHelper })
    expect(await Promise.all(exits)).toEqual([[0], [0]])
  })
})

it('engine simd refuses a batch of another size than it was made for', async () => {
  const engine = await createSimdEngine(options)
  const batch = drawBatch({ ...source, batchSize: 599 }, 0)
  await expect(async () => engine.step(batch, 0.01)).rejects.toThrow('599 rows: the engine was made for 600')
  await engine.dispose()
})
