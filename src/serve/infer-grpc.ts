import { numberOf } from './grpc-messages.ts'
import { type AnsweredOutput, int64sOf } from './infer-http.ts'
import { type InputTensor, type RowsRequest, rangesOf, readParameters } from './infer-request.ts'
import { invalid } from './refusal.ts'
import { cellsAsValues, cellsInBinary, type Datatype } from './tensors.ts'

/** A message as protobufjs decodes it: missing fields have their default on the prototype. */
interface InferMessage {
  readonly id: string
  readonly model_name: string
  readonly model_version: string
  readonly parameters: Readonly<Record<string, ParameterMessage>>
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

interface ParameterMessage {
  readonly parameter_choice?: string
  readonly bool_param: boolean
  readonly string_param: string
  readonly double_param: number
  readonly int64_param: unknown
  readonly uint64_param: unknown
}

/** A gRPC infer request. */
export interface GrpcInfer extends RowsRequest {
  readonly id: string
  /** Names of the requested outputs; undefined for all. */
  readonly outputs: readonly string[] | undefined
  /** Whether tensors came as raw bytes; the answer uses the same form. */
  readonly isRaw: boolean
}

/** Reads an infer request. Throws a Refusal if it is invalid. */
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
    id,
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

function parameterOf(message: ParameterMessage): unknown {
  switch (message.parameter_choice) {
    case 'bool_param':
      return message.bool_param
    case 'string_param':
      return message.string_param
    case 'double_param':
      return message.double_param
    case 'int64_param':
      return numberOf(message.int64_param)
    case 'uint64_param':
      return numberOf(message.uint64_param)
    default:
      return null
  }
}

const contentsOf: Record<Datatype, string> = {
  FP32: 'fp32_contents',
  FP64: 'fp64_contents',
  INT64: 'int64_contents',
  BOOL: 'bool_contents',
  BYTES: 'bytes_contents',
}

/** Returns the answer's outputs, with their values as raw bytes beside them or inside each. */
export function grpcOutputs(outputs: readonly AnsweredOutput[], rows: number, isRaw: boolean) {
  const tensors = outputs.map(({ output, cells }) => {
    const { name, datatype, shape } = output
    const tensor = { name, datatype, shape: [rows, ...shape.slice(1)] }
    return isRaw ? tensor : { ...tensor, contents: { [contentsOf[datatype]]: cellsAsValues(output, cells) } }
  })
  if (!isRaw) return { outputs: tensors }
  return {
    outputs: tensors,
    raw_output_contents: outputs.map(({ output, cells }) => cellsInBinary(output, cells)),
  }
}
