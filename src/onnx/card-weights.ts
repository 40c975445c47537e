import { digestOf } from '../core/digest.ts'
import { processOf } from '../diffusion/process.ts'
import type { ModelCard } from '../model/card.ts'
import { callTimesteps, type FoldedNetwork, foldedShapes, type WholeNetwork } from '../model/folded.ts'
import { type Network, weightShapes } from '../model/network.ts'
import { elementCount, type WeightTensor } from '../model/weights.ts'
import { type Constant, type Graph, numbersOf } from './graph.ts'

/** A file's constants as its card names them: by digest, whatever their names in the file. */
export class CardConstants {
  readonly #digests: ModelCard['digests']
  readonly #named: Graph['constants']
  readonly #byDigest: ReadonlyMap<string, Constant>

  constructor({ digests }: ModelCard, { constants }: Graph) {
    this.#digests = digests
    this.#named = constants
    this.#byDigest = new Map([...constants.values()].map((constant) => [digestOf(constant.bytes), constant]))
  }

  /** What the card says of a constant's bytes; '' where it says nothing. */
  digest(name: string): string {
    return Object.hasOwn(this.#digests, name) ? (this.#digests[name] ?? '') : ''
  }

  /** The constant that the card has under that name, if the file holds it. */
  find(name: string, { shape, dtype }: Pick<Constant, 'shape' | 'dtype'>): Constant | undefined {
    const found = this.#byDigest.get(this.digest(name))
    return found?.dtype === dtype && found.bytes.length === 4 * elementCount(shape)
      ? { shape, dtype, bytes: found.bytes }
      : undefined
  }

  /** Why a weight is not there. */
  missing(name: string, shape: readonly number[]): Error {
    const own = this.#named.get(name)
    if (!own)
      return new Error(
        `the initializer ${name} is missing: no constant of the file, whatever its name, has its digest`,
      )
    if (digestOf(own.bytes) !== this.digest(name))
      return new Error(`the initializer ${name} is not what was exported (its digest differs)`)
    return new Error(`the card's network needs ${name} [${shape}], the graph has [${own.shape}]`)
  }
}

export interface MissingWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly digest: string
}

/**
 * The network that a card describes, of the file's constants. Of a sampler.onnx, one weight that the file lacks may be
 * recovered, from the network with 1 in its place. Throws where the file lacks a weight.
 */
export function networkOfCard(
  card: ModelCard,
  constants: CardConstants,
  fileSize: number,
  recover: (placeholder: FoldedNetwork, missing: MissingWeight) => WeightTensor | undefined,
): WholeNetwork | FoldedNetwork {
  const network: Network = { dim: card.dim, T: card.T, ...card.network }
  const timesteps = card.sampler ? callTimesteps(processOf(card)) : undefined
  const shapes = timesteps ? foldedShapes(network, timesteps) : weightShapes(network)
  // several weights may be one constant of a small file
  if (shapes.reduce((sum, [, each]) => sum + elementCount(each), 0) > fileSize)
    throw new Error("the card's network is larger than the whole file")
  const weights = new Map<string, WeightTensor>()
  const missing: MissingWeight[] = []
  for (const [name, shape] of shapes) {
    const found = constants.find(name, { shape, dtype: 'float32' })
    if (!found) missing.push({ name, shape, digest: constants.digest(name) })
    const data = found ? numbersOf(found) : new Float32Array(elementCount(shape)).fill(1)
    weights.set(name, { shape, data: data as Float32Array })
  }
  if (!timesteps) {
    for (const { name, shape } of missing) throw constants.missing(name, shape)
    return { kind: 'whole', network, weights }
  }
  const folded: FoldedNetwork = { kind: 'folded', network, timesteps, weights }
  for (const each of missing) {
    const recovered = missing.length === 1 ? recover(folded, each) : undefined
    if (!recovered) throw constants.missing(each.name, each.shape)
    weights.set(each.name, recovered)
  }
  return folded
}
