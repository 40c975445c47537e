import type { FloatArray } from '../numerics/points.ts'
import { invalid } from './refusal.ts'
import {
  describeValue,
  type InputTensor,
  type RowsRequest,
  rangesOf,
  readParameters,
} from './rows-request.ts'
import { cellsInBinary, cellsInJson, type Output } from './tensors.ts'

/**
 * An infer request of the Open Inference Protocol over HTTP: JSON, then tensors as bytes if
 * Inference-Header-Content-Length says where they begin
 * (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol and Triton's binary data extension).
 */
export interface InferRequest extends RowsRequest {
  readonly id: string | undefined
  /** The requested outputs, in order; undefined for all. */
  readonly outputs: readonly WantedOutput[] | undefined
  /** Whether outputs are binary by default. */
  readonly isBinary: boolean
}

export interface WantedOutput {
  readonly name: string
  readonly isBinary: boolean
}

type JsonObject = Readonly<Record<string, unknown>>

/** Reads an infer request. If it is invalid, throws a Refusal that names the place and the expected value. */
export function readInferRequest(body: Buffer, headerLength: string | undefined): InferRequest {
  const length = lengthOfJson(body, headerLength)
  const request = objectOf(parse(body.toString('utf8', 0, length)), 'the request')
  const { id, inputs, outputs } = request
  if (id !== undefined && typeof id !== 'string') throw invalid(`id is ${describeValue(id)}: give a text`)
  const parameters = parametersOf(request, 'the request')
  const isBinary = flagOf(parameters, 'binary_data_output') ?? false
  const binary = new BinaryReader(body.subarray(length))
  const tensors = listOf(inputs, 'inputs').map((input, i) => tensorOf(input, `inputs[${i}]`, binary))
  binary.requireEnd()
  return {
    id,
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
    throw invalid(`the request is no JSON: ${(error as Error).message.replaceAll('\n', ' ').slice(0, 200)}`)
  }
}

function tensorOf(value: unknown, where: string, binary: BinaryReader): InputTensor {
  const tensor = objectOf(value, where)
  const { name, datatype, shape, data } = tensor
  if (typeof name !== 'string') throw invalid(`${where}.name is ${describeValue(name)}: give a text`)
  const sizes = listOf(shape, `${where}.shape`).map((size) => {
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0)
      throw invalid(`${where}.shape has ${describeValue(size)}: give whole numbers from 0 up`)
    return size
  })
  const parameters = parametersOf(tensor, where)
  if ('shared_memory_region' in parameters)
    throw invalid(`${where} lies in shared memory, which this server does not read: send its data`)
  const size = parameters.binary_data_size
  if (size === undefined) return { name, datatype, shape: sizes, values: numbersOf(data, `${where}.data`) }
  if (data !== undefined) throw invalid(`${where} has both data and binary_data_size: give one of them`)
  return { name, datatype, shape: sizes, values: int64sOf(binary.take(size, where), where) }
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

/** The bytes after the JSON, which the tensors take in order. */
class BinaryReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  take(size: unknown, where: string): Buffer {
    const left = this.#bytes.length - this.#at
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > left)
      throw invalid(
        `${where}.parameters.binary_data_size is ${describeValue(size)}: ${left} bytes are left behind the JSON`,
      )
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  requireEnd(): void {
    const left = this.#bytes.length - this.#at
    if (left > 0)
      throw invalid(`${left} bytes behind the JSON belong to no input: say so in binary_data_size`)
  }
}

function wantedOutput(value: unknown, where: string, isBinary: boolean): WantedOutput {
  const output = objectOf(value, where)
  const { name } = output
  if (typeof name !== 'string') throw invalid(`${where}.name is ${describeValue(name)}: give a text`)
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

/** An output with its cells, and whether to answer in binary. */
export interface AnsweredOutput {
  readonly output: Output
  readonly cells: FloatArray
  readonly isBinary: boolean
}

export interface Answer {
  readonly model: string
  readonly version: string
  readonly id: string | undefined
  readonly rows: number
  /** Warnings about the rows. */
  readonly warnings: readonly string[]
  readonly outputs: readonly AnsweredOutput[]
}

/** Returns the body of the infer response and, if bytes follow, the length of its JSON. */
export function writeInferAnswer({ model, version, id, rows, warnings, outputs }: Answer): {
  readonly body: Buffer | string
  readonly jsonLength?: number
} {
  const blobs: Buffer[] = []
  const tensors = outputs.map(({ output, cells, isBinary }) => {
    const shape = [rows, ...output.shape.slice(1)]
    const head = `{"name":${JSON.stringify(output.name)},"datatype":"${output.datatype}","shape":[${shape}]`
    if (!isBinary) return `${head},"data":${cellsInJson(output, cells)}}`
    const blob = cellsInBinary(output, cells)
    blobs.push(blob)
    return `${head},"parameters":{"binary_data_size":${blob.length}}}`
  })
  const odd = warnings.length === 0 ? '' : `,"parameters":{"warning":${JSON.stringify(warnings.join('; '))}}`
  const idField = id === undefined ? '' : `,"id":${JSON.stringify(id)}`
  const json = `{"model_name":${JSON.stringify(model)},"model_version":"${version}"${idField}${odd},"outputs":[${tensors.join(',')}]}`
  if (blobs.length === 0) return { body: json }
  const head = Buffer.from(json)
  return { body: Buffer.concat([head, ...blobs]), jsonLength: head.length }
}
