import { describe, expect, it } from 'vitest'
import { createStepSession } from '../../src/node/training.ts'
import { TrainingGraphBuilder, type TrainingOp, trainingOps } from '../../src/onnx/build/training.ts'
import type { TensorType, Value } from '../../src/onnx/graph.ts'
import { inferOutput, type OpDefinition, ops } from '../../src/onnx/ops.ts'
import { encodeGraph } from '../../src/onnx/proto.ts'

const float = (...shape: TensorType['shape']): TensorType => ({ shape, dtype: 'float32' })
const index = (...shape: TensorType['shape']): TensorType => ({ shape, dtype: 'int32' })
const infer = (op: TrainingOp, inputs: TensorType[], attributes: Record<string, number> = {}) =>
  inferOutput(trainingOps[op], inputs, attributes)

describe('the output of a training op', () => {
  it.each<[TrainingOp, TensorType[], Record<string, number>, TensorType]>([
    ['Div', [float(3, 'batch'), float(1, 1)], {}, float(3, 'batch')],
    ['Sqrt', [float(3, 'batch')], {}, float(3, 'batch')],
    ['Clip', [float(3, 'batch'), float(), float()], {}, float(3, 'batch')],
    ['ReduceSum', [float(3, 'batch')], { keepdims: 0 }, float()],
    ['ReduceSum', [float(3, 'batch')], {}, float(1, 1)],
    ['Flatten', [float(3, 4)], { axis: 0 }, float(1, 12)],
    ['Flatten', [float(3, 1, 'batch')], { axis: 1 }, float(3, 'batch')],
    ['Cast', [float(1, 'batch')], { to: 6 }, index(1, 'batch')],
    ['ScatterElements', [float(1, 9), index(1, 'batch'), float(1, 'batch')], { axis: 1 }, float(1, 9)],
    ['Gemm', [float(3, 'batch'), float(4, 'batch')], { transB: 1 }, float(3, 4)],
  ])('of %s for %j %j is %j', (op, inputs, attributes, output) => {
    expect(infer(op, inputs, attributes)).toEqual(output)
  })

  it.each<[TrainingOp, TensorType[], Record<string, number>, RegExp]>([
    ['Div', [float(3), float(2)], {}, /broadcast/],
    ['Clip', [float(3), float(1), float()], {}, /a bound has the shape \[1\]/],
    ['Clip', [float(3)], {}, /1 inputs/],
    ['Flatten', [float(3, 'batch')], { axis: 0 }, /do not broadcast/],
    ['Flatten', [float(3)], { axis: 2 }, /axis 2 of \[3\]/],
    ['Cast', [float(3)], { to: 7 }, /type 7, not to int32/],
    ['Cast', [index(3)], { to: 6 }, /is int32, not float32/],
    ['ScatterElements', [float(1, 9), float(1, 4), float(1, 4)], { axis: 1 }, /input 1 is float32/],
    ['ScatterElements', [float(1, 9), index(1, 4), float(1, 5)], { axis: 1 }, /of \[1,5\] at \[1,4\]/],
    ['ScatterElements', [float(9), index(1, 4), float(1, 4)], { axis: 0 }, /into \[9\]/],
    ['ScatterElements', [float(1, 9), index(1, 4), float(1, 4)], { axis: 2 }, /axis 2/],
  ])('of %s for %j %j is refused', (op, inputs, attributes, message) => {
    expect(() => infer(op, inputs, attributes)).toThrow(message)
  })
})

describe('TrainingGraphBuilder', () => {
  const build = () => {
    const graph = new TrainingGraphBuilder()
    return { graph, x: graph.input('x', [1, 6]) }
  }
  const refused: [string, (graph: TrainingGraphBuilder, x: Value) => unknown, RegExp][] = [
    ['a reshape to more elements', (graph, x) => graph.reshape(x, [2, 4]), /to \[2,4\]: the numbers/],
    ['a reshape of a free size', (graph) => graph.reshape(graph.input('y', ['batch']), [2]), /batch isn't/],
    ['a split that leaves elements', (graph, x) => graph.split(x, [2, 3], 1), /into 2,3: they add up to 5/],
    ['a split on an axis that the value lacks', (graph, x) => graph.split(x, [6], 2), /they add up to 6/],
  ]
  it.each(refused)('refuses %s', (_, attempt, message) => {
    const { graph, x } = build()
    expect(() => attempt(graph, x)).toThrow(message)
  })

  it('splits, reshapes and scatters as onnxruntime does', async () => {
    const { graph, x } = build()
    const [a, b] = graph.split(x, [2, 4], 1)
    const indices = graph.op('Cast', [graph.input('at', [1, 'batch'])], { to: 6 })
    const [matrix, added] = [
      graph.reshape(b!, [2, 2]),
      graph.op('ScatterElements', [a!, indices, graph.input('of', [1, 'batch'])], { axis: 1 }),
    ]
    graph.output('matrix', matrix)
    graph.output('added', added)
    expect([matrix.shape, added.shape]).toEqual([
      [2, 2],
      [1, 2],
    ])
    const session = await createStepSession(
      encodeGraph(graph.build(), { name: 'g', doc: 'g', metadata: {} }),
      { threads: 1 },
    )
    const tensor = (...data: number[]) => ({ data: Float32Array.from(data), dims: [1, data.length] })
    const feeds = { x: tensor(1, 2, 3, 4, 5, 6), at: tensor(1, 0, 1), of: tensor(10, 20, 30) }
    const results = await session.run(feeds, ['matrix', 'added'])
    await session.release()
    expect(results).toEqual({ matrix: Float32Array.of(3, 4, 5, 6), added: Float32Array.of(21, 42) })
  })

  it('adds each constant once', () => {
    const { graph, x } = build()
    expect(graph.scalar(2)).toBe(graph.scalar(2))
    graph.reshape(x, [2, 3])
    graph.reshape(x, [2, 3])
    const { constants } = graph.build()
    expect([...constants.keys()]).toEqual(['scalar 2', 'shape 2x3'])
    expect(constants.get('shape 2x3')?.bytes).toEqual(
      Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0),
    )
  })
})

describe('the table of ops of model files', () => {
  it('has no op that only training needs', () => {
    const added = Object.keys(trainingOps).filter((name) => !Object.hasOwn(ops, name))
    expect(added.sort()).toEqual(['Log', 'ReduceSum', 'ScatterElements', 'Sqrt'])
    for (const [name, definition] of Object.entries<OpDefinition>(ops))
      expect(trainingOps[name as TrainingOp]).toBe(definition)
  })
})
