import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { isStochastic } from '../../src/diffusion/samplers/index.ts'
import { exportNoisePredictor, exportSampler, type TrainedModel } from '../../src/export/export-model.ts'
import type { Tensor } from '../../src/infer/session.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { maxAbsDifference, pointsFromRows } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { encodingOf } from '../../src/table/encodings/encoding.ts'
import { encodeSamples } from '../../src/table/formats/files.ts'
import { tableOfPoints } from '../../src/table/table.ts'
import { folderOf } from '../helpers/folders.ts'
import { reference, referenceModel, untrainedModel } from '../helpers/models.ts'
import { describeWith, python } from '../helpers/needs.ts'

const { at } = folderOf('onnx')

interface Report {
  declared: Record<string, (number | string)[]>
  inferred: Record<string, (number | string)[]>
  alone: Record<string, (number | string)[]>
  outputs: Record<string, number[]>
}

function check(bytes: Uint8Array, feeds: Record<string, Tensor>): Report {
  const [model, inputs] = [at('model.onnx'), at('inputs.json')]
  writeFileSync(model, bytes)
  const plain = Object.entries(feeds).map(([name, { data, dims }]) => [name, { data: [...data], dims }])
  writeFileSync(inputs, JSON.stringify(Object.fromEntries(plain)))
  const script = new URL('check_onnx.py', import.meta.url).pathname
  return JSON.parse(execFileSync(python, [script, model, inputs], { encoding: 'utf8', maxBuffer: 2 ** 28 }))
}

const normals = (count: number, dim: number): Float32Array =>
  standardNormals({ seed: 0, stream: streams.x_T, step: 0, start: 0, count, dim })

describeWith('onnx', 'with Python', () => {
  const models: [string, TrainedModel][] = [
    ['the reference model', referenceModel],
    ['one column, one timestep', untrainedModel({ dim: 1, T: 1 })],
    ['17 columns, no hidden layer', untrainedModel({ dim: 17, T: 30, hidden: [] })],
    ['sinusoids', untrainedModel({ T: 30, timeEmbedding: { kind: 'sinusoidal_mlp', width: 32 } })],
    [
      'v_prediction, dpmsolver++',
      untrainedModel({}, { predictionType: 'v_prediction', sampler: { name: 'dpmsolver++', order: 2 } }),
    ],
    [
      'sample, ddim',
      untrainedModel({ T: 9 }, { predictionType: 'sample', sampler: { name: 'ddim', eta: 0.5 } }),
    ],
  ]

  it.each(models)('checker, strict inference and onnxruntime agree on model.onnx: %s', async (_, trained) => {
    const dim = trained.config.scaler?.min.length ?? 0
    const bytes = await exportNoisePredictor(trained)
    const feeds = {
      x_t: { data: normals(50, dim), dims: [50, dim] },
      t: { data: Float32Array.from({ length: 50 }, (_, i) => 1 + (i % trained.config.T)), dims: [50, 1] },
    }
    const { declared, inferred, alone, outputs } = check(bytes, feeds)
    expect(inferred).toEqual(declared)
    expect(alone).toEqual(declared)
    const session = await createNodeSession(bytes, { provider: 'cpu' })
    const name = trained.config.predictionType
    const ours = await session.run(feeds, [name])
    await session.release()
    expect(maxAbsDifference(outputs[name]!, ours[name]!)).toBeLessThanOrEqual(1e-5)
  })

  it.each(models)(
    'checker, strict inference and onnxruntime agree on sampler.onnx: %s',
    async (_, trained) => {
      const dim = trained.config.scaler?.min.length ?? 0
      const { T } = trained.config
      const bytes = await exportSampler(trained, { trajectory: true })
      const feeds = {
        x_T: { data: normals(20, dim), dims: [20, dim] },
        ...(isStochastic(trained.config.sampler)
          ? { noise: { data: normals(T * 20, dim), dims: [T, 20, dim] } }
          : {}),
      }
      const { declared, inferred, alone, outputs } = check(bytes, feeds)
      expect(inferred).toEqual(declared)
      expect(alone).toEqual(declared)
      const names = ['x_0', 'samples', 'trajectory']
      const session = await createNodeSession(bytes, { provider: 'cpu' })
      const ours = await session.run(feeds, names)
      await session.release()
      for (const name of names) {
        const largest = Math.max(1, ...outputs[name]!.map(Math.abs))
        expect(maxAbsDifference(outputs[name]!, ours[name]!) / largest).toBeLessThanOrEqual(1e-5)
      }
    },
  )

  it("Python's onnxruntime gives the golden outputs to 1e-5", async () => {
    const { x_t, t, epsilon } = reference.forward
    const { outputs } = check(await exportNoisePredictor(referenceModel), {
      x_t: { data: pointsFromRows(x_t).data, dims: [x_t.length, 2] },
      t: { data: Float32Array.from(t), dims: [t.length, 1] },
    })
    expect(maxAbsDifference(outputs.epsilon!, epsilon.flat())).toBeLessThanOrEqual(1e-5)
  })

  it('NumPy reads our .npy', () => {
    const path = at('points.npy')
    const points = { data: normals(7, 3), count: 7, dim: 3 }
    const { columns } = encodingOf({ scaler: { min: [0, 0, 0], max: [1, 1, 1] }, columns: ['a', 'b', 'c'] })
    writeFileSync(path, encodeSamples(path, tableOfPoints(columns, points)))
    const program =
      'import numpy, sys, json; a = numpy.load(sys.argv[1]); print(json.dumps([a.shape, str(a.dtype), a.tolist()]))'
    const [shape, dtype, rows] = JSON.parse(execFileSync(python, ['-c', program, path], { encoding: 'utf8' }))
    expect([shape, dtype]).toEqual([[7, 3], 'float32'])
    expect(Float32Array.from(rows.flat())).toEqual(points.data)
  })
})
