import proto, { type onnx as types } from 'onnx-proto'

/** ONNX's own messages, for tests that change files as other programs may. */
export const { AttributeProto, ModelProto, TensorProto } = proto.onnx

export type IModel = types.IModelProto
export type INode = types.INodeProto
export type ITensor = types.ITensorProto

export function decodeModel(bytes: Uint8Array): IModel {
  return ModelProto.decode(bytes)
}

export function encodeModel(model: IModel): Uint8Array {
  return ModelProto.encode(model).finish()
}
