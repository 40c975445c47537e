import { expect, it } from 'vitest'
import { lossWeightings, predictionTypes } from '../../src/diffusion/prediction.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { initialWeights, networkOf, weightShapes } from '../../src/model/network.ts'
import { maxAbsDifference, pointsFromRows } from '../../src/numerics/points.ts'
import {
  type Batch,
  type EngineOptions,
  flatten,
  initialState,
  type TrainingEngine,
} from '../../src/train/engine.ts'
import { golden, namedWeights, type TrainingSteps } from '../helpers/golden.ts'
import { drawBatch, levelsOf, meanFactors, pointNetwork } from '../helpers/networks.ts'
import { goldenBatch, goldenTable, tableNetwork, tableWeights } from '../helpers/table-golden.ts'
import { float64Gradient, float64Loss } from './float64-steps.ts'

const reference = golden<TrainingSteps>('training_steps.json')
const before = namedWeights(reference.weightsBefore)
const network = networkOf(before, levelsOf(reference.schedule.T))
const shapes = weightShapes(network)

/** A step on each batch; the losses. */
async function stepOn(engine: TrainingEngine, batches: readonly Batch[], rate: number): Promise<number[]> {
  const losses: number[] = []
  for (const batch of batches) losses.push(await engine.step(batch, rate))
  return losses
}

/** What every training engine must do; each runs it in a process of its own, for tfjs's backends share state. */
export function engineSuite(create: (options: EngineOptions) => Promise<TrainingEngine>): void {
  const start = (
    ema: number | null,
    weightDecay = reference.optimizer.weightDecay,
  ): Promise<TrainingEngine> =>
    create({
      network,
      state: initialState(flatten(before, shapes), ema),
      weightDecay,
      ema,
    })
  const batches = reference.steps.map(({ x_t, t, noise }) => ({
    x_t: pointsFromRows(x_t),
    t: Int32Array.from(t),
    target: pointsFromRows(noise),
    factors: meanFactors(pointsFromRows(noise)),
  }))

  it('takes the golden steps of a table: losses to 1e-5, every weight, average and moment to 2e-5', async () => {
    const { optimizer, steps } = goldenTable
    const shapesOfTable = weightShapes(tableNetwork)
    const engine = await create({
      network: tableNetwork,
      state: initialState(flatten(tableWeights, shapesOfTable), optimizer.averageDecay),
      weightDecay: optimizer.weightDecay,
      beta2: optimizer.beta2,
      batchSize: steps[0]!.x_t.length,
      ema: optimizer.averageDecay,
    })
    for (const step of steps) {
      const loss = await engine.step(goldenBatch(step), step.learningRate)
      expect(Math.abs(loss - step.loss)).toBeLessThanOrEqual(1e-5)
      const state = engine.state()
      const flat = (of: Record<string, number[]>) => shapesOfTable.flatMap(([name]) => of[name]!)
      for (const name of ['parameters', 'average', 'firstMoment'] as const)
        expect(maxAbsDifference(state[name]!, flat(step[name]))).toBeLessThanOrEqual(2e-5)
    }
    await engine.dispose()
  })

  it('takes the five golden AdamW steps: loss to 1e-6, every weight to 5e-5', async () => {
    const engine = await start(null)
    const losses = await stepOn(engine, batches, reference.optimizer.learningRate)
    expect(
      maxAbsDifference(
        losses,
        reference.steps.map((step) => step.loss),
      ),
    ).toBeLessThanOrEqual(1e-6)
    const after = flatten(namedWeights(reference.weightsAfter), shapes)
    expect(maxAbsDifference(engine.state().parameters, after)).toBeLessThanOrEqual(5e-5)
    await engine.dispose()
  })

  it.each(
    ([{ kind: 'one_hot_linear' }, { kind: 'sinusoidal_mlp', width: 6 }] as const).flatMap((timeEmbedding) =>
      predictionTypes.flatMap((predictionType) =>
        lossWeightings.map((lossWeighting) => [timeEmbedding, predictionType, lossWeighting] as const),
      ),
    ),
  )(
    'has the loss and the gradient of the float64 network by finite differences: %j, %s, %s',
    async (timeEmbedding, predictionType, lossWeighting) => {
      const T = 7
      const small = pointNetwork({ dim: 2, T, hidden: [9, 5], timeEmbedding })
      const smallShapes = weightShapes(small)
      const flat = flatten(initialWeights(small, 3), smallShapes)
      const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 }, T)
      const x_0 = pointsFromRows(reference.x_0)
      const source = { x_0, schedule, predictionType, lossWeighting, batchSize: 16, seed: 1 }
      const batch = drawBatch(source, 0)
      const engine = await create({
        network: small,
        state: initialState(flat, null),
        weightDecay: 0,
        ema: null,
      })
      const loss = await engine.step(batch, 1e-3)
      // the first moment after one step is (1 - beta1) times the gradient
      const gradient = engine.state().firstMoment.map((m) => m / 0.1)
      await engine.dispose()

      const exact = Float64Array.from(flat)
      expect(Math.abs(loss - (await float64Loss(small, exact, batch)))).toBeLessThanOrEqual(
        1e-5 * Math.max(1, loss),
      )
      const expected = await float64Gradient(small, exact, batch)
      const largest = Math.max(...expected.map(Math.abs))
      expect(maxAbsDifference(gradient, expected)).toBeLessThanOrEqual(2e-5 * Math.max(1, largest))
      expect(largest).toBeGreaterThan(1e-2)
    },
  )

  it('decays the weights apart from the gradient: by learning rate x weight decay x weight', async () => {
    const [plain, decayed] = await Promise.all([0, 0.5].map((weightDecay) => start(null, weightDecay)))
    for (const engine of [plain!, decayed!]) await engine.step(batches[0]!, 1e-2)
    const initial = flatten(before, shapes)
    const expected = plain!.state().parameters.map((value, k) => value - 1e-2 * 0.5 * initial[k]!)
    expect(maxAbsDifference(decayed!.state().parameters, expected)).toBeLessThanOrEqual(1e-6)
    for (const engine of [plain!, decayed!]) await engine.dispose()
  })

  it('learns where there is one timestep', async () => {
    const one = pointNetwork({ dim: 2, T: 1, hidden: [4], timeEmbedding: { kind: 'one_hot_linear' } })
    const engine = await create({
      network: one,
      state: initialState(flatten(initialWeights(one, 1), weightShapes(one)), null),
      weightDecay: 0,
      ema: null,
    })
    const batch = { ...batches[0]!, t: new Int32Array(16).fill(1) }
    const losses = await stepOn(engine, new Array(50).fill(batch), 1e-2)
    expect(losses.at(-1)).toBeLessThan(losses[0]!)
    await engine.dispose()
  })

  it('keeps the same number of live tensors', async () => {
    const engine = await start(0.99)
    const counts = new Set<number>()
    for (let i = 0; i < 20; i++) {
      await engine.step(batches[i % 5]!, 1e-3)
      counts.add(engine.liveTensors())
    }
    expect(counts.size).toBe(1)
    await engine.dispose()
  })

  it('averages the weights as the recurrence says', async () => {
    const engine = await start(0.5)
    let average = flatten(before, shapes)
    for (const [i, batch] of batches.entries()) {
      await engine.step(batch, 1e-2)
      const decay = Math.min(0.5, (2 + i) / (11 + i))
      const { parameters } = engine.state()
      average = average.map((value, k) => decay * value + (1 - decay) * parameters[k]!)
    }
    expect(maxAbsDifference(engine.state().average!, average)).toBeLessThanOrEqual(1e-6)
    await engine.dispose()
  })

  it('continues from its state to the same bits', async () => {
    const whole = await start(0.9)
    await stepOn(whole, batches, 1e-2)
    const first = await start(0.9)
    await stepOn(first, batches.slice(0, 2), 1e-2)
    const rest = await create({
      network,
      state: first.state(),
      weightDecay: 1e-4,
      ema: 0.9,
    })
    await stepOn(rest, batches.slice(2), 1e-2)
    expect(rest.state()).toEqual(whole.state())
    for (const engine of [whole, first, rest]) await engine.dispose()
  })
}
