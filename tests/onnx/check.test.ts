import { describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { checkModel } from '../../src/onnx/check.ts'
import { AttributeProto, decodeModel, type IModel, type INode, TensorProto } from '../../src/onnx/proto.ts'
import { referenceModel } from '../helpers/models.ts'

const bytes = await exportNoisePredictor(referenceModel)
const fresh = () => decodeModel(bytes, 'model.onnx')
const nodesOf = (model: IModel) => model.graph!.node!
const find = (model: IModel, op: string): INode => nodesOf(model).find((node) => node.opType === op)!

describe('checkModel', () => {
  it('passes both files', async () => {
    expect(() => checkModel(fresh())).not.toThrow()
    const sampler = await exportSampler(referenceModel, { trajectory: true })
    expect(() => checkModel(decodeModel(sampler, 'sampler.onnx'))).not.toThrow()
  })

  it.each<[string, (model: IModel) => void, RegExp]>([
    ['another IR version', (m) => void (m.irVersion = 9), /IR version 9/],
    ['another opset', (m) => void (m.opsetImport![0]!.version = 18), /opset/],
    ['a second opset', (m) => void m.opsetImport!.push({ domain: 'ai.onnx.ml', version: 1 }), /opset/],
    ['nodes out of order', (m) => void nodesOf(m).reverse(), /not computed before it/],
    ['two nodes of one name', (m) => void (nodesOf(m)[1]!.name = nodesOf(m)[0]!.name!), /missing or taken/],
    [
      'two values of one name',
      (m) => void (nodesOf(m)[1]!.output![0] = nodesOf(m)[0]!.output![0]!),
      /two values/,
    ],
    ['an input that nothing computes', (m) => void (find(m, 'Gemm').input![0] = 'nowhere'), /nowhere/],
    [
      'an op that is not in use',
      (m) => void (find(m, 'Relu').opType = 'Softmax'),
      /Softmax is not an op in use/,
    ],
    ['a domain', (m) => void (find(m, 'Relu').domain = 'com.example'), /Relu holds domain/],
    [
      "an op by the name of an object's method",
      (m) => void (find(m, 'Relu').opType = 'constructor'),
      /not an op/,
    ],
    ['an input too many', (m) => void find(m, 'Relu').input!.push('x_t'), /2 inputs/],
    ['an input too few', (m) => void find(m, 'Sub').input!.pop(), /1 inputs/],
    ['no output', (m) => void (find(m, 'Relu').output = []), /0 outputs/],
    ['an unknown attribute', (m) => void (find(m, 'Gemm').attribute![0]!.name = 'transC'), /transC/],
    [
      'a mistyped attribute',
      (m) =>
        void Object.assign(find(m, 'Gemm').attribute![0]!, {
          type: AttributeProto.AttributeType.FLOAT,
          f: 1,
        }),
      /transB/,
    ],
    ['shapes that do not fit', (m) => void (find(m, 'Gemm').attribute = []), /inner dimensions/],
    ['an axis out of range', (m) => void (find(m, 'Concat').attribute![0]!.i = 2), /axis 2/],
    [
      'an int64 initializer',
      (m) => void (m.graph!.initializer![0]!.dataType = TensorProto.DataType.INT64),
      /type 7, which is not in use/,
    ],
    [
      'an initializer cut off',
      (m) => void (m.graph!.initializer![0]!.rawData = new Uint8Array(4)),
      /4 bytes/,
    ],
    ['a missing value_info', (m) => void m.graph!.valueInfo!.pop(), /has no value_info/],
    [
      'a value_info of nothing',
      (m) => void (m.graph!.valueInfo![0]!.name = 'nothing'),
      /no node computes it/,
    ],
    [
      'a wrong shape declared',
      (m) => void (m.graph!.output![0]!.type!.tensorType!.shape!.dim![1] = { dimValue: 3 }),
      /declared float32\[batch,3\], inference gives float32\[batch,2\]/,
    ],
    [
      'an int64 input',
      (m) => void (m.graph!.input![1]!.type!.tensorType!.elemType = TensorProto.DataType.INT64),
      /t is of ONNX's type 7/,
    ],
    ['no graph output', (m) => void (m.graph!.output = []), /no value_info|no output/],
  ])('finds %s', (_, damage, message) => {
    const model = fresh()
    damage(model)
    expect(() => checkModel(model)).toThrow(message)
  })
})
