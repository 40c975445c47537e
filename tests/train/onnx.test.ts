import { describe, expect, it } from 'vitest'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { initialWeights, type Network, seedHidden, weightShapes } from '../../src/model/network.ts'
import { createStepSession as createSession } from '../../src/node/training.ts'
import { maxAbsDifference, type Points } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { type EngineOptions, flatten, initialState } from '../../src/train/engine.ts'
import { createOnnxEngine } from '../../src/train/engines/onnx/engine.ts'
import { drawBatch, type PointShape, pointNetwork } from '../helpers/networks.ts'
import { engineSuite } from './engine-suite.ts'
import { float64Steps } from './float64-steps.ts'
import { runsOf, trainingSuite } from './training-suite.ts'

const create = (options: EngineOptions) => createOnnxEngine({ ...options, runtime: { createSession } })
const oneHot = (T: number, hidden: readonly number[]) =>
  pointNetwork({ dim: 2, T, hidden, timeEmbedding: { kind: 'one_hot_linear' } })
const parametersOf = (network: Network) => flatten(initialWeights(network, 5), weightShapes(network))

function sourceFor({ dim, T }: Network, batchSize: number) {
  const data = standardNormals({ seed: 2, stream: streams.datasets, step: 0, start: 0, count: 40, dim })
  const x_0: Points = { data, count: 40, dim }
  const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.2, sigmaMax: 6, rho: 7 }, T)
  return { x_0, schedule, predictionType: 'epsilon', lossWeighting: 'min_snr', batchSize, seed: 1 } as const
}

describe('engine onnx', () => {
  engineSuite(create)

  const sinusoids = (width: number) => ({ kind: 'sinusoidal_mlp', width }) as const
  it.each<[string, PointShape, number]>([
    ['no hidden layer', { dim: 2, T: 4, hidden: [], timeEmbedding: { kind: 'one_hot_linear' } }, 9],
    ['one column, one row', { dim: 1, T: 5, hidden: [3], timeEmbedding: { kind: 'one_hot_linear' } }, 1],
    ['64 columns', { dim: 64, T: 3, hidden: [2], timeEmbedding: { kind: 'one_hot_linear' } }, 5],
    ['one timestep', { dim: 2, T: 1, hidden: [3, 3], timeEmbedding: { kind: 'one_hot_linear' } }, 7],
    ['150 timesteps', { dim: 2, T: 150, hidden: [3], timeEmbedding: { kind: 'one_hot_linear' } }, 8],
    ['sinusoids, no hidden layer', { dim: 3, T: 50, hidden: [], timeEmbedding: sinusoids(2) }, 9],
    ['sinusoids, three hidden layers', { dim: 1, T: 6, hidden: [4, 3, 2], timeEmbedding: sinusoids(4) }, 9],
  ])('takes the steps of float64 with %s', async (_, shape, batchSize) => {
    const network = pointNetwork(shape)
    const steps = 2
    const source = sourceFor(network, batchSize)
    const batches = Array.from({ length: steps }, (_, step) => drawBatch(source, step))
    const options = { network, weightDecay: 0.1, ema: 0.5, batchSize }
    const parameters = parametersOf(network)
    const exact = float64Steps({ ...options, parameters, batches, learningRate: 0.01 })
    const engine = await create({ ...options, state: initialState(parameters, options.ema) })
    const losses: number[] = []
    for (const batch of batches) losses.push(await engine.step(batch, 0.01))
    const state = engine.state()
    await engine.dispose()
    expect(maxAbsDifference(losses, exact.losses)).toBeLessThanOrEqual(1e-5)
    const largest = Math.max(...exact.firstMoment.map(Math.abs))
    expect(maxAbsDifference(state.firstMoment, exact.firstMoment)).toBeLessThanOrEqual(
      1e-5 * Math.max(1, largest),
    )
    for (const name of ['parameters', 'average'] as const)
      expect(maxAbsDifference(state[name]!, exact[name])).toBeLessThanOrEqual(1e-4)
  })

  it('returns a loss that is no finite number', async () => {
    const network = oneHot(4, [5])
    const state = initialState(parametersOf(network).fill(1e30), null)
    const engine = await create({ network, weightDecay: 0, ema: null, batchSize: 9, state })
    expect(await engine.step(drawBatch(sourceFor(network, 9), 0), 0.01)).not.toSatisfy(Number.isFinite)
    await engine.dispose()
  })

  it('keeps its state if a step fails', async () => {
    const network = oneHot(4, [5])
    const parameters = parametersOf(network)
    const engine = await create({
      network,
      weightDecay: 0,
      ema: null,
      batchSize: 9,
      state: initialState(parameters, null),
    })
    const batch = drawBatch(sourceFor(network, 9), 0)
    const short = { ...batch, target: { ...batch.target, count: 8 } }
    await expect(async () => engine.step(short, 0.01)).rejects.toThrow()
    expect(engine.state()).toMatchObject({ parameters, step: 0 })
    await engine.dispose()
  })

  it('holds no more memory after 1000 steps than after 200', async () => {
    const network = oneHot(10, seedHidden)
    const state = initialState(parametersOf(network), 0.99)
    const engine = await create({ network, weightDecay: 1e-4, ema: 0.99, batchSize: 40, state })
    const batch = drawBatch(sourceFor(network, 40), 0)
    const used = () => process.memoryUsage().rss
    const readings: number[] = []
    for (let step = 1; step <= 1000; step++) {
      await engine.step(batch, 1e-3)
      if (step >= 200 && step % 20 === 0) readings.push(used())
    }
    await engine.dispose()
    // a state is 0.4 MB: kept, 800 of them would be 290 MB; the collector leaves some of them for a while
    expect(Math.min(...readings.slice(-20)) - readings[0]!).toBeLessThan(80e6)
  })
})

describe('train on onnx', () => {
  trainingSuite('onnx', { threads: [1, 2], diverges: true })

  const { trained } = runsOf('onnx')

  it('is the choice of auto, with no warning', async () => {
    const warnings: string[] = []
    const { result } = await trained({ engine: 'auto', onWarning: (message) => warnings.push(message) })
    expect([result.engine, warnings]).toEqual(['onnx', []])
  })
})
