import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type DatasetConfig, makeDataset } from '../src/data/datasets.ts'
import { cleanMoons } from '../src/data/two-moons.ts'
import { exportNoisePredictor, exportSampler } from '../src/export/export-model.ts'
import { loadModel } from '../src/infer/node.ts'
import { sample } from '../src/infer/sample.ts'
import { readRunConfig, readTrainedRun } from '../src/model/run-folder.ts'

const folder = fileURLToPath(new URL('../models/two-moons-seed', import.meta.url))

describe('models/two-moons-seed', () => {
  it('is what its run exports, byte for byte', async () => {
    const run = await readTrainedRun(folder)
    for (const [name, bytes] of [
      ['model.onnx', await exportNoisePredictor(run)],
      ['sampler.onnx', await exportSampler(run)],
    ] as const)
      expect(readFileSync(`${folder}/${name}`).equals(bytes)).toBe(true)
  })

  it("is the post's recipe on TensorFlow", async () => {
    const { training, T, schedule, engine } = await readRunConfig(folder)
    expect(training).toMatchObject({
      recipe: 'seed',
      steps: 5000,
      batchSize: 1000,
      learningRate: 0.01,
      ema: null,
    })
    expect([T, schedule, engine]).toEqual([
      10,
      { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 },
      'tensorflow',
    ])
  })

  it('draws two moons: nine in ten samples lie within 0.2 of the clean curve, and both moons are covered', async () => {
    const model = await loadModel(`${folder}/model.onnx`)
    const { points } = await sample(model, { count: 2000, seed: 11 })
    await model.dispose()
    const curve = cleanMoons(400).data
    const distances = Array.from({ length: points.count }, (_, i) => {
      const [x, y] = [points.data[2 * i]!, points.data[2 * i + 1]!]
      let [nearest, index] = [Number.POSITIVE_INFINITY, 0]
      for (let k = 0; k < 400; k++) {
        const distance = Math.hypot(curve[2 * k]! - x, curve[2 * k + 1]! - y)
        if (distance < nearest) [nearest, index] = [distance, k]
      }
      return { nearest, index }
    })
    expect(distances.every(({ nearest }) => Number.isFinite(nearest))).toBe(true)
    expect(distances.filter(({ nearest }) => nearest < 0.2).length).toBeGreaterThanOrEqual(1800)
    // eighths of each moon: a fair share is 125
    for (let part = 0; part < 16; part++)
      expect(distances.filter(({ index }) => Math.floor(index / 25) === part).length).toBeGreaterThanOrEqual(
        60,
      )
  })

  it('carries the scaler of its data', async () => {
    const { dataset, seed, scaler } = await readRunConfig(folder)
    const { points } = makeDataset(dataset as DatasetConfig, seed)
    for (const d of [0, 1]) {
      const column = Array.from({ length: points.count }, (_, i) => points.data[2 * i + d]!)
      expect([scaler.min[d], scaler.max[d]]).toEqual([Math.min(...column), Math.max(...column)])
    }
  })
})
