import { describe, expect, it } from 'vitest'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { initialWeights, type Network, type TimeEmbedding, weightShapes } from '../../src/model/network.ts'
import { maxAbsDifference, pointsFromRows } from '../../src/numerics/points.ts'
import { type BatchSource, batchesOf } from '../../src/train/batches.ts'
import {
  type Batch,
  type EngineOptions,
  flatten,
  initialState,
  type TrainingEngine,
} from '../../src/train/engine.ts'
import { bitsOf } from '../helpers/bits.ts'
import { golden, type TrainingSteps } from '../helpers/golden.ts'
import { pointNetwork, pointSource } from '../helpers/networks.ts'
import { petSource } from '../helpers/tables.ts'
import { float64Gradient, float64Loss } from './float64-steps.ts'
import { goldenTrainings } from './golden-trainings.ts'

const T = 7
const batchSize = 16
const x_0 = pointsFromRows(golden<TrainingSteps>('training_steps.json').x_0)
const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 }, T)

const pointsWith = (
  timeEmbedding: TimeEmbedding,
  rest: Pick<BatchSource, 'predictionType' | 'lossWeighting'>,
) =>
  pointSource({
    x_0,
    schedule,
    network: pointNetwork({ dim: 2, T, hidden: [9, 5], timeEmbedding }),
    batchSize,
    seed: 1,
    ...rest,
  })

/** An engine takes targets and factors as they are: batches.test.ts has those of every prediction type and weighting. */
const sources: [string, BatchSource][] = [
  ['points', pointsWith({ kind: 'one_hot_linear' }, { predictionType: 'epsilon', lossWeighting: 'none' })],
  [
    'points, time as sinusoids, weighted',
    pointsWith(
      { kind: 'sinusoidal_mlp', width: 6 },
      { predictionType: 'v_prediction', lossWeighting: 'min_snr' },
    ),
  ],
  ['a table, weighted', petSource({ rows: 100, T, hidden: [5, 5], batchSize, lossWeighting: 'min_snr' })],
]

/** Parameters by chance, in the last layer too, which begins as 0 under another head. */
const parametersOf = (network: Network, seed: number) =>
  flatten(initialWeights({ ...network, head: 'raw' }, seed), weightShapes(network))

/** A step on each batch; the losses. */
async function stepOn(engine: TrainingEngine, batches: readonly Batch[], rate: number): Promise<number[]> {
  const losses: number[] = []
  for (const batch of batches) losses.push(await engine.step(batch, rate))
  return losses
}

/** What every training engine must do; each runs it in a process of its own, for tfjs's backends share state. */
export function engineSuite(create: (options: EngineOptions) => Promise<TrainingEngine>): void {
  it.each(sources)(
    'has the loss and the gradient of the float64 network, by finite differences: %s',
    async (_, source) => {
      const { network } = source
      const parameters = parametersOf(network, 3)
      const batch = batchesOf(source)(0)
      const state = initialState(parameters, null)
      const engine = await create({ network, state, weightDecay: 0, ema: null, batchSize })
      const loss = await engine.step(batch, 1e-3)
      // the first moment after one step is (1 - beta1) times the gradient
      const gradient = engine.state().firstMoment.map((m) => m / 0.1)
      await engine.dispose()

      const exact = Float64Array.from(parameters)
      expect(Math.abs(loss - float64Loss(network, exact, batch))).toBeLessThanOrEqual(
        1e-5 * Math.max(1, loss),
      )
      const expected = float64Gradient(network, exact, batch)
      const largest = Math.max(...expected.map(Math.abs))
      expect(maxAbsDifference(gradient, expected)).toBeLessThanOrEqual(2e-5 * Math.max(1, largest))
      expect(largest).toBeGreaterThan(1e-2)
    },
  )

  describe.each(goldenTrainings)('trained on %s', (_, { options, parameters, steps, bounds }) => {
    const { network } = options
    const batches = steps.map(({ batch }) => batch)
    const start = (ema: number | null, weightDecay = options.weightDecay): Promise<TrainingEngine> =>
      create({ ...options, state: initialState(parameters, ema), weightDecay, ema })

    it("takes PyTorch's steps: its losses, weights, averages and moments", async () => {
      const engine = await start(options.ema)
      for (const { batch, learningRate, loss, after } of steps) {
        expect(Math.abs((await engine.step(batch, learningRate)) - loss)).toBeLessThanOrEqual(bounds.loss)
        const state = engine.state()
        for (const name of ['parameters', 'average', 'firstMoment'] as const)
          if (after[name])
            expect(maxAbsDifference(state[name]!, after[name])).toBeLessThanOrEqual(bounds.state)
      }
      expect(steps.at(-1)!.after.parameters).toHaveLength(parameters.length)
      await engine.dispose()
    })

    it('decays the weights apart from the gradient: by learning rate x weight decay x weight', async () => {
      const [plain, decayed] = await Promise.all([0, 0.5].map((weightDecay) => start(null, weightDecay)))
      for (const engine of [plain!, decayed!]) await engine.step(batches[0]!, 1e-2)
      const expected = plain!.state().parameters.map((value, k) => value - 1e-2 * 0.5 * parameters[k]!)
      expect(maxAbsDifference(decayed!.state().parameters, expected)).toBeLessThanOrEqual(1e-6)
      for (const engine of [plain!, decayed!]) await engine.dispose()
    })

    it('learns if there is one timestep', async () => {
      const one = { ...network, T: 1, alphaBars: network.alphaBars.slice(0, 2), hidden: [4] }
      const state = initialState(parametersOf(one, 1), null)
      const engine = await create({ ...options, network: one, state, weightDecay: 0, ema: null })
      const batch = { ...batches[0]!, t: new Int32Array(options.batchSize!).fill(1) }
      const losses = await stepOn(engine, new Array(20).fill(batch), 1e-2)
      expect(losses.at(-1)).toBeLessThan(losses[0]!)
      await engine.dispose()
    })

    it('keeps the same number of live tensors', async () => {
      const engine = await start(0.99)
      const counts = new Set<number>()
      for (let i = 0; i < 20; i++) {
        await engine.step(batches[i % batches.length]!, 1e-3)
        counts.add(engine.liveTensors())
      }
      expect(counts.size).toBe(1)
      await engine.dispose()
    })

    it('averages the weights as the recurrence says', async () => {
      const engine = await start(0.5)
      let average = parameters
      for (const [i, batch] of batches.entries()) {
        await engine.step(batch, 1e-2)
        const decay = Math.min(0.5, (2 + i) / (11 + i))
        const reached = engine.state().parameters
        average = average.map((value, k) => decay * value + (1 - decay) * reached[k]!)
      }
      expect(maxAbsDifference(engine.state().average!, average)).toBeLessThanOrEqual(1e-6)
      await engine.dispose()
    })

    it('continues from its state to the same bits', async () => {
      const whole = await start(0.9)
      await stepOn(whole, batches, 1e-2)
      const first = await start(0.9)
      await stepOn(first, batches.slice(0, 2), 1e-2)
      const rest = await create({ ...options, state: first.state(), ema: 0.9 })
      await stepOn(rest, batches.slice(2), 1e-2)
      expect(bitsOf(rest.state())).toBe(bitsOf(whole.state()))
      for (const engine of [whole, first, rest]) await engine.dispose()
    })
  })
}
