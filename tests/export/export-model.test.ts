import { describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel, untrainedModel } from '../helpers/models.ts'
import { decodeModel, type IModel, TensorProto } from '../helpers/onnx.ts'
import { petModel } from '../helpers/tables.ts'

const model = await exportNoisePredictor(referenceModel)
const sampler = await exportSampler(referenceModel, { trajectory: true })
const files: [string, Uint8Array][] = [
  ['model.onnx', model],
  ['sampler.onnx', sampler],
  ['model.onnx of a table', await exportNoisePredictor(petModel())],
  ['sampler.onnx of a table', await exportSampler(petModel(), { trajectory: true })],
]

const shapeOf = (proto: IModel, name: string) =>
  [...proto.graph!.input!, ...proto.graph!.output!]
    .find((value) => value.name === name)!
    .type!.tensorType!.shape!.dim!.map((dim) => dim.dimParam || Number(dim.dimValue))

/** The initializers that Gather takes its indices from. */
const indices = /^known\.(numbers|number_blocks)$|^column_\d+\.(dimensions|gap)$|\.index$/

describe.each(files)('the file %s', (_, bytes) => {
  const proto = decodeModel(bytes)

  it('has IR version 8, opset 17, a producer, its version and a description', () => {
    expect(Number(proto.irVersion)).toBe(8)
    expect(proto.opsetImport!.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', 17]])
    expect(proto.producerName).toBe('moonstep')
    expect(proto.producerVersion).toMatch(/^\d+\.\d+\.\d+$/)
    expect(proto.docString).not.toBe('')
  })

  it('has float32 tensors and int32 indices alone, and a value_info for each', () => {
    const { node, initializer, valueInfo, input, output } = proto.graph!
    const { FLOAT, INT32 } = TensorProto.DataType
    for (const tensor of initializer!)
      expect(tensor.dataType).toBe(indices.test(tensor.name!) ? INT32 : FLOAT)
    const described = [...valueInfo!, ...output!]
    const cast = node!.filter(({ opType }) => opType === 'Cast').flatMap(({ output }) => output!)
    for (const { name, type } of [...described, ...input!])
      expect(type!.tensorType!.elemType).toBe(cast.includes(name!) ? INT32 : FLOAT)
    expect(new Set(described.map((value) => value.name))).toEqual(new Set(node!.flatMap((n) => n.output!)))
  })

  it('has a card with a digest of each initializer, and neither a time nor a path', () => {
    const { card } = readModel(bytes)
    expect(Object.keys(card.digests)).toEqual(proto.graph!.initializer!.map((tensor) => tensor.name))
    expect(new TextDecoder('latin1').decode(bytes)).not.toMatch(/\/home\/|\/tmp\/|202\d-\d\d/)
  })
})

describe('model.onnx', () => {
  it('has the documented inputs and outputs, and the weights by their names', () => {
    const proto = decodeModel(model)
    expect(shapeOf(proto, 'x_t')).toEqual(['batch', 2])
    expect(shapeOf(proto, 't')).toEqual(['batch', 1])
    expect(shapeOf(proto, 'epsilon')).toEqual(['batch', 2])
    const names = proto.graph!.initializer!.map((tensor) => tensor.name)
    expect(names).toEqual(expect.arrayContaining([...referenceModel.weights.keys()]))
  })

  it('is exported to the same bytes each time', async () => {
    expect(Buffer.from(await exportNoisePredictor(referenceModel)).equals(model)).toBe(true)
  })
})

describe('sampler.onnx', () => {
  it('has the documented inputs and outputs', async () => {
    const proto = decodeModel(sampler)
    expect(shapeOf(proto, 'x_T')).toEqual(['batch', 2])
    expect(shapeOf(proto, 'noise')).toEqual([10, 'batch', 2])
    expect(shapeOf(proto, 'x_0')).toEqual(['batch', 2])
    expect(shapeOf(proto, 'samples')).toEqual(['batch', 2])
    expect(shapeOf(proto, 'trajectory')).toEqual([11, 'batch', 2])
    const plain = decodeModel(await exportSampler(referenceModel))
    expect(plain.graph!.output!.map(({ name }) => name)).toEqual(['x_0', 'samples'])
  })

  it('is exported to the same bytes each time', async () => {
    expect(Buffer.from(await exportSampler(referenceModel, { trajectory: true })).equals(sampler)).toBe(true)
  })
})

describe('an export', () => {
  it('numbers the columns if the config has no names', () => {
    expect(readModel(model).card.columns).toEqual(['x0', 'x1'])
  })

  it.each([
    [untrainedModel({ dim: 3 }, { scaler: { min: [0], max: [1] } }), /scaler has 1 column,.* for 3/],
    [untrainedModel({}, { columns: ['a'] }), /1 column names for 2/],
    [
      { ...untrainedModel({ T: 5 }), config: { ...untrainedModel({ T: 6 }).config } },
      /t_encoder\.weight.*\[1,5\].*\[1,6\]/,
    ],
  ])('refuses a config that does not fit the weights (%#)', async (trained, message) => {
    await expect(exportNoisePredictor(trained)).rejects.toThrow(message)
  })

  it('refuses steps that the model does not have', async () => {
    await expect(exportSampler(referenceModel, { numSteps: 11 })).rejects.toThrow(/1 to 10/)
    await expect(exportSampler(referenceModel, { timesteps: [3, 5] })).rejects.toThrow(/descending/)
    await expect(exportSampler(referenceModel, { timesteps: [5], numSteps: 1 })).rejects.toThrow(/not both/)
  })

  it('refuses numbers beyond float32', async () => {
    const steep = { kind: 'betas', betas: new Array(40).fill(0.999) } as const
    await expect(exportSampler(untrainedModel({ T: 40 }, { schedule: steep }))).rejects.toThrow(
      /overflows float32 by step \d+, at t = \d+/,
    )
    const wide = { min: [-1e300, 0], max: [1e300, 1] }
    await expect(exportNoisePredictor(untrainedModel({}, { scaler: wide }))).rejects.toThrow(/beyond float32/)
    const endless = { kind: 'karras', sigmaMin: 0.1, sigmaMax: 20, rho: Number.POSITIVE_INFINITY } as const
    await expect(exportNoisePredictor(untrainedModel({ T: 1 }, { schedule: endless }))).rejects.toThrow(/rho/)
    const model = untrainedModel({})
    model.weights.get('model.0.weight')!.data[0] = Number.NaN
    await expect(exportNoisePredictor(model)).rejects.toThrow(/not finite in float32/)
  })
})
