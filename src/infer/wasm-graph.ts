import { attributesOf } from '../onnx/interpret.ts'
import { decodeModel, encodeModel, type INode, type ITensor, TensorProto } from '../onnx/proto.ts'

/** ONNX's default of LeakyRelu's alpha. */
const defaultSlope = 0.01

/**
 * The same graph as onnxruntime's WASM runs it soonest: LeakyRelu, fused or not, is a branch an element there, and a
 * sixth of 100,000 samples' time; PRelu computes the same bits without. The native provider has it the other way
 * round, so files hold LeakyRelu (docs/decisions/0010).
 */
export function graphForWasm(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes, 'the model')
  const graph = model.graph!
  const slopes = new Map<number, ITensor>()
  const node = graph.node!.map((each): INode => {
    if (each.opType !== 'LeakyRelu') return each
    const { alpha = defaultSlope } = attributesOf(each)
    const slope = slopes.get(alpha) ?? scalar(`LeakyRelu.alpha.${slopes.size}`, alpha)
    slopes.set(alpha, slope)
    return { ...each, opType: 'PRelu', input: [...each.input!, slope.name!], attribute: [] }
  })
  if (slopes.size === 0) return bytes
  const initializer = [...(graph.initializer ?? []), ...slopes.values()]
  return encodeModel({ ...model, graph: { ...graph, node, initializer } })
}

function scalar(name: string, value: number): ITensor {
  const rawData = new Uint8Array(4)
  new DataView(rawData.buffer).setFloat32(0, value, true)
  return { name, dims: [1], dataType: TensorProto.DataType.FLOAT, rawData }
}
