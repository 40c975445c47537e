import protobuf from 'protobufjs'
import { messageOf } from '../core/errors.ts'
import type { DrawnRows } from '../infer/rows.ts'
import type { FloatArray } from '../numerics/points.ts'
import { int64sOf } from './infer-http.ts'
import { bufferOf } from './pieces.ts'
import { invalid, Refusal } from './refusal.ts'
import { requireId } from './request-id.ts'
import {
  type InputTensor,
  type RowsRequest,
  rangesOf,
  readParameters,
  requireElements,
} from './rows-request.ts'
import type { ServedModel } from './served-model.ts'
import { cellsInBinary, type Datatype, type Output } from './tensors.ts'

/**
 * The messages of the Open Inference Protocol's gRPC service, with the protocol's names and field numbers
 * (https://github.com/kserve/open-inference-protocol). Only the messages of the methods below are listed; the tensors of
 * requests and of responses, alike in all but their names, are one. ModelInferAnswer is a ModelInferResponse whose tensors'
 * contents are written already: protobufjs would make an object for each value.
 */
const definition = `
  syntax = "proto3";
  package inference;

  message ServerLiveRequest {}
  message ServerLiveResponse { bool live = 1; }
  message ServerReadyRequest {}
  message ServerReadyResponse { bool ready = 1; }
  message ModelReadyRequest { string name = 1; string version = 2; }
  message ModelReadyResponse { bool ready = 1; }
  message ServerMetadataRequest {}
  message ServerMetadataResponse { string name = 1; string version = 2; repeated string extensions = 3; }
  message ModelMetadataRequest { string name = 1; string version = 2; }
  message ModelMetadataResponse {
    message TensorMetadata { string name = 1; string datatype = 2; repeated int64 shape = 3; }
    string name = 1;
    repeated string versions = 2;
    string platform = 3;
    repeated TensorMetadata inputs = 4;
    repeated TensorMetadata outputs = 5;
  }
  message InferTensor {
    string name = 1;
    string datatype = 2;
    repeated int64 shape = 3;
    map<string, InferParameter> parameters = 4;
    InferTensorContents contents = 5;
  }
  message ModelInferRequest {
    message InferRequestedOutputTensor { string name = 1; map<string, InferParameter> parameters = 2; }
    string model_name = 1;
    string model_version = 2;
    string id = 3;
    map<string, InferParameter> parameters = 4;
    repeated InferTensor inputs = 5;
    repeated InferRequestedOutputTensor outputs = 6;
    repeated bytes raw_input_contents = 7;
  }
  message ModelInferResponse {
    string model_name = 1;
    string model_version = 2;
    string id = 3;
    map<string, InferParameter> parameters = 4;
    repeated InferTensor outputs = 5;
    repeated bytes raw_output_contents = 6;
  }
  message WrittenTensor {
    string name = 1;
    string datatype = 2;
    repeated int64 shape = 3;
    bytes contents = 5;
  }
  message ModelInferAnswer {
    string model_name = 1;
    string model_version = 2;
    string id = 3;
    map<string, InferParameter> parameters = 4;
    repeated WrittenTensor outputs = 5;
    repeated bytes raw_output_contents = 6;
  }
  message InferParameter {
    oneof parameter_choice {
      bool bool_param = 1;
      int64 int64_param = 2;
      string string_param = 3;
      double double_param = 4;
      uint64 uint64_param = 5;
    }
  }
  message InferTensorContents {
    repeated bool bool_contents = 1;
    repeated int32 int_contents = 2;
    repeated int64 int64_contents = 3;
    repeated uint32 uint_contents = 4;
    repeated uint64 uint64_contents = 5;
    repeated float fp32_contents = 6;
    repeated double fp64_contents = 7;
    repeated bytes bytes_contents = 8;
  }
`

const serviceName = 'inference.GRPCInferenceService'

/** The implemented methods; each takes the Request and returns the Response of its name. */
export const methods = [
  'serverLive',
  'serverReady',
  'modelReady',
  'serverMetadata',
  'modelMetadata',
  'modelInfer',
] as const

export type Method = (typeof methods)[number]

const { root } = protobuf.parse(definition, { keepCase: true })

/** Returns a method's codec in the form that grpc-js expects. */
export function codecOf(method: Method) {
  const name = `${method[0]!.toUpperCase()}${method.slice(1)}`
  const request = root.lookupType(`inference.${name}Request`)
  const response = root.lookupType(`inference.${name}Response`)
  const answer = method === 'modelInfer' ? root.lookupType('inference.ModelInferAnswer') : response
  const toBytes = (type: protobuf.Type) => (value: object) => bufferOf(type.encode(value).finish())
  const fromBytes = (type: protobuf.Type) => (bytes: Buffer) => {
    try {
      countElements(type, protobuf.Reader.create(bytes), bytes.length)
      return type.decode(bytes)
    } catch (error) {
      // throwing here would report it as an internal error of the server
      return error instanceof Refusal ? error : invalid(`the message is no ${type.name}: ${messageOf(error)}`)
    }
  }
  return {
    path: `/${serviceName}/${name}`,
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: toBytes(request),
    requestDeserialize: fromBytes(request),
    responseSerialize: toBytes(answer),
    responseDeserialize: fromBytes(response),
  }
}

/**
 * Counts the values of a message up to `end`, before they are decoded: protobufjs makes an object or a number for each, and two
 * bytes may be one. Throws a Refusal as soon as there are too many.
 */
function countElements(type: protobuf.Type, reader: protobuf.Reader, end: number): number {
  let elements = 0
  while (reader.pos < end) {
    const tag = reader.uint32()
    requireElements(++elements)
    if ((tag & 7) !== 2) {
      reader.skipType(tag & 7)
      continue
    }
    const field = type.fieldsById[tag >>> 3]?.resolve()
    const fieldEnd = reader.uint32() + reader.pos
    if (fieldEnd > end) throw new RangeError('a field ends after its message')
    if (field?.resolvedType instanceof protobuf.Type && !field.map)
      elements += countElements(field.resolvedType, reader, fieldEnd)
    else if (field?.repeated && field.type !== 'bytes' && field.type !== 'string')
      elements += numbersIn(reader.buf, reader.pos, fieldEnd, field.type)
    reader.pos = fieldEnd
  }
  requireElements(elements)
  return elements
}

/** The numbers of a packed field. */
function numbersIn(bytes: Uint8Array, start: number, end: number, type: string): number {
  if (type === 'float') return (end - start) / 4
  if (type === 'double') return (end - start) / 8
  let numbers = 0
  for (let at = start; at < end; at++) if (bytes[at]! < 128) numbers++
  return numbers
}

/** Converts an int64 from protobufjs, which may be a Long. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number(String(value))
}

/** A message as protobufjs decodes it: missing fields have their default on the prototype. */
interface InferMessage {
  readonly id: string
  /** Each has the name of its value's field in parameter_choice. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly inputs: readonly TensorMessage[]
  readonly outputs: readonly { readonly name: string }[]
  readonly raw_input_contents: readonly Uint8Array[]
}

interface TensorMessage {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly unknown[]
  readonly contents?: Readonly<Record<string, readonly unknown[]>> | null
}

interface GrpcInfer extends RowsRequest {
  readonly id: string
  /** Names of the requested outputs; undefined for all. */
  readonly outputs: readonly string[] | undefined
  /** Whether tensors came as raw bytes; the answer uses the same form. */
  readonly isRaw: boolean
}

export function readGrpcInfer(message: object): GrpcInfer {
  const { id, inputs, outputs, parameters, raw_input_contents: raw } = message as InferMessage
  const isRaw = raw.length > 0
  if (isRaw && raw.length !== inputs.length)
    throw invalid(`there are ${inputs.length} inputs and ${raw.length} raw_input_contents: give one for each`)
  const tensors = inputs.map(({ name, datatype, shape, contents }, i): InputTensor => {
    const where = `inputs[${i}]`
    if (isRaw && contents) throw invalid(`${where} has contents beside raw_input_contents: give one of them`)
    const values = isRaw ? int64sOf(Buffer.from(raw[i]!), where) : int64Contents(contents, where)
    return { name, datatype, shape: shape.map(numberOf), values }
  })
  const values = Object.entries(parameters).map(([name, value]) => [name, parameterOf(value)])
  return {
    id: requireId(id),
    isRaw,
    outputs: outputs.length === 0 ? undefined : outputs.map(({ name }) => name),
    ranges: rangesOf(tensors),
    ...readParameters(Object.fromEntries(values)),
  }
}

function int64Contents(contents: TensorMessage['contents'], where: string): number[] {
  const values = contents?.int64_contents ?? []
  if (values.length === 0)
    throw invalid(
      `${where} has no int64_contents: give its numbers there, or all inputs' in raw_input_contents`,
    )
  return values.map(numberOf)
}

function parameterOf(message: Readonly<Record<string, unknown>>): unknown {
  const choice = String(message.parameter_choice)
  const value = message[choice] ?? null
  return choice.endsWith('int64_param') ? numberOf(value) : value
}

const contentFields: Record<Datatype, number> = { BOOL: 1, INT64: 3, FP32: 6, FP64: 7, BYTES: 8 }

/** Numbers that are written at a time. */
const numbersOfPiece = 4096

/** A tensor's InferTensorContents in bytes. */
function contentsInBytes(output: Output, cells: FloatArray, names: readonly string[] = []): Buffer {
  const { datatype } = output
  const tag = (contentFields[datatype] << 3) | 2
  const field = (bytes: Uint8Array) => protobuf.Writer.create().uint32(tag).bytes(bytes).finish()
  if (datatype === 'BYTES') {
    const fields = [...names, ''].map((name) => field(Buffer.from(name)))
    return Buffer.concat(Array.from(cells, (cell) => fields[cell] ?? fields.at(-1)!))
  }
  if (datatype !== 'INT64') return bufferOf(field(cellsInBinary(output, cells)))
  const parts: Uint8Array[] = []
  for (let at = 0; at < cells.length; at += numbersOfPiece) {
    const writer = protobuf.Writer.create()
    for (const cell of cells.subarray(at, at + numbersOfPiece)) writer.int64(cell)
    parts.push(writer.finish())
  }
  return bufferOf(field(Buffer.concat(parts)))
}

/** The most bytes of a row in an answer, which is copied before it is sent. */
export function grpcRowBytes(outputs: readonly Output[]): number {
  // a number in an INT64 tensor's contents has up to ten bytes
  return outputs.reduce((sum, { rowBytes }) => sum + 2 * (rowBytes.binary + 2), 0)
}

/** Makes the infer response, whose values are raw bytes next to the outputs or inside each. */
export function writeGrpcAnswer(
  { name, version }: Pick<ServedModel, 'name' | 'version'>,
  { id, isRaw }: GrpcInfer,
  outputs: readonly Output[],
  rows: DrawnRows,
  warnings: readonly string[],
) {
  const raw: Buffer[] = []
  const tensors = outputs.map((output) => {
    const { name, datatype, shape } = output
    const cells = output.cells(rows)
    const names = output.names?.(rows)
    const tensor = { name, datatype, shape: [rows.x_0.count, ...shape.slice(1)] }
    if (!isRaw) return { ...tensor, contents: contentsInBytes(output, cells, names) }
    raw.push(cellsInBinary(output, cells, names))
    return tensor
  })
  return {
    ...(warnings.length > 0 && { parameters: { warning: { string_param: warnings.join('; ') } } }),
    model_name: name,
    model_version: version,
    id,
    outputs: tensors,
    raw_output_contents: raw,
  }
}
