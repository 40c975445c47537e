import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Network, weightShapes } from '../../src/model/network.ts'
import { createStepSession } from '../../src/node/training.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { gradientGraph } from '../../src/train/engines/onnx/gradient.ts'
import type { StepTensor } from '../../src/train/engines/onnx/session.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { type PointShape, pointNetwork } from '../helpers/networks.ts'

const { at } = folderOf('step')

const batch = 12
const normals = (step: number, rows: number, columns: number): StepTensor => ({
  data: standardNormals({ seed: 0, stream: streams.x_T, step, start: 0, count: rows, dim: columns }),
  dims: [rows, columns],
})

function feedsFor(network: Network): Record<string, StepTensor> {
  const weights = weightShapes(network).map(([name, [rows = 0, columns = 1]], k) => [
    name,
    normals(2 + k, rows, columns),
  ])
  return {
    x_t: normals(0, network.dim, batch),
    target: normals(1, network.dim, batch),
    t: { data: Float32Array.from({ length: batch }, (_, i) => 1 + (i % network.T)), dims: [1, batch] },
    factors: {
      data: new Float32Array(batch * network.dim).fill(2 / (batch * network.dim)),
      dims: [network.dim, batch],
    },
    ...Object.fromEntries(weights),
  }
}

describeWith('onnx', 'the gradient of a training step, with Python', () => {
  it.each<[string, PointShape]>([
    ['the post', { dim: 2, T: 10, hidden: [100, 100, 100, 20], timeEmbedding: { kind: 'one_hot_linear' } }],
    ['one of everything', { dim: 1, T: 1, hidden: [1], timeEmbedding: { kind: 'one_hot_linear' } }],
    [
      'sinusoids, no hidden layer',
      { dim: 17, T: 30, hidden: [], timeEmbedding: { kind: 'sinusoidal_mlp', width: 8 } },
    ],
    ['sinusoids', { dim: 3, T: 7, hidden: [5, 4], timeEmbedding: { kind: 'sinusoidal_mlp', width: 2 } }],
  ])('checker, strict inference and onnxruntime agree on it: %s', async (_, shape) => {
    const network = pointNetwork(shape)
    const [bytes, feeds] = [gradientGraph(network), feedsFor(network)]
    const [model, inputs] = [at('step.onnx'), at('inputs.json')]
    writeFileSync(model, bytes)
    const plain = Object.entries(feeds).map(([name, { data, dims }]) => [name, { data: [...data], dims }])
    writeFileSync(inputs, JSON.stringify(Object.fromEntries(plain)))
    const script = new URL('check_onnx.py', import.meta.url).pathname
    const report = execFileSync(python, [script, model, inputs], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    const { declared, inferred, alone, outputs } = JSON.parse(report)
    expect(inferred).toEqual(declared)
    expect(alone).toEqual(declared)
    const session = await createStepSession(bytes, { threads: 1 })
    const names = ['loss', ...weightShapes(network).map(([name]) => `gradient/${name}`)]
    const ours = await session.run(feeds, names)
    await session.release()
    for (const name of names) {
      const largest = Math.max(1, ...ours[name]!.map(Math.abs))
      expect(maxAbsDifference(outputs[name], ours[name]!) / largest).toBeLessThanOrEqual(1e-4)
    }
  })
})
