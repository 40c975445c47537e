import { digestOf } from '../core/digest.ts'
import { InputError, messageOf } from '../core/errors.ts'
import { cardKey, type ModelCard, parseCard } from '../model/card.ts'
import { elementCount, type NamedWeights, type WeightTensor } from '../model/weights.ts'
import { checkModel } from './check.ts'
import { checkCard, checkSizes } from './check-card.ts'
import { dataTypes } from './graph-builder.ts'
import { decodeModel, type IGraph, isEncodingOf } from './proto.ts'

export interface ModelFile {
  readonly card: ModelCard
  /** The float32 constants: the weights, and what an export folded. */
  readonly initializers: NamedWeights
  /** A sampler.onnx holds the whole reverse process, a model.onnx the network. */
  readonly isSampler: boolean
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** How many nodes there are of each op. */
  readonly opCounts: Readonly<Record<string, number>>
  readonly producer: string
  readonly irVersion: number
  readonly opset: number
}

/**
 * Reads a moonstep model from its bytes, in Node or in a page (onnxruntime's JavaScript API hands out
 * neither metadata nor initializers). What it lets through is as an export writes it, and safe to hand to a
 * runtime. Errors: no ONNX file, no model card, an initializer whose digest is not the card's, a graph that
 * breaks a rule of `checkModel` or is not the card's.
 */
export function readModel(bytes: Uint8Array, file = 'the model'): ModelFile {
  try {
    return read(bytes, file)
  } catch (error) {
    // names in the file end up in messages
    throw error instanceof InputError ? new InputError(oneLine(error.message)) : error
  }
}

function read(bytes: Uint8Array, file: string): ModelFile {
  const model = decodeModel(bytes, file)
  const graph = model.graph!
  const json = model.metadataProps?.find(({ key }) => key === cardKey)?.value
  if (!json)
    throw new InputError(`${file} carries no model card: only models exported by moonstep can be read`)
  const card = parseCard(json, file)
  checkDigests(graph, card, file)
  try {
    if (!isEncodingOf(bytes, model)) throw new Error('its bytes hold more than its ONNX fields')
    const values = checkModel(model)
    checkSizes(values, bytes.length)
    checkCard(card, graph, values)
  } catch (error) {
    throw new InputError(`${file} is not what moonstep exports: ${messageOf(error)}: export it again`)
  }
  const opCounts: Record<string, number> = {}
  for (const { opType } of graph.node!) opCounts[opType!] = (opCounts[opType!] ?? 0) + 1
  return {
    card,
    initializers: readInitializers(graph),
    isSampler: card.sampler !== undefined,
    inputs: graph.input!.map(({ name }) => name!),
    outputs: graph.output!.map(({ name }) => name!),
    opCounts,
    producer: `${model.producerName} ${model.producerVersion}`,
    irVersion: Number(model.irVersion),
    opset: Number(model.opsetImport![0]!.version),
  }
}

function checkDigests(graph: IGraph, card: ModelCard, file: string): void {
  const missing = new Set(Object.keys(card.digests))
  for (const { name, dims, rawData } of graph.initializer ?? []) {
    const shape = (dims ?? []).map(Number)
    if (!name || !rawData || rawData.length !== 4 * elementCount(shape))
      throw new InputError(`${file}: the initializer ${name} has not the size of its shape [${shape}]`)
    if (!missing.delete(name) || card.digests[name] !== digestOf(rawData))
      throw new InputError(
        `${file}: the initializer ${name} is not what was exported (its digest differs): export it again`,
      )
  }
  for (const name of missing)
    throw new InputError(`${file}: the initializer ${name} is missing: export it again`)
}

function readInitializers(graph: IGraph): NamedWeights {
  const weights = new Map<string, WeightTensor>()
  for (const { name, dims, dataType, rawData } of graph.initializer ?? [])
    if (dataType === dataTypes.float32)
      weights.set(name!, { shape: (dims ?? []).map(Number), data: readFloat32(rawData!) })
  return weights
}

function readFloat32(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const data = new Float32Array(bytes.length / 4)
  for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(4 * i, true)
  return data
}

const longestMessage = 500

/** A message that prints as one line, whatever bytes of the file it quotes. */
function oneLine(message: string): string {
  const escaped = message.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  )
  return escaped.length > longestMessage ? `${escaped.slice(0, longestMessage)}…` : escaped
}
