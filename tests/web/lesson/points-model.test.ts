import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { digestOf } from '../../../src/core/bytes.ts'
import { readSafetensors } from '../../../src/model/weights.ts'
import type { PointsConfig } from '../../../web/src/committed-model.ts'
import { modelOfRun } from '../../../web/src/worker/points-model.ts'
import { plainReverseProcess, startPoints } from '../../../web/src/worker/process.ts'
import { modelOfFile } from '../../../web/src/worker/reader-file.ts'
import { root } from '../helpers.ts'

const runs = readdirSync(join(root, 'models'), { withFileTypes: true })
  // a diffusers network has no run
  .filter(({ name }) => existsSync(join(root, 'models', name, 'config.json')))
  .map(({ name }) => {
    const read = (file: string) => readFileSync(join(root, 'models', name, file))
    const config = JSON.parse(read('config.json').toString()) as PointsConfig
    return { name, config, weights: read('weights.safetensors'), onnx: read('model.onnx') }
  })
  .filter(({ config }) => config.scaler)

it('there are runs to compare, among them a student', () => {
  expect(runs.length).toBeGreaterThanOrEqual(7)
  expect(runs.filter(({ config }) => config.teacher)).not.toEqual([])
})

it.each(runs)(
  'computes the run of $name to the bits of its model.onnx',
  async ({ config, weights, onnx }) => {
    const run = modelOfRun(config, readSafetensors(weights).tensors)
    const file = modelOfFile(onnx, 'model.onnx')
    expect(run.columns).toEqual(file.columns)
    const { betas, alphaBars, T } = run.description.schedule
    expect(betas).toEqual(file.description.schedule.betas)
    expect(alphaBars).toEqual(file.description.schedule.alphaBars)
    expect(run.description.recommended).toEqual(file.description.recommended)
    for (const part of ['dataset', 'seed', 'teacher'] as const)
      expect(run.origin[part]).toEqual(file.origin[part])

    const x_T = startPoints(run, 5, 60)
    for (const t of [1, Math.ceil(T / 2), T]) {
      const [ofRun, ofFile] = [await run.predictor.predict(x_T, t), await file.predictor.predict(x_T, t)]
      expect(ofRun.data.every(Number.isFinite)).toBe(true)
      expect(ofRun.data).toEqual(ofFile.data)
    }
    const samplesOf = async (model: typeof run) => {
      let x_0 = x_T
      for await (const { x } of plainReverseProcess(model, model.description.process(), 5, x_T)) x_0 = x
      return x_0.data
    }
    const samples = await samplesOf(run)
    expect(samples).not.toEqual(x_T.data)
    expect(samples).toEqual(await samplesOf(file))
  },
)

it('names each teacher by the digest of its weights.safetensors', () => {
  for (const { config } of runs) {
    const teacher = runs.find(({ name }) => name === config.teacher?.name)
    expect(teacher && digestOf(teacher.weights)).toBe(config.teacher?.sha256)
  }
})
