import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { cardKey } from '../../src/model/card.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel } from '../helpers/models.ts'
import {
  AttributeProto,
  decodeModel,
  encodeModel,
  type IModel,
  type ITensor,
  TensorProto,
} from '../helpers/onnx.ts'

const bytes = await exportNoisePredictor(referenceModel)

function damaged(change: (model: IModel) => void): Uint8Array {
  const model = decodeModel(bytes)
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
    const { card, network, isSampler } = readModel(bytes)
    expect(network).toMatchObject({ kind: 'whole', weights: referenceModel.weights })
    expect(isSampler).toBe(false)
    expect(card.schedule).toMatchObject({ kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 })
    expect(card.schedule.betas).toHaveLength(11)
    expect(card.scaler).toEqual(referenceModel.config.scaler)
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
      /initializer model\.0\.bias is missing: no constant of the file, whatever its name, has its digest/,
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

  const nodesOf = (m: IModel) => m.graph!.node!

  it.each<[string, () => Uint8Array]>([
    ['as it was exported', () => bytes],
    ['nodes in reverse', () => damaged((m) => void nodesOf(m).reverse())],
    [
      'nodes without names',
      () =>
        damaged((m) => {
          for (const node of nodesOf(m)) node.name = ''
        }),
    ],
    [
      'constants of other names',
      () =>
        damaged((m) => {
          const renamed = (name: string) =>
            m.graph!.initializer!.some((t) => t.name === name) ? `c/${name}` : name
          for (const node of nodesOf(m)) node.input = node.input!.map(renamed)
          for (const tensor of m.graph!.initializer!) tensor.name = `c/${tensor.name}`
        }),
    ],
    [
      'constants in nodes',
      () =>
        damaged((m) => {
          const nodes = m.graph!.initializer!.map((t) => ({
            opType: 'Constant',
            output: [t.name!],
            attribute: [{ name: 'value', type: AttributeProto.AttributeType.TENSOR, t }],
          }))
          m.graph!.node = [...nodes, ...nodesOf(m)]
          m.graph!.initializer = []
        }),
    ],
    [
      'a default spelled out, and one left out',
      () =>
        damaged((m) => {
          nodeOf(m, 'Gemm').attribute!.push({ name: 'alpha', type: AttributeProto.AttributeType.FLOAT, f: 1 })
          nodeOf(m, 'LeakyRelu').attribute = []
        }),
    ],
    [
      'numbers in another field',
      () => damaged((m) => void Object.assign(tensorOf(m, 'one'), { floatData: [1], rawData: undefined })),
    ],
    [
      'an initializer that nothing uses',
      () =>
        damaged(
          (m) =>
            void m.graph!.initializer!.push({
              name: 'more',
              dims: [1],
              dataType: 1,
              rawData: new Uint8Array(4),
            }),
        ),
    ],
    [
      'a node that nothing uses',
      () => damaged((m) => void nodesOf(m).push({ opType: 'Softmax', input: ['t'], output: ['s'] })),
    ],
    [
      'another IR version and opset',
      () =>
        damaged((m) => void Object.assign(m, { irVersion: 10, opsetImport: [{ domain: '', version: 21 }] })),
    ],
    [
      'another domain beside',
      () => damaged((m) => void m.opsetImport!.push({ domain: 'com.microsoft', version: 1 })),
    ],
    ['more metadata', () => damaged((m) => void m.metadataProps!.push({ key: 'licence', value: 'MIT' }))],
    ['no value_info', () => damaged((m) => void (m.graph!.valueInfo = []))],
    [
      'functions and training info',
      () => damaged((m) => void Object.assign(m, { functions: [{ name: 'f' }], trainingInfo: [{}] })),
    ],
    ['sparse initializers', () => damaged((m) => void (m.graph!.sparseInitializer = [{ dims: [1] }]))],
    // field 99, a varint
    ['a field that ONNX does not have', () => followedBy(0x98, 0x06, 0x01)],
    // field 6, the doc string, of 2 bytes
    ['text that is no UTF-8', () => followedBy(0x32, 2, 0xff, 0xfe)],
  ])('reads a file with %s, and gives our own encoding of it', (_, make) => {
    expect(Buffer.from(readModel(make(), 'model.onnx').bytes).equals(bytes)).toBe(true)
  })

  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'external data',
      () =>
        damaged((m) => {
          const tensor = tensorOf(m, 'model.0.weight')
          tensor.dataLocation = TensorProto.DataLocation.EXTERNAL
          tensor.externalData = [{ key: 'location', value: '/etc/passwd' }]
        }),
      /keeps model\.0\.weight in another file: save the model as one file/,
    ],
    [
      'a graph in an attribute',
      () =>
        damaged(
          (m) =>
            void nodeOf(m, 'Gemm').attribute!.push({
              name: 'body',
              type: AttributeProto.AttributeType.GRAPH,
              g: { name: 'inner', node: [{ opType: 'If' }] },
            }),
        ),
      /\(Gemm\) has body of ONNX's type 5, not missing/,
    ],
    [
      'float16',
      () => damaged((m) => void (tensorOf(m, 'one').dataType = TensorProto.DataType.FLOAT16)),
      /is a float16 model: moonstep reads float32 as exported/,
    ],
    [
      'quantised weights',
      () => damaged((m) => void (nodeOf(m, 'Gemm').opType = 'MatMulInteger')),
      /is quantised \(it holds the op MatMulInteger\)/,
    ],
    [
      'an opset of another meaning',
      () => damaged((m) => void (m.opsetImport![0]!.version = 6)),
      /opset 6: moonstep reads 13 and newer/,
    ],
    [
      'an input that nothing computes',
      () => damaged((m) => void (nodeOf(m, 'Gemm').input![0] = 'nowhere')),
      /takes nowhere, which nothing computes,/,
    ],
    [
      'a domain of its own',
      () => damaged((m) => void (nodeOf(m, 'Relu').domain = 'com.example')),
      /\(Relu\) is missing: the node time\/Relu \(com\.example\.Relu\)/,
    ],
    [
      "an op by the name of an object's method",
      () => damaged((m) => void (nodeOf(m, 'Relu').opType = 'constructor')),
      /\(Relu\) is missing: the node time\/Relu \(constructor\)/,
    ],
    [
      'an input too many',
      () => damaged((m) => void nodeOf(m, 'Relu').input!.push('x_t')),
      /takes 2 inputs, not 1/,
    ],
    ['an input too few', () => damaged((m) => void nodeOf(m, 'Sub').input!.pop()), /takes 1 inputs, not 2/],
    ['no output', () => damaged((m) => void (m.graph!.output = [])), /lacks the output epsilon/],
    [
      'an output more',
      () => damaged((m) => void m.graph!.output!.push({ name: 'time/Abs' })),
      /has the output time\/Abs/,
    ],
    [
      'an attribute left out',
      () => damaged((m) => void (nodeOf(m, 'Gemm').attribute = [])),
      /\(Gemm\) has transB 0, not 1/,
    ],
    [
      'an int64 input',
      () =>
        damaged((m) => void (m.graph!.input![1]!.type!.tensorType!.elemType = TensorProto.DataType.INT64)),
      /input t is int64 \[batch,1\], not float32/,
    ],
    ['a length beyond the file', () => followedBy(0x32, 0xff, 0xff, 0xff, 0x7f), /no ONNX file/],
    ['groups within groups', () => followedBy(...many(50_000, 0x7b)), /no ONNX file/],
    [
      'a dimension of none',
      () =>
        damaged(
          (m) => void Object.assign(tensorOf(m, 'one'), { dims: [2 ** 40, 0], rawData: new Uint8Array() }),
        ),
      /initializer one has another number of elements/,
    ],
    [
      'dimensions whose product overflows',
      () => damaged((m) => void (tensorOf(m, 'one').dims = new Array(40).fill(2 ** 31))),
      /initializer one has another number of elements/,
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
      'a network that is larger than the file',
      () => withCard((card) => Object.assign(card.network as object, { hidden: [1e6, 1e6] })),
      /the card's network is larger than the whole file/,
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
      expect(message).toMatch(/^model\.onnx: [^\p{C}\u2028\u2029]{1,550}$/u)
    }
  })
})
