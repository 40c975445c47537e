import { describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { exposeTensors } from '../../src/onnx/graph.ts'
import { interpretGraph } from '../../src/onnx/interpret.ts'
import { encodeGraph, parseGraph } from '../../src/onnx/proto.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel } from '../helpers/models.ts'
import { petModel } from '../helpers/tables.ts'

describe.each([
  ['model.onnx', await exportNoisePredictor(referenceModel)],
  ['sampler.onnx', await exportSampler(referenceModel, { trajectory: true })],
  ['model.onnx of a table', await exportNoisePredictor(petModel())],
] as const)('exposeTensors of %s', (name, bytes) => {
  const feeds = feedsOfBatch(readModel(bytes), 16)
  const { graph, ...info } = parseGraph(bytes, name)
  const exposed = exposeTensors(graph)
  const nodeOutputs = graph.nodes.flatMap(({ outputs }) => outputs)

  it('adds the outputs of all nodes behind the outputs of the graph', () => {
    const names = exposed.outputs.map((value) => value.name)
    expect([...names].sort()).toEqual([...nodeOutputs].sort())
    const own = graph.outputs.map((value) => value.name)
    expect(names.slice(0, own.length)).toEqual(own)
    expect(exposed.inner).toEqual([])
  })

  it('does not change the graph itself', () => {
    expect(Buffer.from(encodeGraph(graph, info)).equals(bytes)).toBe(true)
  })

  it('adds only the chosen tensors', () => {
    const chosen = nodeOutputs[2]!
    const names = exposeTensors(graph, new Set([chosen])).outputs.map((value) => value.name)
    expect(names).toEqual([...graph.outputs.map((value) => value.name), chosen])
  })

  it('gives a graph whose tensors in onnxruntime are near to their float64 interpretation', async () => {
    const session = await createNodeSession(encodeGraph(exposed, info), { provider: 'cpu', threads: 1 })
    const outputs = await session.run(feeds, nodeOutputs)
    await session.release()
    const inputs = Object.entries(feeds).map(([key, { data, dims }]) => [
      key,
      { data: Float64Array.from(data), shape: dims },
    ])
    const values = interpretGraph(graph, Object.fromEntries(inputs))
    for (const each of nodeOutputs) {
      const { data, shape } = values.get(each)!
      expect(outputs[each]).toHaveLength(shape.reduce((product, size) => product * size, 1))
      expect(maxAbsDifference(outputs[each]!, data)).toBeLessThanOrEqual(1e-4)
    }
  })
})
