import { describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { createNodeSession } from '../../src/node/load-model.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { exposeTensors } from '../../src/onnx/graph.ts'
import { interpretGraph } from '../../src/onnx/interpret.ts'
import { encodeGraph, parseGraph } from '../../src/onnx/proto.ts'
import { reference, referenceModel } from '../helpers/models.ts'

const { x_T, noise } = reference.ddpm
const rows = Array.from({ length: 10 }, (_, j) => noise[10 - j]!).flat(2)
const { x_t, t } = reference.forward
const feeds = {
  'model.onnx': {
    x_t: { shape: [x_t.length, 2], data: Float64Array.from(x_t.flat()) },
    t: { shape: [t.length, 1], data: Float64Array.from(t) },
  },
  'sampler.onnx': {
    x_T: { shape: [16, 2], data: Float64Array.from(x_T.flat()) },
    noise: { shape: [10, 16, 2], data: Float64Array.from(rows) },
  },
} as const

describe.each([
  ['model.onnx', await exportNoisePredictor(referenceModel)],
  ['sampler.onnx', await exportSampler(referenceModel, { trajectory: true })],
] as const)('exposeTensors of %s', (name, bytes) => {
  const { graph, ...info } = parseGraph(bytes, name)
  const exposed = exposeTensors(graph)
  const nodeOutputs = graph.nodes.flatMap(({ outputs }) => outputs)

  it("makes every node's output an output, the graph's own first", () => {
    const names = exposed.outputs.map((value) => value.name)
    expect([...names].sort()).toEqual([...nodeOutputs].sort())
    const own = graph.outputs.map((value) => value.name)
    expect(names.slice(0, own.length)).toEqual(own)
    expect(exposed.inner).toEqual([])
  })

  it('leaves the graph itself as it was', () => {
    expect(Buffer.from(encodeGraph(graph, info)).equals(bytes)).toBe(true)
  })

  it('exposes chosen tensors alone', () => {
    const chosen = nodeOutputs[2]!
    const names = exposeTensors(graph, new Set([chosen])).outputs.map((value) => value.name)
    expect(names).toEqual([...graph.outputs.map((value) => value.name), chosen])
  })

  it('runs on onnxruntime, every tensor near to its float64 interpretation', async () => {
    const session = await createNodeSession(encodeGraph(exposed, info), { provider: 'cpu', threads: 1 })
    const inputs = feeds[name]
    const float32 = Object.fromEntries(
      Object.entries(inputs).map(([key, { shape, data }]) => [
        key,
        { data: Float32Array.from(data), dims: shape },
      ]),
    )
    const outputs = await session.run(float32, nodeOutputs)
    await session.release()
    const values = interpretGraph(graph, inputs)
    for (const each of nodeOutputs) {
      const { data, shape } = values.get(each)!
      expect(outputs[each]).toHaveLength(shape.reduce((product, size) => product * size, 1))
      expect(maxAbsDifference(outputs[each]!, data)).toBeLessThanOrEqual(1e-4)
    }
  })
})
