import { describe, expect, it } from 'vitest'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { initialWeights, seedHidden, weightShapes } from '../../src/model/network.ts'
import { createStepSession, startHelper } from '../../src/node/training.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import type { PoolHelper } from '../../src/numerics/worker-pool.ts'
import { type EngineOptions, flatten, initialState, type TrainingEngine } from '../../src/train/engine.ts'
import { createOnnxEngine, sharesOf } from '../../src/train/engines/onnx/engine.ts'
import type { StepRuntime } from '../../src/train/engines/onnx/session.ts'
import { drawBatch, pointNetwork } from '../helpers/networks.ts'
import { engineSuite } from './engine-suite.ts'

/** No helper is ever there, so that this thread computes all shares: tests/package has those that are. */
const runtime: StepRuntime = { createSession: createStepSession, startHelper }

const network = pointNetwork({ dim: 2, T: 10, hidden: seedHidden, timeEmbedding: { kind: 'one_hot_linear' } })
const rows = 1000
const data = standardNormals({ seed: 2, stream: streams.datasets, step: 0, start: 0, count: rows, dim: 2 })
const source = {
  x_0: { data, count: rows, dim: 2 },
  schedule: createSchedule({ kind: 'karras', sigmaMin: 0.2, sigmaMax: 6, rho: 7 }, network.T),
  predictionType: 'v_prediction',
  lossWeighting: 'min_snr',
  batchSize: rows,
  seed: 1,
} as const
const options = {
  network,
  weightDecay: 0.1,
  ema: 0.9,
  batchSize: rows,
  state: initialState(flatten(initialWeights(network, 5), weightShapes(network)), 0.9),
} satisfies EngineOptions

describe('engine onnx with batches in three shares', () => {
  engineSuite((options) => createOnnxEngine({ ...options, runtime }, 3))
})

describe('the shares of a batch', () => {
  const sharesWith = (each: Partial<EngineOptions>) => sharesOf({ ...options, ...each, runtime })

  it.each([
    ['as many as the threads', { threads: 2 }, 2],
    ['one without a number of threads', {}, 1],
    ['no more than are worth a thread', { threads: 64 }, 9],
    ['one for a small batch', { threads: 4, batchSize: 64 }, 1],
    ['more for a wide network', { threads: 64, network: { ...network, hidden: [512, 512] } }, 64],
  ])('are %s', (_, each, shares) => {
    expect(sharesWith(each as Partial<EngineOptions>)).toBe(shares)
  })

  it('are one if the runtime has no threads that share memory', () => {
    expect(sharesOf({ ...options, threads: 4, runtime: { createSession: createStepSession } })).toBe(1)
  })

  it.each([2, 3, 7])('give the steps of a whole batch, if there are %i', async (threads) => {
    const [whole, team] = await Promise.all(
      [1, threads].map((each) => createOnnxEngine({ ...options, threads: each, runtime })),
    )
    for (let step = 0; step < 3; step++) {
      const batch = drawBatch(source, step)
      const losses = [await whole!.step(batch, 0.01), await team!.step(batch, 0.01)] as const
      expect(Math.abs(losses[0] - losses[1])).toBeLessThanOrEqual(1e-5 * losses[0])
    }
    const [a, b] = [whole!.state(), team!.state()]
    // AdamW divides by a gradient's own size: a weight's last digits may be any for a gradient of nearly 0
    expect(maxAbsDifference(a.parameters, b.parameters)).toBeLessThanOrEqual(1e-3)
    for (const moment of ['firstMoment', 'secondMoment'] as const) {
      const largest = Math.max(...a[moment].map(Math.abs))
      expect(maxAbsDifference(a[moment], b[moment])).toBeLessThanOrEqual(1e-5 * largest)
    }
    expect(b.average).not.toEqual(options.state.average)
    for (const engine of [whole!, team!]) await engine.dispose()
  })

  it('refuse a batch of another size, and the state stays the same', async () => {
    const team = await createOnnxEngine({ ...options, threads: 2, runtime })
    const short = drawBatch({ ...source, batchSize: 999 }, 0)
    await expect(async () => team.step(short, 0.01)).rejects.toThrow('999 rows: the engine was made for 1000')
    const { parameters, step } = team.state()
    expect([step, maxAbsDifference(parameters, options.state.parameters)]).toEqual([0, 0])
    await team.dispose()
  })

  it('do not change the state that they begin with', async () => {
    const before = options.state.parameters.slice()
    const team = await createOnnxEngine({ ...options, threads: 2, runtime })
    for (let step = 0; step < 3; step++) await team.step(drawBatch(source, step), 0.01)
    expect(options.state.parameters).toEqual(before)
    await team.dispose()
  })
})

describe('a helper', () => {
  const teamWith = (thread: Partial<PoolHelper>): Promise<TrainingEngine> =>
    createOnnxEngine({
      ...options,
      threads: 2,
      runtime: {
        ...runtime,
        startHelper: () => ({ ended: () => undefined, end: async () => {}, ...thread }),
      },
    })

  it('that ends before it has started fails the step', async () => {
    const team = await teamWith({ ended: () => new Error('no memory') })
    await expect(async () => team.step(drawBatch(source, 0), 0.01)).rejects.toThrow('no memory')
    await team.dispose()
  })

  it('is ended with the engine', async () => {
    let ends = 0
    const team = await teamWith({
      end: async () => {
        ends++
      },
    })
    await team.dispose()
    expect(ends).toBe(1)
  })
})
