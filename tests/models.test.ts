import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { teacherSamples } from '../src/cli/measured-samples.ts'
import { digestOf } from '../src/core/bytes.ts'
import { spacedTimesteps } from '../src/diffusion/schedule.ts'
import { distillation } from '../src/distill/distill.ts'
import { exportNoisePredictor, exportSampler } from '../src/export/export-model.ts'
import { sample } from '../src/infer/sample.ts'
import { closenessOf } from '../src/measure/closeness.ts'
import { slicedWasserstein2 } from '../src/measure/distances/sliced-wasserstein.ts'
import { teacherDistance, toColumns } from '../src/measure/distances/subsets.ts'
import { loadModel } from '../src/node/providers.ts'
import { readRunConfig, readRunTable, readTrainedRun } from '../src/node/run-folder.ts'
import { type DatasetConfig, datasetNames, makeDataset } from '../src/table/datasets/index.ts'
import { moonPlace } from '../src/table/datasets/two-moons.ts'
import { encode } from '../src/table/encodings/encode.ts'
import { encodingOf } from '../src/table/encodings/encoding.ts'
import { readTable } from '../src/table/formats/read-table.ts'
import { namesOf } from '../src/table/table.ts'
import type { TrainedCloseness } from '../src/train/closeness.ts'
import { dataSizeOf, recipeOf } from '../src/train/recipes.ts'

const models = fileURLToPath(new URL('../models', import.meta.url))

interface Quality {
  recipe: string
  dataset: DatasetConfig
  samples: number
  data: number
  slicedWasserstein2: number
  energyV: number
  coverage: number
  null: Pick<Quality, 'slicedWasserstein2' | 'energyV' | 'coverage'>
}

/** `npm run models` writes it beside the models. */
const quality: Record<string, Quality> = JSON.parse(readFileSync(`${models}/quality.json`, 'utf8'))

it('models/ has the default recipe on each built-in dataset, the post’s, and a student', () => {
  expect(Object.keys(quality).sort()).toEqual([...datasetNames, 'two-moons-seed', 'two-moons-student'].sort())
})

describe.each(Object.entries(quality))('models/%s', (name, figures) => {
  const folder = `${models}/${name}`

  it('is what its run exports, byte for byte', async () => {
    const run = await readTrainedRun(folder)
    for (const [file, bytes] of [
      ['model.onnx', await exportNoisePredictor(run)],
      ['sampler.onnx', await exportSampler(run)],
    ] as const)
      expect(readFileSync(`${folder}/${file}`).equals(bytes)).toBe(true)
  })

  const isStudent = name === 'two-moons-student'
  if (!isStudent)
    it('is its recipe on TensorFlow', async () => {
      const { training, T, schedule, engine, dataset, predictionType, hidden } = await readRunConfig(folder)
      const recipe = recipeOf(name === 'two-moons-seed' ? 'post' : 'points')
      expect(training.recipe).toBe(name === 'two-moons-seed' ? 'seed' : 'default')
      expect([T, schedule, engine, predictionType]).toEqual([
        recipe.T,
        recipe.schedule,
        'tensorflow',
        recipe.predictionType,
      ])
      expect([training.steps, training.batchSize, hidden]).toEqual([5000, 1000, [100, 100, 100, 20]])
      expect(dataset).toEqual(figures.dataset)
    })

  it('carries the scaler of its data', async () => {
    const { dataset, seed, scaler = { min: [], max: [] } } = await readRunConfig(folder)
    const { columns } = makeDataset(dataset as DatasetConfig, seed!)
    expect(columns).toHaveLength(2)
    for (const [d, { cells }] of columns.entries())
      expect([scaler.min[d], scaler.max[d]]).toEqual([Math.min(...cells), Math.max(...cells)])
  })

  it('draws samples as near to fresh points as quality.json says', async () => {
    await using model = await loadModel(`${folder}/sampler.onnx`)
    const { card } = model
    const { table } = await sample(model, { count: figures.samples })
    const fresh = makeDataset({ ...figures.dataset, rows: figures.data }, card.seed! + 1)
    const columns = [fresh, table].map((rows) => toColumns(encode(encodingOf(card), rows), name))
    const distance = await slicedWasserstein2(columns[0]!, columns[1]!)
    // the sampler.onnx draws what model.onnx drew, to float32's rounding
    expect(Math.abs(distance - figures.slicedWasserstein2)).toBeLessThanOrEqual(1e-5)
  })
})

/** `npm run models` writes it beside the models of tables. */
const tables: Record<string, TrainedCloseness> = JSON.parse(readFileSync(`${models}/tables.json`, 'utf8'))

it('models/ has two tables', () => {
  expect(Object.keys(tables)).toEqual(['penguins', 'census'])
})

describe.each(Object.entries(tables))('models/%s', (name, figures) => {
  const folder = `${models}/${name}`

  it('is what its run exports, byte for byte', async () => {
    const run = await readTrainedRun(folder)
    expect(readFileSync(`${folder}/model.onnx`).equals(await exportNoisePredictor(run))).toBe(true)
    expect(readFileSync(`${folder}/sampler.onnx`).equals(await exportSampler(run))).toBe(true)
  })

  it('is the recipe table on TensorFlow, and has rows set aside', async () => {
    const { training, T, schedule, engine, dataset, encoding } = await readRunConfig(folder)
    const train = await readTable(undefined, `${folder}/train.csv`)
    const { steps, batchSize } = recipeOf('table', dataSizeOf(train))
    expect(training).toMatchObject({
      recipe: 'table',
      steps,
      batchSize: Math.min(batchSize!, train.count),
    })
    expect([T, schedule, engine]).toEqual([recipeOf('table').T, recipeOf('table').schedule, 'tensorflow'])
    expect(encoding?.columns.map(({ name }) => name)).toEqual(namesOf(train))
    expect(dataset).toMatchObject({ file: `${name}.csv` })
  })

  it('draws samples as close to the rows set aside as tables.json says', async () => {
    const config = await readRunConfig(folder)
    const holdout = await readRunTable(`${folder}/holdout.csv`, config)
    await using model = await loadModel(`${folder}/sampler.onnx`)
    const { table } = await sample(model, { count: 5000 })
    const { shapes, trends } = closenessOf(holdout, { name: 'the samples', ...table })
    expect([holdout.count, figures.against]).toEqual([figures.rows, 'holdout'])
    expect(Math.abs(shapes - figures.shapes)).toBeLessThanOrEqual(1e-3)
    expect(Math.abs(trends! - figures.trends!)).toBeLessThanOrEqual(1e-3)
  })
})

describe('the default recipe’s models', () => {
  it.each(datasetNames)('of %s is near to the data', (name) => {
    const { slicedWasserstein2: distance, coverage, null: real } = quality[name]!
    // a set of a thousand training points is itself three times as far from the data as ten thousand are
    expect(distance).toBeLessThanOrEqual(4 * real.slicedWasserstein2)
    expect(coverage).toBeGreaterThan(0.7)
  })
})

describe('models/two-moons-student', () => {
  const [student, teacher] = ['two-moons-student', 'two-moons'].map((name) => `${models}/${name}`)

  it('is distilled from models/two-moons as distill does it, on TensorFlow', async () => {
    const { training, engine, teacher: named, numSteps } = await readRunConfig(student!)
    const { steps, batchSize, learningRate, pairs } = distillation
    expect([engine, numSteps]).toEqual(['tensorflow', 1])
    expect(training).toMatchObject({ recipe: 'distillation', steps, batchSize, learningRate })
    expect(named).toEqual({
      name: 'two-moons',
      sha256: digestOf(readFileSync(`${teacher}/weights.safetensors`)),
      sampler: { name: 'dpmsolver++', order: 2 },
      timesteps: spacedTimesteps(17, 17),
      pairs,
      seed: 0,
    })
  })

  it('is as near to the data in one evaluation as its teacher in ten, and near to its teacher', async () => {
    const distances = ['two-moons-student', 'two-moons'].map((name) => quality[name]!.slicedWasserstein2)
    expect(distances[0]).toBeLessThanOrEqual(1.1 * distances[1]!)
    const paths = [student, teacher].map((folder) => `${folder}/model.onnx`) as [string, string]
    const { warnings, ...pairs } = await teacherSamples(...paths, 2000)
    expect(warnings).toEqual([])
    // the moons are 2 wide in scaled space
    expect(teacherDistance(pairs).mean).toBeLessThanOrEqual(0.01)
  })
})

describe('models/two-moons-seed', () => {
  it('draws two moons: nine in ten samples lie within 0.2 of the clean curve, and both moons are covered', async () => {
    await using model = await loadModel(`${models}/two-moons-seed/model.onnx`)
    const { points } = await sample(model, { count: 2000, seed: 11 })
    const curve = Array.from({ length: 400 }, (_, i) => moonPlace(i, 400)).flat()
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
})
