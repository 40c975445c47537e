import { expect, it } from 'vitest'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { initialWeights, seedHidden, weightShapes } from '../../src/model/network.ts'
import { createStepSession as createSession } from '../../src/node/training.ts'
import { makeDataset } from '../../src/table/datasets/index.ts'
import { encode, fitEncoding } from '../../src/table/encodings/encoding.ts'
import { type EngineOptions, flatten, initialState, type TrainingEngine } from '../../src/train/engine.ts'
import { createOnnxEngine } from '../../src/train/engines/onnx/engine.ts'
import { createSimdEngine } from '../../src/train/engines/simd/engine.ts'
import { createTensorflowEngine } from '../../src/train/engines/tfjs/engine.ts'
import { recipeOf } from '../../src/train/recipes.ts'
import { describeWith } from '../helpers/needs.ts'
import { drawBatch, pointNetwork } from '../helpers/networks.ts'

const seed = 0
const steps = 60
const { T, schedule, predictionType, lossWeighting, learningRate, weightDecay } = recipeOf('post')
const network = pointNetwork({ dim: 2, T, hidden: seedHidden, timeEmbedding: { kind: 'one_hot_linear' } })
const dataset = makeDataset({ name: 'two-moons', rows: 250, noiseLevel: 0.05 }, seed)
const source = {
  x_0: encode(fitEncoding(dataset), dataset),
  schedule: createSchedule(schedule, T),
  predictionType,
  lossWeighting,
  batchSize: 250,
  seed,
}
const options: EngineOptions = {
  network,
  state: initialState(flatten(initialWeights(network, seed), weightShapes(network)), null),
  weightDecay,
  ema: null,
}

/** The losses of the first steps of recipe post. */
async function curve(making: Promise<TrainingEngine>): Promise<number[]> {
  const engine = await making
  const losses: number[] = []
  for (let step = 0; step < steps; step++)
    losses.push(await engine.step(drawBatch(source, step), learningRate))
  await engine.dispose()
  return losses
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

const ours = await curve(createOnnxEngine({ ...options, runtime: { createSession } }))

async function expectSameCurve(other: Promise<TrainingEngine>): Promise<void> {
  const theirs = await curve(other)
  const apart = ours.map((loss, step) => Math.abs(loss / theirs[step]! - 1))
  expect(Math.max(...apart.slice(0, 20))).toBeLessThanOrEqual(1e-4)
  // from there each goes its own way from its own last digits, to the same loss
  expect(Math.max(...apart)).toBeLessThanOrEqual(3e-2)
  expect(Math.abs(mean(ours.slice(-30)) / mean(theirs.slice(-30)) - 1)).toBeLessThanOrEqual(2e-3)
}

it('engine onnx has the losses of engine simd', () =>
  expectSameCurve(createSimdEngine({ ...options, batchSize: source.batchSize })))
describeWith('tensorflow', 'engine onnx', () => {
  it('has the losses of engine tensorflow', () => expectSameCurve(createTensorflowEngine(options)))
})
