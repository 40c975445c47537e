import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { cardKey } from '../../src/model/card.ts'
import {
  AttributeProto,
  decodeModel,
  encodeModel,
  type IModel,
  type ITensor,
  TensorProto,
} from '../../src/onnx/proto.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel } from '../helpers/models.ts'

const bytes = await exportNoisePredictor(referenceModel)

function damaged(change: (model: IModel) => void): Uint8Array {
  const model = decodeModel(bytes, 'model.onnx')
  change(model)
  return encodeModel(model)
}

function withCard(change: (card: Record<string, unknown>) => void): Uint8Array {
  return damaged((model) => {
    const entry = model.metadataProps!.find(({ key }) => key === cardKey)!
    const card = JSON.parse(entry.value!)
    change(card)
    entry.value = JSON.stringify(card)
  })
}

describe('readModel', () => {
  it('gives the card and the weights that were exported', () => {
    const { card, initializers, isSampler } = readModel(bytes)
    expect(isSampler).toBe(false)
    expect(card.schedule).toMatchObject({ kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 })
    expect(card.schedule.betas).toHaveLength(11)
    expect(card.scaler).toEqual(referenceModel.config.scaler)
    for (const [name, tensor] of referenceModel.weights) expect(initializers.get(name)).toEqual(tensor)
  })

  it('tells a sampler by its card', async () => {
    const { card, isSampler, inputs, outputs } = readModel(
      await exportSampler(referenceModel, { numSteps: 5 }),
    )
    expect(isSampler).toBe(true)
    expect(card.sampler).toEqual({
      name: 'ddpm',
      variance: 'fixed_small',
      timesteps: [10, 8, 6, 4, 2],
    })
    expect([inputs, outputs]).toEqual([
      ['x_T', 'noise'],
      ['x_0', 'samples'],
    ])
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /no ONNX file/],
    ['random bytes', Uint8Array.from({ length: 300 }, (_, i) => (i * 137) % 256), /no ONNX file/],
    ['a file cut off', bytes.slice(0, bytes.length / 2), /no ONNX file/],
    ['a foreign model', damaged((m) => void (m.metadataProps = [])), /no model card/],
    ['a card that is no JSON', damaged((m) => void (m.metadataProps![0]!.value = '{')), /no JSON/],
    ['a card of a newer format', withCard((card) => void (card.format = 99)), /format 99.*update moonstep/],
    ['a card without T', withCard((card) => void delete card.T), /model card: T/],
    ['a card of other columns', withCard((card) => void (card.columns = ['x'])), /another number/],
    [
      'one weight changed',
      damaged((m) => {
        const tensor = m.graph!.initializer!.find(({ name }) => name === 'model.4.weight')!
        tensor.rawData = Uint8Array.from(tensor.rawData!)
        tensor.rawData[17]! ^= 1
      }),
      /initializer model\.4\.weight is not what was exported/,
    ],
    [
      'an initializer missing',
      damaged(
        (m) =>
          void (m.graph!.initializer = m.graph!.initializer!.filter(({ name }) => name !== 'model.0.bias')),
      ),
      /model\.0\.bias is missing/,
    ],
  ])('refuses %s', (_, file, message) => {
    expect(() => readModel(file, 'model.onnx')).toThrow(InputError)
    expect(() => readModel(file, 'model.onnx')).toThrow(message)
  })

  const tensorOf = (m: IModel, name: string): ITensor =>
    m.graph!.initializer!.find((tensor) => tensor.name === name)!
  const nodeOf = (m: IModel, op: string) => m.graph!.node!.find(({ opType }) => opType === op)!
  const followedBy = (...tail: number[]) => Uint8Array.from([...bytes, ...tail])
  const many = (count: number, ...unit: number[]) => Array.from({ length: count }, () => unit).flat()

  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'external data',
      () =>
        damaged((m) => {
          const tensor = tensorOf(m, 'model.0.weight')
          tensor.dataLocation = TensorProto.DataLocation.EXTERNAL
          tensor.externalData = [{ key: 'location', value: '/etc/passwd' }]
        }),
      /initializer model\.0\.weight holds (externalData|dataLocation)/,
    ],
    [
      'numbers in another field than raw_data',
      () => damaged((m) => void (tensorOf(m, 'one').floatData = [1])),
      /initializer one holds floatData/,
    ],
    [
      'numbers in another field alone',
      () => damaged((m) => void Object.assign(tensorOf(m, 'one'), { floatData: [1], rawData: undefined })),
      /initializer one has not the size/,
    ],
    [
      'sparse initializers',
      () => damaged((m) => void (m.graph!.sparseInitializer = [{ dims: [1] }])),
      /holds sparseInitializer/,
    ],
    ['functions', () => damaged((m) => void (m.functions = [{ name: 'f' }])), /holds functions/],
    ['training info', () => damaged((m) => void (m.trainingInfo = [{}])), /holds trainingInfo/],
    [
      'a graph in an attribute',
      () =>
        damaged(
          (m) =>
            void nodeOf(m, 'Relu').attribute!.push({
              name: 'body',
              type: AttributeProto.AttributeType.GRAPH,
              g: { name: 'inner', node: [{ opType: 'If' }] },
            }),
        ),
      /attribute body holds g/,
    ],
    [
      'an attribute twice',
      () => damaged((m) => void nodeOf(m, 'Gemm').attribute!.push(nodeOf(m, 'Gemm').attribute![0]!)),
      /transB is there twice/,
    ],
    [
      'another opset domain',
      () => damaged((m) => void m.opsetImport!.push({ domain: 'com.microsoft', version: 1 })),
      /opset/,
    ],
    [
      'a second card',
      () => damaged((m) => void m.metadataProps!.push(m.metadataProps![0]!)),
      /2 metadata entries/,
    ],
    ['a second graph', () => Uint8Array.from([...bytes, ...bytes]), /export it again/],
    // field 99, a varint
    ['a field that ONNX does not have', () => followedBy(0x98, 0x06, 0x01), /more than its ONNX fields/],
    // field 6, the doc string, of 2 bytes
    ['text that is no UTF-8', () => followedBy(0x32, 2, 0xff, 0xfe), /more than its ONNX fields/],
    ['a length beyond the file', () => followedBy(0x32, 0xff, 0xff, 0xff, 0x7f), /no ONNX file/],
    ['groups within groups', () => followedBy(...many(50_000, 0x7b)), /no ONNX file/],
    [
      'a dimension of none',
      () =>
        damaged(
          (m) => void Object.assign(tensorOf(m, 'one'), { dims: [2 ** 40, 0], rawData: new Uint8Array() }),
        ),
      /one is not what was exported|dimension of size 0/,
    ],
    [
      'dimensions whose product overflows',
      () => damaged((m) => void (tensorOf(m, 'one').dims = new Array(40).fill(2 ** 31))),
      /initializer one has not the size/,
    ],
    [
      'a dimension that is a number and a name',
      () => damaged((m) => void (m.graph!.input![0]!.type!.tensorType!.shape!.dim![0]!.dimValue = 1)),
      /a dimension of x_t has not one size/,
    ],
    [
      'a graph of another width than the card',
      () =>
        withCard((card) => Object.assign(card, { dim: 1, columns: ['a'], scaler: { min: [0], max: [1] } })),
      /golden call of the card is not of 1 columns/,
    ],
    [
      'a network that is not the card’s',
      () => withCard((card) => Object.assign(card.network as object, { hidden: [7] })),
      /the card's network needs model\.0\.weight \[7,3\]/,
    ],
    [
      'golden rows of another length',
      () => withCard((card) => void (card.golden as { x_t: number[] }[])[0]!.x_t.pop()),
      /golden call/,
    ],
    ['no golden calls', () => withCard((card) => void (card.golden = [])), /no golden call/],
    [
      'timesteps beyond T',
      () => withCard((card) => void ((card.recommended as { timesteps: number[] }).timesteps[0] = 11)),
      /recommended\.timesteps do not fall from 10/,
    ],
    [
      'timesteps of a teacher that rise',
      () =>
        withCard((card) => {
          const sampler = { name: 'ddim', eta: 0 }
          card.teacher = { name: 'a', sha256: 'b', sampler, timesteps: [3, 7], pairs: 1, seed: 0 }
        }),
      /teacher\.timesteps do not fall/,
    ],
    [
      'a beta too few',
      () => withCard((card) => void (card.schedule as { betas: number[] }).betas.pop()),
      /10 betas, not 11/,
    ],
    [
      'a small file of a large computation',
      () =>
        damaged((m) => {
          // [batch, 1] and its transpose make batch x batch
          m.graph!.node!.push({
            name: 'square',
            opType: 'Gemm',
            input: ['t', 't'],
            output: ['square'],
            attribute: [{ name: 'transB', type: AttributeProto.AttributeType.INT, i: 1 }],
          })
          const dim = [{ dimParam: 'batch' }, { dimParam: 'batch' }]
          m.graph!.valueInfo!.push({ name: 'square', type: { tensorType: { elemType: 1, shape: { dim } } } })
        }),
      /square \[batch,batch\] has two free dimensions/,
    ],
  ])('refuses %s', (_, make, message) => {
    const file = make()
    expect(() => readModel(file, 'model.onnx')).toThrow(InputError)
    expect(() => readModel(file, 'model.onnx')).toThrow(message)
  })

  it('says so in one line of bounded length, whatever the names in the file', () => {
    for (const name of ['a\nb\u001b[2J\u2028', 'long'.repeat(10_000)]) {
      const file = damaged((m) => void (tensorOf(m, 'one').name = name))
      let message = ''
      try {
        readModel(file, 'model.onnx')
      } catch (error) {
        message = (error as Error).message
      }
      expect(message).toMatch(/^model\.onnx: the initializer [^\p{C}\u2028\u2029]{1,500}$/u)
    }
  })
})
