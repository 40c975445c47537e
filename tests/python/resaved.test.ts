import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { sample } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/providers.ts'
import { encodeModelFile } from '../../src/onnx/card-graph.ts'
import { readModel } from '../../src/onnx/read.ts'
import { folderOf } from '../helpers/folders.ts'
import { referenceModel, untrainedModel } from '../helpers/models.ts'
import { describeWith, python } from '../helpers/needs.ts'

const quiet = () => {}
const sinusoids = untrainedModel({ T: 20, timeEmbedding: { kind: 'sinusoidal_mlp', width: 8 } })

const models: [string, () => Promise<Uint8Array>][] = [
  ['model.onnx', () => exportNoisePredictor(referenceModel)],
  ['model.onnx with sinusoids', () => exportNoisePredictor(sinusoids)],
  ['sampler.onnx', () => exportSampler(referenceModel)],
  ['sampler.onnx of ddim', () => exportSampler(referenceModel, { sampler: 'ddim', eta: 0 })],
  [
    'sampler.onnx of dpmsolver++ in five steps with sinusoids',
    () => exportSampler(sinusoids, { sampler: 'dpmsolver++', numSteps: 5, trajectory: true }),
  ],
  ['sampler.onnx of heun', () => exportSampler(referenceModel, { sampler: 'heun', trajectory: true })],
  ['sampler.onnx of one step', () => exportSampler(referenceModel, { numSteps: 1, onWarning: quiet })],
]

const same = [
  'saved',
  'with shapes inferred',
  'with other metadata',
  'renamed',
  'in another order',
  'with constants in nodes',
  'with numbers in a list',
  'of a newer opset',
  'simplified',
]

const { folder } = folderOf('resaved')

describeWith('onnx tools', 'a model that another tool has touched', () => {
  const script = fileURLToPath(new URL('resave.py', import.meta.url))
  const folderOf = (name: string) => join(folder, name.replaceAll(/\W/g, '_'))
  const originals = new Map<string, Uint8Array>()
  beforeAll(async () => {
    for (const [name, make] of models) {
      const bytes = await make()
      originals.set(name, bytes)
      mkdirSync(folderOf(name))
      writeFileSync(join(folderOf(name), 'original.onnx'), bytes)
    }
    execFileSync(python, [script, ...models.map(([name]) => folderOf(name))], { stdio: 'pipe' })
  }, 240_000)

  const samplesOf = async (bytes: Uint8Array) => {
    await using model = await loadModel(bytes, { threads: 1 })
    const { points } = await sample(model, { count: 50, seed: 3, onWarning: quiet })
    return points.data
  }

  it.each(models.map(([name]) => name))('%s, the same in meaning, gives the same samples', async (name) => {
    const original = originals.get(name)!
    const samples = await samplesOf(original)
    for (const way of same) {
      const bytes = readFileSync(join(folderOf(name), `${way}.onnx`))
      // what a runtime gets is our own encoding
      expect([way, Buffer.from(encodeModelFile(readModel(bytes, way))).equals(original)]).toEqual([way, true])
      expect([way, await samplesOf(bytes)]).toEqual([way, samples])
    }
  })

  it.each(models.map(([name]) => name))('%s in another precision is refused in plain words', (name) => {
    const read = (way: string) => () => readModel(readFileSync(join(folderOf(name), `${way}.onnx`)), 'it')
    expect(read('float16')).toThrow(InputError)
    expect(read('float16')).toThrow(/^it is a float16 model: moonstep reads float32 as exported/)
    expect(read('quantised')).toThrow(InputError)
    expect(read('quantised')).toThrow(/^it is quantised \(it holds the op \w+\): moonstep reads float32/)
  })
})
