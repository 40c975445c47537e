import { messageOf } from '../core/errors.ts'
import type { DrawnRows } from '../infer/rows.ts'
import { lengthOf, Pieces } from './pieces.ts'
import { invalid, limits } from './refusal.ts'
import { requireId } from './request-id.ts'
import {
  describeValue,
  type InputTensor,
  type RowsRequest,
  rangesOf,
  readParameters,
  requireElements,
} from './rows-request.ts'
import { scanJson } from './scan-json.ts'
import type { ServedModel } from './served-model.ts'
import { cellsInBinary, cellsInJson, type Output } from './tensors.ts'

/**
 * An infer request of the Open Inference Protocol over HTTP: JSON, then tensors as bytes if
 * Inference-Header-Content-Length says where they begin
 * (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol and Triton's binary data extension).
 */
export interface InferRequest extends RowsRequest {
  readonly id: string | undefined
  /** The requested outputs, in order; undefined for all. */
  readonly outputs: readonly { readonly name: string; readonly isBinary: boolean }[] | undefined
  readonly isBinary: boolean
}

type JsonObject = Readonly<Record<string, unknown>>

/** Reads an infer request. If it is invalid, throws a Refusal that names the place and the expected value. */
export function readInferRequest(body: Buffer, headerLength: string | undefined): InferRequest {
  const length = lengthOfJson(body, headerLength)
  const { elements, repeated } = scanJson(
    body.subarray(0, length),
    isCondition,
    6 * limits.textLength,
    limits.elements,
  )
  requireElements(elements)
  const request = objectOf(parse(body.toString('utf8', 0, length)), 'the request')
  const { id, inputs, outputs } = request
  const parameters = parametersOf(request, 'the request')
  if (repeated !== undefined && Object.keys(parameters).some(isCondition))
    throw invalid(`parameter ${repeated} is given twice: give one value`)
  const isBinary = flagOf(parameters, 'binary_data_output') ?? false
  // the bytes behind the JSON, which the tensors take in order
  let rest = body.subarray(length)
  const take = (size: unknown, where: string): Buffer => {
    if (!isWhole(size) || size > rest.length)
      throw invalid(
        `${where}.parameters.binary_data_size is ${describeValue(size)}: ${rest.length} bytes are left behind the JSON`,
      )
    const taken = rest.subarray(0, size)
    rest = rest.subarray(size)
    return taken
  }
  const tensors = listOf(inputs, 'inputs').map((input, i) => tensorOf(input, `inputs[${i}]`, take))
  if (rest.length > 0)
    throw invalid(`${rest.length} bytes behind the JSON belong to no input: say so in binary_data_size`)
  return {
    id: id === undefined ? undefined : requireId(textOf(id, 'id')),
    isBinary,
    ranges: rangesOf(tensors),
    ...readParameters(parameters),
    outputs:
      outputs === undefined
        ? undefined
        : listOf(outputs, 'outputs').map((output, i) => wantedOutput(output, `outputs[${i}]`, isBinary)),
  }
}

function lengthOfJson(body: Buffer, headerLength: string | undefined): number {
  if (headerLength === undefined) return body.length
  const length = /^\d{1,9}$/.test(headerLength) ? Number(headerLength) : Number.NaN
  if (!(length <= body.length))
    throw invalid(
      `Inference-Header-Content-Length is ${describeValue(headerLength)}: give the bytes of the JSON, of ${body.length} in all`,
    )
  return length
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(`the request is no JSON: ${messageOf(error).slice(0, 200)}`)
  }
}

const isCondition = (name: string) => name === 'given' || name.startsWith('given.')

function tensorOf(
  value: unknown,
  where: string,
  take: (size: unknown, where: string) => Buffer,
): InputTensor {
  const tensor = objectOf(value, where)
  const { datatype, data } = tensor
  const name = textOf(tensor.name, `${where}.name`)
  const shape = listOf(tensor.shape, `${where}.shape`).map((size) => {
    if (isWhole(size)) return size
    throw invalid(`${where}.shape has ${describeValue(size)}: give whole numbers from 0 up`)
  })
  const parameters = parametersOf(tensor, where)
  if ('shared_memory_region' in parameters)
    throw invalid(`${where} lies in shared memory, which this server does not read: send its data`)
  const size = parameters.binary_data_size
  if (size === undefined) return { name, datatype, shape, values: numbersOf(data, `${where}.data`) }
  if (data !== undefined) throw invalid(`${where} has both data and binary_data_size: give one of them`)
  return { name, datatype, shape, values: int64sOf(take(size, where), where) }
}

function numbersOf(data: unknown, where: string): number[] {
  const numbers = listOf(data, where)
  for (const value of numbers)
    if (typeof value !== 'number')
      throw invalid(`${where} has ${describeValue(value)}: give numbers in one flat list`)
  return numbers as number[]
}

/** Reads little-endian int64 numbers. Those beyond 2^53 are rounded; later they are refused as out of range. */
export function int64sOf(bytes: Buffer, where: string): Float64Array {
  if (bytes.length % 8 !== 0)
    throw invalid(`${where} has ${bytes.length} bytes: INT64 takes eight for each number`)
  const values = new Float64Array(bytes.length / 8)
  for (let i = 0; i < values.length; i++)
    values[i] = bytes.readInt32LE(8 * i + 4) * 2 ** 32 + bytes.readUInt32LE(8 * i)
  return values
}

function wantedOutput(value: unknown, where: string, isBinary: boolean) {
  const output = objectOf(value, where)
  const name = textOf(output.name, `${where}.name`)
  const parameters = parametersOf(output, where)
  if (parameters.classification !== undefined && parameters.classification !== 0)
    throw invalid(`${where} asks for a classification: the outputs of this model are columns`)
  if ('shared_memory_region' in parameters)
    throw invalid(`${where} asks for shared memory, which this server does not write: take it in the answer`)
  return { name, isBinary: flagOf(parameters, 'binary_data') ?? isBinary }
}

function objectOf(value: unknown, where: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${where} is ${describeValue(value)}: give an object`)
  return value as JsonObject
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function textOf(value: unknown, where: string): string {
  if (typeof value !== 'string') throw invalid(`${where} is ${describeValue(value)}: give a text`)
  return value
}

function listOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(`${where} is ${describeValue(value)}: give a list`)
  return value
}

function parametersOf({ parameters = {} }: JsonObject, where: string): JsonObject {
  return objectOf(parameters, `${where}.parameters`)
}

function flagOf(parameters: JsonObject, name: string): boolean | undefined {
  const value = parameters[name]
  if (value !== undefined && typeof value !== 'boolean')
    throw invalid(`parameter ${name} is ${describeValue(value)}: give true or false`)
  return value
}

/** The body of an answer in pieces and, if bytes follow the JSON, the length of that. */
export interface InferAnswer {
  readonly pieces: readonly Buffer[]
  readonly jsonLength?: number
}

/**
 * Makes the infer response.
 *
 * @param rest - Called between pieces, so that others are answered meanwhile; throws if the answer is not wanted any more.
 */
export async function writeInferAnswer(
  { name: model, version }: Pick<ServedModel, 'name' | 'version'>,
  { id, isBinary, outputs: wanted }: InferRequest,
  outputs: readonly Output[],
  rows: DrawnRows,
  warnings: readonly string[],
  rest: () => Promise<void>,
): Promise<InferAnswer> {
  const json = new Pieces(rest)
  const blobs: Buffer[] = []
  const odd = warnings.length === 0 ? '' : `,"parameters":{"warning":${JSON.stringify(warnings.join('; '))}}`
  const idField = id === undefined ? '' : `,"id":${JSON.stringify(id)}`
  await json.add(
    `{"model_name":${JSON.stringify(model)},"model_version":"${version}"${idField}${odd},"outputs":[`,
  )
  for (const [i, output] of outputs.entries()) {
    const cells = output.cells(rows)
    const names = output.names?.(rows)
    const shape = [rows.x_0.count, ...output.shape.slice(1)]
    await json.add(
      `${i === 0 ? '' : ','}{"name":${JSON.stringify(output.name)},"datatype":"${output.datatype}","shape":[${shape}]`,
    )
    if (wanted?.[i]?.isBinary ?? isBinary) {
      const blob = cellsInBinary(output, cells, names)
      blobs.push(blob)
      await json.add(`,"parameters":{"binary_data_size":${blob.length}}}`)
    } else {
      await json.add(',"data":')
      for (const piece of cellsInJson(output, cells, names)) await json.add(piece)
      await json.add('}')
    }
  }
  await json.add(']}')
  const pieces = json.end()
  if (blobs.length === 0) return { pieces }
  return { pieces: [...pieces, ...blobs], jsonLength: lengthOf(pieces) }
}
