import { describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { cardKey } from '../../src/model/card.ts'
import { encodeModelFile } from '../../src/onnx/card-graph.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel } from '../helpers/models.ts'
import {
  AttributeProto,
  decodeModel,
  encodeModel,
  type IModel,
  type INode,
  type ITensor,
  TensorProto,
} from '../helpers/onnx.ts'
import { expectRefused } from '../helpers/refusals.ts'

const bytes = await exportNoisePredictor(referenceModel)

type Edit = (model: IModel) => unknown
/** The parts of a card that are changed here. */
interface WrittenCard {
  T?: number
  readonly network: object
  readonly golden: { readonly x_t: unknown[] }[]
  readonly recommended: { readonly timesteps: number[] }
  readonly schedule: { readonly betas: number[] }
}
type CardEdit = (card: WrittenCard) => unknown

function damaged(change: Edit): Uint8Array {
  const model = decodeModel(bytes)
  change(model)
  return encodeModel(model)
}

function withCard(change: CardEdit): Uint8Array {
  return damaged((model) => {
    const entry = model.metadataProps!.find(({ key }) => key === cardKey)!
    const card: WrittenCard = JSON.parse(entry.value!)
    change(card)
    entry.value = JSON.stringify(card)
  })
}

const tensorOf = (m: IModel, name: string): ITensor =>
  m.graph!.initializer!.find((tensor) => tensor.name === name)!
const set = Object.assign
const nodesOf = (m: IModel): INode[] => m.graph!.node!
const nodeOf = (m: IModel, op: string) => nodesOf(m).find(({ opType }) => opType === op)!
const followedBy = (...tail: number[]) => Uint8Array.from([...bytes, ...tail])
const { FLOAT16, INT64 } = TensorProto.DataType
const { FLOAT, GRAPH, TENSOR } = AttributeProto.AttributeType

describe('readModel', () => {
  it('gives the card and the weights that were exported', () => {
    const { card, network, isSampler } = readModel(bytes)
    expect(network).toMatchObject({ kind: 'whole', weights: referenceModel.weights })
    expect(isSampler).toBe(false)
    expect(card.schedule).toMatchObject({ kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 })
    expect(card.schedule.betas).toHaveLength(11)
    expect(card.scaler).toEqual(referenceModel.config.scaler)
  })

  it('recognises a sampler by its card', async () => {
    const file = readModel(await exportSampler(referenceModel, { numSteps: 5 }))
    expect(file.isSampler).toBe(true)
    expect(file.card.sampler).toEqual({
      name: 'ddpm',
      variance: 'fixed_small',
      timesteps: [10, 8, 6, 4, 2],
    })
    expect([file.inputs, file.outputs]).toEqual([
      ['x_T', 'noise'],
      ['x_0', 'samples'],
    ])
  })
})

describe('a file that another program has saved is read as our own encoding', () => {
  it.each<[string, Edit]>([
    ['as it was exported', () => {}],
    ['with nodes in reverse', (m) => nodesOf(m).reverse()],
    ['with nodes without names', (m) => nodesOf(m).map((node) => set(node, { name: '' }))],
    [
      'with constants of other names',
      (m) => {
        const renamed = (name: string) => (tensorOf(m, name) ? `c/${name}` : name)
        for (const node of nodesOf(m)) node.input = node.input!.map(renamed)
        for (const tensor of m.graph!.initializer!) tensor.name = `c/${tensor.name}`
      },
    ],
    [
      'with constants in nodes',
      (m) => {
        const nodes = m.graph!.initializer!.map((t) => ({
          opType: 'Constant',
          output: [t.name!],
          attribute: [{ name: 'value', type: TENSOR, t }],
        }))
        m.graph!.node = [...nodes, ...nodesOf(m)]
        m.graph!.initializer = []
      },
    ],
    [
      'with a default written out',
      (m) => nodeOf(m, 'Gemm').attribute!.push({ name: 'alpha', type: FLOAT, f: 1 }),
    ],
    ['with a default left out', (m) => set(nodeOf(m, 'LeakyRelu'), { attribute: [] })],
    ['with other fields of numbers', (m) => set(tensorOf(m, 'one'), { floatData: [1], rawData: undefined })],
    [
      'with an unused initializer',
      (m) => m.graph!.initializer!.push({ name: 'more', dims: [1], dataType: 1, rawData: new Uint8Array(4) }),
    ],
    ['with an unused node', (m) => nodesOf(m).push({ opType: 'Softmax', input: ['t'], output: ['s'] })],
    ['of another version', (m) => set(m, { irVersion: 10, opsetImport: [{ domain: '', version: 21 }] })],
    ['with another domain', (m) => m.opsetImport!.push({ domain: 'com.microsoft', version: 1 })],
    ['with more metadata', (m) => m.metadataProps!.push({ key: 'licence', value: 'MIT' })],
    ['without value_info', (m) => set(m.graph!, { valueInfo: [] })],
    ['with functions and more', (m) => set(m, { functions: [{ name: 'f' }], trainingInfo: [{}] })],
    ['with sparse initializers', (m) => set(m.graph!, { sparseInitializer: [{ dims: [1] }] })],
  ])('%s', (_, edit) => {
    expect(Buffer.from(encodeModelFile(readModel(damaged(edit), 'model.onnx'))).equals(bytes)).toBe(true)
  })

  it.each([
    // field 99, a varint
    ['with a field that ONNX does not have', followedBy(0x98, 0x06, 0x01)],
    // field 6, the doc string, of 2 bytes
    ['with text that is not UTF-8', followedBy(0x32, 2, 0xff, 0xfe)],
  ])('%s', (_, file) => {
    expect(Buffer.from(encodeModelFile(readModel(file, 'model.onnx'))).equals(bytes)).toBe(true)
  })
})

describe('a file is refused in one line', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['if it is empty', new Uint8Array(0), /no ONNX file/],
    ['if it is random bytes', Uint8Array.from({ length: 300 }, (_, i) => (i * 137) % 256), /no ONNX file/],
    ['if it is cut', bytes.slice(0, bytes.length / 2), /no ONNX file/],
    ['if a length is beyond its end', followedBy(0x32, 0xff, 0xff, 0xff, 0x7f), /no ONNX file/],
    ['if groups are nested', followedBy(...new Array(50_000).fill(0x7b)), /no ONNX file/],
  ])('%s', (_, file, message) => {
    expectRefused(() => readModel(file, 'model.onnx'), message)
  })

  it.each<[string, Edit, RegExp]>([
    ['without a card', (m) => set(m, { metadataProps: [] }), /no model card/],
    ['with a card that is not JSON', (m) => set(m.metadataProps![0]!, { value: '{' }), /no JSON/],
    [
      'with one weight changed',
      (m) => {
        const tensor = tensorOf(m, 'model.4.weight')
        tensor.rawData = Uint8Array.from(tensor.rawData!)
        tensor.rawData[17]! ^= 1
      },
      /initializer model\.4\.weight is not what was exported/,
    ],
    [
      'without an initializer',
      (m) => set(tensorOf(m, 'model.0.bias'), { rawData: new Uint8Array(400), name: 'other' }),
      /initializer model\.0\.bias is missing: no constant of the file, whatever its name, has its digest/,
    ],
    [
      'with weights in another file',
      (m) =>
        set(tensorOf(m, 'model.0.weight'), {
          dataLocation: TensorProto.DataLocation.EXTERNAL,
          externalData: [{ key: 'location', value: '/etc/passwd' }],
        }),
      /keeps model\.0\.weight in another file: save the model as one file/,
    ],
    [
      'with a graph in an attribute',
      (m) =>
        nodeOf(m, 'Gemm').attribute!.push({ name: 'body', type: GRAPH, g: { node: [{ opType: 'If' }] } }),
      /\(Gemm\) has body of ONNX's type 5, not missing/,
    ],
    ['in float16', (m) => set(tensorOf(m, 'one'), { dataType: FLOAT16 }), /is a float16 model: moonstep/],
    [
      'with quantised weights',
      (m) => set(nodeOf(m, 'Gemm'), { opType: 'MatMulInteger' }),
      /is quantised \(it holds the op Mat/,
    ],
    ['of an old opset', (m) => set(m.opsetImport![0]!, { version: 6 }), /opset 6: moonstep reads 13 and/],
    [
      'with an input from nowhere',
      (m) => nodeOf(m, 'Gemm').input!.splice(0, 1, 'nowhere'),
      /takes nowhere, which nothing/,
    ],
    [
      'with an op of another domain',
      (m) => set(nodeOf(m, 'Relu'), { domain: 'com.example' }),
      /\(Relu\) is missing: the node time\/Relu \(com\.example\.Relu\)/,
    ],
    [
      "with an op that is called like an object's method",
      (m) => set(nodeOf(m, 'Relu'), { opType: 'constructor' }),
      /\(Relu\) is missing: the node time\/Relu \(constructor\)/,
    ],
    ['with an input too many', (m) => nodeOf(m, 'Relu').input!.push('x_t'), /takes 2 inputs, not 1/],
    ['with an input too few', (m) => nodeOf(m, 'Sub').input!.pop(), /takes 1 inputs, not 2/],
    ['without an output', (m) => set(m.graph!, { output: [] }), /lacks the output epsilon/],
    ['with another output', (m) => m.graph!.output!.push({ name: 'time/Abs' }), /has the output time\/Abs/],
    [
      'without an attribute',
      (m) => set(nodeOf(m, 'Gemm'), { attribute: [] }),
      /\(Gemm\) has transB 0, not 1/,
    ],
    [
      'with an int64 input',
      (m) => set(m.graph!.input![1]!.type!.tensorType!, { elemType: INT64 }),
      /input t is int64 \[batch,1\]/,
    ],
    [
      'with a dimension of 0',
      (m) => set(tensorOf(m, 'one'), { dims: [2 ** 40, 0], rawData: new Uint8Array() }),
      /initializer one has another number of elements/,
    ],
    [
      'with dimensions whose product overflows',
      (m) => set(tensorOf(m, 'one'), { dims: new Array(40).fill(2 ** 31) }),
      /initializer one has another number of elements/,
    ],
  ])('%s', (_, edit, message) => {
    const file = damaged(edit)
    expectRefused(() => readModel(file, 'model.onnx'), message)
  })

  const teacher = { name: 'a', sha256: 'b', sampler: { name: 'ddim', eta: 0 }, pairs: 1, seed: 0 }
  it.each<[string, CardEdit, RegExp]>([
    ['of a newer format', (card) => set(card, { format: 99 }), /format 99.*update moonstep/],
    ['without T', (card) => delete card.T, /model card: T/],
    ['of other columns', (card) => set(card, { columns: ['x'] }), /another number/],
    [
      'of another width than the graph',
      (card) => set(card, { dim: 1, columns: ['a'], scaler: { min: [0], max: [1] } }),
      /golden call of the card is not of 1 columns/,
    ],
    ['of another network', (card) => set(card.network, { hidden: [7] }), /needs model\.0\.weight \[7,3\]/],
    [
      'of a network that is larger than the file',
      (card) => set(card.network, { hidden: [1e6, 1e6] }),
      /the card's network is larger than the whole file/,
    ],
    ['with golden rows of another length', (card) => card.golden[0]!.x_t.pop(), /golden call/],
    ['without golden calls', (card) => set(card, { golden: [] }), /no golden call/],
    [
      'with timesteps beyond T',
      (card) => card.recommended.timesteps.splice(0, 1, 11),
      /recommended\.timesteps do not fall/,
    ],
    [
      'with timesteps of a teacher that rise',
      (card) => set(card, { teacher: { ...teacher, timesteps: [3, 7] } }),
      /teacher\.timesteps do not fall/,
    ],
    ['with a beta too few', (card) => card.schedule.betas.pop(), /10 betas, not 11/],
  ])('with a card %s', (_, edit, message) => {
    const file = withCard(edit)
    expectRefused(() => readModel(file, 'model.onnx'), message)
  })

  it('of bounded length, whatever the names in the file', () => {
    for (const name of ['a\nb\u001b[2J\u2028', 'long'.repeat(10_000)]) {
      const file = damaged((m) => set(tensorOf(m, 'one'), { name }))
      expectRefused(() => readModel(file, 'model.onnx'), /^model\.onnx: [^\p{C}\u2028\u2029]{1,550}$/u)
    }
  })
})
