import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { reverseProcess } from '../../src/diffusion/process.ts'
import { exportNoisePredictor, exportSampler, type TrainedModel } from '../../src/export/export-model.ts'
import type { Model, SampleOptions } from '../../src/infer/model.ts'
import { sample } from '../../src/infer/sample.ts'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { describeCard } from '../../src/model/description.ts'
import { initialWeights } from '../../src/model/network.ts'
import { loadModel } from '../../src/node/providers.ts'
import { allFinite, type Points } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { readModel } from '../../src/onnx/read.ts'
import { pointNetwork } from '../helpers/networks.ts'
import { processWith } from '../helpers/process.ts'
import { type ModelCase, models } from './arbitraries.ts'

const runs = 80
const count = 3
// a solver of order 2 in one step is legal, and says so
const quiet = () => {}
const outcomes = { exported: 0, sampled: 0, refused: 0, selfTestOfLargeValues: 0, overflows: 0 }

/** What an action gives, or nothing where it was refused with one line. */
async function unlessRefused<R>(action: () => Promise<R>): Promise<R | undefined> {
  try {
    return await action()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    expect(error.message).toMatch(/^[^\p{Cc}\u2028\u2029]+$/u)
    outcomes.refused++
    return undefined
  }
}

function untrained(model: ModelCase): TrainedModel {
  const { T, dim, schedule, seed, sampler, predictionType } = model
  const scaler = { min: new Array(dim).fill(-2), max: new Array(dim).fill(3) }
  return {
    config: { T, schedule, scaler, predictionType, sampler, integerColumns: [] },
    weights: initialWeights(pointNetwork(model), seed),
  }
}

/** The largest value that the process takes in float64, from the very numbers that `sample` draws. */
async function largestState(
  trained: TrainedModel,
  one: ModelCase,
  model: Model,
  timesteps: readonly number[],
) {
  const { seed, dim } = one
  const draw = (stream: 0 | 1, step: number): Points<Float64Array> => ({
    data: Float64Array.from(standardNormals({ seed, stream, step, start: 0, count, dim })),
    count,
    dim,
  })
  let largest = 0
  const { sampler, predictionType } = trained.config
  const process = processWith(describeCard(model.card).schedule, sampler, timesteps, predictionType)
  const predictor = referencePredictor(pointNetwork(one), trained.weights)
  const input = {
    x_T: draw(streams.x_T, 0),
    noise: (j: number) => draw(streams.reverseNoise, j),
  }
  for await (const { x } of reverseProcess(process, predictor, input))
    for (const value of x.data) largest = Math.max(largest, Math.abs(value))
  return largest
}

/** Loads with the self-test, samples twice. */
async function loadAndSample(
  bytes: Uint8Array,
  trained: TrainedModel,
  one: ModelCase,
  options: Partial<SampleOptions>,
) {
  const { card } = readModel(bytes)
  const model = await unlessRefused(() =>
    loadModel(bytes, { threads: 1 }).catch((error) => {
      if (!/self-test/.test(error.message)) throw error
      // its bounds are absolute, and float32's errors grow with the values: 1e-4 is much for 1e6
      const values = [
        ...card.golden.flatMap(({ output }) => output),
        ...(card.goldenSample?.x_0.flat() ?? []),
      ]
      expect(Math.max(...values.map(Math.abs)), `${error.message}`).toBeGreaterThan(50)
      outcomes.selfTestOfLargeValues++
      throw error
    }),
  )
  if (!model) return
  const ask = { count, seed: one.seed, onWarning: quiet, ...options }
  const result = await unlessRefused(async () => sample(model, ask))
  if (result) {
    const { points } = result
    expect([points.count, points.dim, points.data.length]).toEqual([count, one.dim, count * one.dim])
    const again = await sample(model, ask)
    expect(Buffer.from(again.points.data.buffer).equals(Buffer.from(points.data.buffer))).toBe(true)
    if (allFinite(points.data)) outcomes.sampled++
    else {
      // only where no float32 holds the values: an untrained network undoes no noise
      expect(await largestState(trained, one, model, result.timesteps)).toBeGreaterThan(1e37)
      outcomes.overflows++
    }
  }
  await model.dispose()
}

async function check(one: ModelCase): Promise<void> {
  const trained = untrained(one)
  const { steps, trajectory } = one
  for (const [make, options] of [
    [() => exportNoisePredictor(trained), steps],
    [() => exportSampler(trained, { ...steps, trajectory, onWarning: quiet }), { trajectory }],
  ] as const) {
    const bytes = await unlessRefused(make)
    if (!bytes) continue
    outcomes.exported++
    expect(Buffer.from(await make()).equals(bytes)).toBe(true)
    await loadAndSample(bytes, trained, one, options)
  }
}

const large: ModelCase = {
  T: 1000,
  dim: 2,
  hidden: [8],
  seed: 2 ** 53 - 1,
  schedule: { kind: 'linear', betaStart: 1e-4, betaEnd: 0.02 },
  sampler: { name: 'ddpm', variance: 'fixed_small' },
  predictionType: 'epsilon',
  timeEmbedding: { kind: 'one_hot_linear' },
  steps: {},
  trajectory: true,
}

describe('any model', () => {
  it('is refused in one line, or is exported, loaded and sampled to the same finite numbers twice', async () => {
    await fc.assert(fc.asyncProperty(models, check), { seed: 20_260_101, numRuns: runs })
    // the generator must not make refused models alone
    expect(outcomes.exported).toBeGreaterThan(runs / 2)
    expect(outcomes.sampled).toBeGreaterThan(runs / 2)
    expect(outcomes.refused).toBeGreaterThan(runs / 4)
    expect(outcomes.selfTestOfLargeValues + outcomes.overflows).toBeLessThan(runs / 4)
  })

  it('can be sampled in a thousand steps', async () => {
    const before = outcomes.sampled
    await check(large)
    expect(outcomes.sampled - before).toBe(2)
  })

  it('overflows only if no float32 holds its values, as float64 shows', async () => {
    const before = outcomes.overflows + outcomes.refused
    const schedule = { kind: 'betas', betas: new Array(25).fill(0.999) } as const
    await check({ ...large, T: 25, dim: 1, hidden: [], seed: 0, schedule, trajectory: false })
    expect(outcomes.overflows + outcomes.refused - before).toBe(2)
  })
})
