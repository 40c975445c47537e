import { digestOf } from '../core/digest.ts'
import { InputError } from '../core/errors.ts'
import { scheduleOf } from '../diffusion/process.ts'
import type { Schedule } from '../diffusion/schedule.ts'
import { cardKey, type ModelCard } from '../model/card.ts'
import { type Network, weightShapes } from '../model/network.ts'
import type { NamedWeights } from '../model/weights.ts'
import { decodeModel, encodeModel, type IModel, isEncodingOf } from '../onnx/proto.ts'
import { type ModelFile, readModel } from '../onnx/read.ts'

/** The model that is compared. */
export interface Subject {
  /** What to call it. */
  readonly name: string
  /** What the runtimes get. */
  readonly bytes: Uint8Array
  readonly model: IModel
  readonly file: ModelFile
  readonly network: Network
  readonly schedule: Schedule
  /** The initializers whose digests are not the card's. */
  readonly changed: readonly string[]
}

/**
 * Reads the model to compare. One whose initializers alone are not what the card says is read nevertheless, with
 * their names, so that the comparison can say more. Errors: those of `readModel` otherwise.
 */
export function openSubject(bytes: Uint8Array, name: string): Subject {
  const mended = withOwnDigests(bytes, name)
  const own = mended?.bytes ?? bytes
  const file = readModel(own, name)
  const { card } = file
  return {
    name,
    bytes: own,
    model: decodeModel(own, name),
    file,
    network: { dim: card.dim, T: card.T, ...card.network },
    schedule: scheduleOf(card),
    changed: mended?.changed ?? [],
  }
}

/** The weights that a model.onnx holds; a sampler.onnx holds folded ones. */
export function ownWeights({ file, network }: Subject): NamedWeights {
  return new Map(weightShapes(network).map(([name]) => [name, file.initializers.get(name)!]))
}

/** The file with its initializers' own digests on its card, where some differ; nothing where none does. */
function withOwnDigests(
  bytes: Uint8Array,
  name: string,
): { bytes: Uint8Array; changed: string[] } | undefined {
  const model = decodeModel(bytes, name)
  const entry = model.metadataProps?.find(({ key }) => key === cardKey)
  const card = parsed(entry?.value)
  if (!entry || !card?.digests || !isEncodingOf(bytes, model)) return undefined
  const initializers = model.graph?.initializer ?? []
  const changed = initializers.flatMap(({ name: tensor, rawData }) =>
    tensor && rawData && Object.hasOwn(card.digests!, tensor) && card.digests![tensor] !== digestOf(rawData)
      ? [{ tensor, digest: digestOf(rawData) }]
      : [],
  )
  if (changed.length === 0) return undefined
  const digests = {
    ...card.digests,
    ...Object.fromEntries(changed.map(({ tensor, digest }) => [tensor, digest])),
  }
  entry.value = JSON.stringify({ ...card, digests })
  return { bytes: encodeModel(model), changed: changed.map(({ tensor }) => tensor) }
}

/** A card that isn't one is for `readModel` to refuse. */
function parsed(json: string | null | undefined): Partial<ModelCard> | undefined {
  try {
    const card: unknown = JSON.parse(json ?? '')
    return typeof card === 'object' && card !== null ? card : undefined
  } catch {
    return undefined
  }
}

/** Errors: a sampler.onnx, whose weights are folded. */
export function requireNetwork({ name, file }: Pick<Subject, 'name' | 'file'>, what: string): void {
  if (file.isSampler)
    throw new InputError(
      `${what} ${name} is a sampler.onnx, whose weights are folded: give a run folder or a model.onnx`,
    )
}
