import { describe, expect, it } from 'vitest'
import { createNativeSession } from '../../src/infer/providers/onnxruntime-node.ts'
import { graphForWasm } from '../../src/infer/providers/wasm-graph.ts'
import { GraphBuilder } from '../../src/onnx/build/graph-builder.ts'
import { encodeGraph } from '../../src/onnx/proto.ts'
import { decodeModel } from '../helpers/onnx.ts'

const columns = 3

/** Two slopes, one of them twice, and ONNX's default. */
function graph(): Uint8Array {
  const builder = new GraphBuilder()
  const x = builder.input('x', ['batch', columns])
  const leaky = [{ alpha: 0.2 }, { alpha: -1.5 }, { alpha: 0.2 }, {}].map((attributes) =>
    builder.op('LeakyRelu', [x], attributes),
  )
  builder.output('y', builder.op('Concat', leaky, { axis: 1 }))
  return encodeGraph(builder.build(), { name: 'leaky', doc: '', metadata: {} })
}

const values = [1, -1, 0, -0, 1e-40, -1e-40, 3.4e38, -3.4e38, Infinity, -Infinity, Number.NaN, -0.01]

async function run(bytes: Uint8Array): Promise<Uint32Array> {
  const session = await createNativeSession(bytes, { provider: 'cpu', threads: 1 })
  const data = Float32Array.from(values)
  const { y } = await session.run({ x: { data, dims: [values.length / columns, columns] } }, ['y'])
  await session.release()
  return new Uint32Array(y!.buffer, y!.byteOffset, y!.length)
}

describe('graphForWasm', () => {
  it('replaces LeakyRelu by ops with the same bits', async () => {
    const bytes = graph()
    const changed = graphForWasm(bytes)
    const { node, initializer } = decodeModel(changed).graph!
    expect(node!.map(({ opType }) => opType)).toEqual([...Array(4).fill('PRelu'), 'Concat'])
    expect(initializer).toHaveLength(3)
    expect(await run(changed)).toEqual(await run(bytes))
  })

  it('keeps the names of nodes and values, and everything else', () => {
    const [own, changed] = [graph(), graphForWasm(graph())].map((bytes) => decodeModel(bytes))
    const named = (model: typeof own) => model!.graph!.node!.map(({ name, output }) => [name, output])
    expect(named(changed)).toEqual(named(own))
    expect({ ...changed, graph: null }).toEqual({ ...own, graph: null })
    const { input, output, valueInfo } = changed!.graph!
    expect({ input, output, valueInfo }).toEqual({
      input: own!.graph!.input,
      output: own!.graph!.output,
      valueInfo: own!.graph!.valueInfo,
    })
  })

  it('returns a graph without LeakyRelu unchanged', () => {
    const builder = new GraphBuilder()
    builder.output('y', builder.op('Relu', [builder.input('x', ['batch', 1])]))
    const bytes = encodeGraph(builder.build(), { name: 'relu', doc: '', metadata: {} })
    expect(graphForWasm(bytes)).toBe(bytes)
  })
})
