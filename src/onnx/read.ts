import { InputError } from '../core/errors.ts'
import { cardKey, type ModelCard, parseCard } from '../model/card.ts'
import { digestOf } from '../model/digest.ts'
import { elementCount, type NamedWeights, type WeightTensor } from '../model/weights.ts'
import { dataTypes } from './graph-builder.ts'
import { decodeModel, type IModel } from './proto.ts'

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
 * neither metadata nor initializers). Errors: no ONNX file, no model card, an initializer whose digest
 * is not the card's.
 */
export function readModel(bytes: Uint8Array, file = 'the model'): ModelFile {
  const model = decodeModel(bytes, file)
  const json = model.metadataProps?.find(({ key }) => key === cardKey)?.value
  if (!json)
    throw new InputError(`${file} carries no model card: only models exported by moonstep can be read`)
  const card = parseCard(json, file)
  const graph = model.graph!
  const opCounts: Record<string, number> = {}
  for (const { opType } of graph.node!) opCounts[opType ?? ''] = (opCounts[opType ?? ''] ?? 0) + 1
  return {
    card,
    initializers: readInitializers(model, card, file),
    isSampler: card.sampler !== undefined,
    inputs: graph.input!.map(({ name }) => name ?? ''),
    outputs: graph.output!.map(({ name }) => name ?? ''),
    opCounts,
    producer: `${model.producerName} ${model.producerVersion}`,
    irVersion: Number(model.irVersion),
    opset: Number(model.opsetImport?.[0]?.version),
  }
}

function readInitializers(model: IModel, card: ModelCard, file: string): NamedWeights {
  const weights = new Map<string, WeightTensor>()
  const missing = new Set(Object.keys(card.digests))
  for (const { name, dims, dataType, rawData } of model.graph!.initializer ?? []) {
    const shape = (dims ?? []).map(Number)
    if (!name || !rawData || rawData.length !== 4 * elementCount(shape))
      throw new InputError(`${file}: the initializer ${name} has not the size of its shape [${shape}]`)
    if (!missing.delete(name) || card.digests[name] !== digestOf(rawData))
      throw new InputError(
        `${file}: the initializer ${name} is not what was exported (its digest differs): export it again`,
      )
    if (dataType === dataTypes.float32) weights.set(name, { shape, data: readFloat32(rawData) })
  }
  for (const name of missing)
    throw new InputError(`${file}: the initializer ${name} is missing: export it again`)
  return weights
}

function readFloat32(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true))
}
