import proto, { type onnx as types } from 'onnx-proto'
import protobuf from 'protobufjs/minimal.js'
import { InputError, messageOf } from '../core/errors.ts'

// onnx-proto is a CommonJS module: its names come with the default import, its types by name
export const { AttributeProto, ModelProto, TensorProto } = proto.onnx

export type IModel = types.IModelProto
export type IGraph = types.IGraphProto
export type INode = types.INodeProto
export type IAttribute = types.IAttributeProto
export type ITensor = types.ITensorProto
export type IValueInfo = types.IValueInfoProto

export function encodeModel(model: IModel): Uint8Array {
  return ModelProto.encode(model, protobuf.Writer.create() as never).finish()
}

/** Errors: bytes that are no ONNX file. */
export function decodeModel(bytes: Uint8Array, file: string): IModel {
  try {
    const model = ModelProto.decode(protobuf.Reader.create(bytes) as never)
    if (model.graph?.node?.length) return model
  } catch (error) {
    throw new InputError(`${file} is no ONNX file: ${messageOf(error)}`)
  }
  throw new InputError(`${file} is no ONNX file: it holds no graph`)
}

/**
 * Whether `bytes` are just what `encodeModel` makes of the model decoded from them. They aren't where they
 * hold a field that the decoder skips, a field twice, or text that is no UTF-8: another reader might see
 * another model there.
 */
export function isEncodingOf(bytes: Uint8Array, model: IModel): boolean {
  const encoded = encodeModel(model)
  return encoded.length === bytes.length && encoded.every((byte, i) => byte === bytes[i])
}
