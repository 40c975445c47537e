import { describe, expect, it } from 'vitest'
import { predictionTypes } from '../../src/diffusion/prediction.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { exampleCondition } from '../../src/model/inputs.ts'
import { maxAbsDifference, toFloat64 } from '../../src/numerics/points.ts'
import { standardNormals } from '../../src/numerics/random.ts'
import type { Node } from '../../src/onnx/graph.ts'
import { type Float64Tensor, interpretGraph, interpretNode } from '../../src/onnx/interpret.ts'
import { readModel } from '../../src/onnx/read.ts'
import { reference, referenceModel, untrainedModel } from '../helpers/models.ts'
import { petModel } from '../helpers/tables.ts'

const tensor = (shape: number[], data: ArrayLike<number>): Float64Tensor => ({
  shape,
  data: Float64Array.from(data),
})
const upTo = (n: number, from = 1) => Array.from({ length: n }, (_, i) => from + i)

function runNode(op: string, inputs: Float64Tensor[], attributes: Record<string, number> = {}) {
  const names = inputs.map((_, i) => `input_${i}`)
  const node: Node = { name: '', op, inputs: names, outputs: ['y'], attributes }
  return interpretNode(node, new Map(inputs.map((input, i) => [names[i]!, input])))
}

const t = (shape: number[], ...data: number[]) => tensor(shape, data)

describe('interpretNode, as ONNX defines its ops,', () => {
  it.each<[string, string, Float64Tensor[], Float64Tensor, Record<string, number>?]>([
    ['Abs', '', [t([2], -1, 2)], t([2], 1, 2)],
    ['Relu', '', [t([3], -1, 0, 2)], t([3], 0, 0, 2)],
    ['LeakyRelu', '', [t([3], -2, 0, 2)], t([3], -0.5, 0, 2), { alpha: 0.25 }],
    ['LeakyRelu', 'by default', [t([1], -2)], t([1], -0.02)],
    ['Sub', 'of a column and a row', [t([2, 1], 10, 20), t([1, 3], 1, 2, 3)], t([2, 3], 9, 8, 7, 19, 18, 17)],
    ['Add', 'of another rank', [t([2, 2], 1, 2, 3, 4), t([1, 1, 1], 1)], t([1, 2, 2], 2, 3, 4, 5)],
    [
      'Mul',
      'by row and block',
      [tensor([2, 2, 2], upTo(8)), t([2, 1, 2], 1, 10, 100, 1000)],
      t([2, 2, 2], 1, 20, 3, 40, 500, 6000, 700, 8000),
    ],
    ['Gemm', '', [t([1, 2], 1, 2), tensor([2, 3], upTo(6))], t([1, 3], 1 + 8, 2 + 10, 3 + 12)],
    [
      'Gemm',
      'with all attributes',
      [t([2, 1], 1, 2), tensor([3, 2], upTo(6)), t([3], 100, 200, 300)],
      t([1, 3], 2 * (1 + 4) + 50, 2 * (3 + 8) + 100, 2 * (5 + 12) + 150),
      { transA: 1, transB: 1, alpha: 2, beta: 0.5 },
    ],
    [
      'Concat',
      'of columns',
      [t([2, 1], 1, 2), t([2, 2], 3, 4, 5, 6)],
      t([2, 3], 1, 3, 4, 2, 5, 6),
      { axis: 1 },
    ],
    ['Gather', 'of a row', [tensor([3, 2], upTo(6)), t([], 1)], t([2], 3, 4), { axis: 0 }],
    [
      'Gather',
      'of the last column',
      [tensor([2, 3], upTo(6)), t([2], -1, 0)],
      t([2, 2], 3, 1, 6, 4),
      { axis: 1 },
    ],
  ])('computes %s %s', (op, _, inputs, expected, attributes = {}) => {
    const actual = runNode(op, inputs, attributes)
    expect(actual.shape).toEqual(expected.shape)
    expect(Array.from(actual.data)).toEqual(Array.from(expected.data))
  })

  it('propagates a NaN through every op', () => {
    const nan = tensor([1, 1], [Number.NaN])
    const one = tensor([1, 1], [1])
    for (const op of ['Abs', 'Relu', 'LeakyRelu']) expect(runNode(op, [nan]).data[0]).toBeNaN()
    for (const op of ['Add', 'Sub', 'Mul', 'Gemm', 'Concat'])
      expect(runNode(op, [nan, one], op === 'Concat' ? { axis: 0 } : {}).data[0]).toBeNaN()
  })
})

describe('interpretGraph', () => {
  it.each([
    ...predictionTypes.flatMap((predictionType) =>
      ([{ kind: 'one_hot_linear' }, { kind: 'sinusoidal_mlp', width: 8 }] as const).map(
        (timeEmbedding) =>
          [
            `${predictionType}, ${timeEmbedding.kind}`,
            untrainedModel({ T: 30, timeEmbedding }, { predictionType }),
            // LeakyRelu's alpha and the table of sinusoids are float32 in the file
            timeEmbedding.kind === 'one_hot_linear' ? 1e-9 : 1e-6,
          ] as const,
      ),
    ),
    ['a table', petModel(), 1e-6] as const,
  ])(
    'gives for model.onnx the outputs of the reference at every t: %s',
    async (_, { config, weights }, bound) => {
      const { graph, description } = readModel(await exportNoisePredictor({ config, weights }))
      const { network } = description
      const [count, { dim, T }] = [30, network]
      const data = Float64Array.from(standardNormals({ seed: 3, stream: 0, step: 0, start: 0, count, dim }))
      const t = upTo(count).map((i) => 1 + ((i - 1) % T))
      const example = network.takesCondition ? exampleCondition(network, count) : undefined
      const condition = example && { known: toFloat64(example.known), values: toFloat64(example.values) }
      const values = interpretGraph(graph, {
        x_t: tensor([count, dim], data),
        t: tensor([count, 1], t),
        ...(condition && {
          known: tensor([count, condition.known.dim], condition.known.data),
          known_values: tensor([count, dim], condition.values.data),
        }),
      })
      const expected = await referencePredictor(network, weights).predict({ data, count, dim }, t, condition)
      expect(maxAbsDifference(values.get(config.predictionType)!.data, expected.data)).toBeLessThanOrEqual(
        bound,
      )
    },
  )

  it('gives for sampler.onnx the golden trajectory', async () => {
    const { graph } = readModel(await exportSampler(referenceModel, { trajectory: true }))
    const { x_T, noise, trajectory } = reference.ddpm
    const rows = Array.from({ length: 10 }, (_, j) => noise[10 - j]!)
    const values = interpretGraph(graph, {
      x_T: tensor([16, 2], x_T.flat()),
      noise: tensor([10, 16, 2], rows.flat(2)),
    })
    expect(values.get('trajectory')!.shape).toEqual([11, 16, 2])
    // the folded constants are float32
    expect(maxAbsDifference(values.get('trajectory')!.data, trajectory.flat(2))).toBeLessThanOrEqual(1e-5)
    expect(maxAbsDifference(values.get('x_0')!.data, trajectory[10]!.flat())).toBeLessThanOrEqual(1e-5)
  })

  it('names a missing input', async () => {
    const { graph } = readModel(await exportNoisePredictor(referenceModel))
    expect(() => interpretGraph(graph, { x_t: tensor([1, 2], [0, 0]) })).toThrow(/input t is missing/)
  })
})
