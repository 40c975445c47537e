import { InputError } from '../core/errors.ts'
import { cardKey, type ModelCard, parseCard } from '../model/card.ts'
import { digestOf } from '../model/digest.ts'
import type { NamedWeights } from '../model/weights.ts'
import { decodeModel, type IModel, TensorProto } from './proto.ts'

export interface ModelFile {
  readonly card: ModelCard
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
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>()
  for (const { name, dims, dataType, rawData } of model.graph!.initializer ?? []) {
    const shape = (dims ?? []).map(Number)
    const size = shape.reduce((product, dim) => product * dim, 1)
    if (!name || dataType !== TensorProto.DataType.FLOAT || rawData?.length !== 4 * size)
      throw new InputError(`${file}: the initializer ${name} is not float32 of the shape [${shape}]`)
    if (!Object.hasOwn(card.digests, name) || card.digests[name] !== digestOf(rawData))
      throw new InputError(
        `${file}: the initializer ${name} is not what was exported (its digest differs): export it again`,
      )
    const view = new DataView(rawData.buffer, rawData.byteOffset)
    weights.set(name, {
      shape,
      data: Float32Array.from({ length: size }, (_, i) => view.getFloat32(4 * i, true)),
    })
  }
  for (const name of Object.keys(card.digests))
    if (!weights.has(name))
      throw new InputError(`${file}: the initializer ${name} is missing: export it again`)
  return weights
}
