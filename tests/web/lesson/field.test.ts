import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { internalsOf } from '../../../src/infer/model.ts'
import { sessionPredictor } from '../../../src/infer/session.ts'
import { exportModel } from '../../../src/node/export.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { train } from '../../../src/node/training.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { noiseField } from '../../../web/src/worker/field.ts'
import { modelOfRun } from '../../../web/src/worker/points-model.ts'
import { modelOfFile } from '../../../web/src/worker/reader-file.ts'
import { root } from '../helpers.ts'

const [count, dim] = [300, 2]
const x_t = {
  data: standardNormals({ seed: 1, stream: streams.x_T, step: 0, start: 0, count, dim }),
  count,
  dim,
}

it.each([
  ['two-moons-seed', 'epsilon'],
  ['two-moons', 'v_prediction'],
] as const)('turns the noise round that %s predicts by %s, as onnxruntime has it', async (name, type) => {
  const path = join(root, 'models', name, 'model.onnx')
  const model = await loadModel(path)
  const { predictionType, schedule, T } = model.card
  expect(predictionType).toBe(type)
  for (const t of [1, 5, T]) {
    const { data } = await sessionPredictor(internalsOf(model).session, predictionType).predict(x_t, t)
    const alphaBar = schedule.betas.slice(0, t + 1).reduce((product, beta) => product * (1 - beta), 1)
    const [signal, noise] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)]
    // v = signal epsilon - noise x_0 and x_t = signal x_0 + noise epsilon, solved for epsilon by way of x_0
    const expected = Array.from(data, (output, k) => {
      if (type === 'epsilon') return -output
      const x_0 = signal * x_t.data[k]! - noise * output
      return -(x_t.data[k]! - signal * x_0) / noise
    })
    const field = await noiseField(modelOfFile(readFileSync(path), path), x_t, t)
    expect(maxAbsDifference(field.data, expected)).toBeLessThanOrEqual(1e-4)
  }
  await model.dispose()
})

it('has the same field for a network that is learning as for the model that is made of it', async () => {
  const run = await train({
    dataset: 'circles',
    recipe: 'points',
    hidden: [16, 16],
    steps: 40,
    engine: 'simd',
  })
  const file = modelOfFile((await exportModel({ run })).model, 'the export')
  const learning = modelOfRun(run.config, run.weights)
  for (const t of [1, 6, run.config.T]) {
    const [expected, field] = [await noiseField(file, x_t, t), await noiseField(learning, x_t, t)]
    expect(maxAbsDifference(field.data, expected.data)).toBeLessThanOrEqual(1e-6)
    expect(Math.max(...expected.data.map(Math.abs))).toBeGreaterThan(0.1)
  }
})
