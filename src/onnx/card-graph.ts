import { digestOf } from '../core/bytes.ts'
import { describeSampler } from '../diffusion/samplers/index.ts'
import { cardKey, type ModelCard } from '../model/card.ts'
import type { Description } from '../model/description.ts'
import { callTimesteps, type FoldedNetwork, foldedShapes, type WholeNetwork } from '../model/folded.ts'
import { weightShapes } from '../model/network.ts'
import { elementCount, type WeightTensor } from '../model/weights.ts'
import { noisePredictorGraph } from './build/predictor.ts'
import { samplerGraph } from './build/sampler.ts'
import { type Constant, constantOf, type Graph, numbersOf } from './graph.ts'
import { encodeGraph } from './proto.ts'
import { requireSameGraph } from './same-graph.ts'

/** Builds a model's graph from its network's weights, to export it or to compare a file with it. */
export function graphOfModel(
  { predictionType, encoding, process }: Description,
  inside: WholeNetwork | FoldedNetwork,
  trajectory: boolean,
): Graph {
  if (inside.kind === 'whole') return noisePredictorGraph(inside.network, inside.weights, predictionType)
  return samplerGraph({ folded: inside, process: process(), encoding, trajectory })
}

/** What a model file holds: the graph, and the card that describes it as `json`. */
export interface ModelGraph {
  readonly graph: Graph
  readonly description: Description
  readonly json: string
}

/** Encodes a model file. The same graph and card give the same bytes; a file that was read, ours and no stranger's. */
export function encodeModelFile({ graph, description, json }: ModelGraph): Uint8Array {
  const { predictionType, fixed, network, candidates } = description
  const metadata = { [cardKey]: json }
  if (!fixed) {
    const doc = `Noise predictor of a diffusion model: x_t and t (1..${network.T}) to ${predictionType}.`
    return encodeGraph(graph, { name: 'noise_predictor', doc, metadata })
  }
  const { sampler, timesteps, isStochastic } = description.process()
  const noise = isStochastic ? ' and noise' : ''
  const choice = candidates
    ? `, each a candidate: a row takes one of ${candidates.count}, as the card says`
    : ''
  const doc = `Reverse process of a diffusion model, ${describeSampler(sampler)}, in ${timesteps.length} steps: x_T${noise} to samples${choice}.`
  return encodeGraph(graph, { name: 'sampler', doc, metadata })
}

/** A file's constants by the card's names: matched by digest, whatever their names in the file. */
export class CardConstants {
  readonly graph: Graph
  readonly #digests: ModelCard['digests']
  readonly #byDigest: ReadonlyMap<string, Constant>

  constructor({ digests }: ModelCard, graph: Graph) {
    this.graph = graph
    this.#digests = digests
    this.#byDigest = new Map(
      [...graph.constants.values()].map((constant) => [digestOf(constant.bytes), constant]),
    )
  }

  digest(name: string): string {
    return Object.hasOwn(this.#digests, name) ? (this.#digests[name] ?? '') : ''
  }

  find(name: string, { shape, dtype }: Pick<Constant, 'shape' | 'dtype'>): Constant | undefined {
    const constant = this.#byDigest.get(this.digest(name))
    return constant?.dtype === dtype && constant.bytes.length === 4 * elementCount(shape)
      ? { shape, dtype, bytes: constant.bytes }
      : undefined
  }

  whyMissing({ name, shape }: MissingWeight): string {
    const constant = this.graph.constants.get(name)
    if (!constant)
      return `the initializer ${name} is missing: no constant of the file, whatever its name, has its digest`
    if (digestOf(constant.bytes) !== this.digest(name))
      return `the initializer ${name} is not what was exported (its digest differs)`
    return `the card's network needs ${name} [${shape}], the graph has [${constant.shape}]`
  }
}

type MissingWeight = Pick<Constant, 'shape'> & { readonly name: string }

/** The card's network from the file's constants. If a sampler.onnx lacks one weight, recovers it. */
export function networkOfCard(
  { network, fixed, process }: Description,
  constants: CardConstants,
  fileSize: number,
  graphOf: (inside: WholeNetwork | FoldedNetwork) => Graph,
): WholeNetwork | FoldedNetwork {
  const timesteps = fixed ? callTimesteps(process()) : undefined
  const shapes = timesteps ? foldedShapes(network, timesteps) : weightShapes(network)
  // several weights may share one constant of a small file
  if (shapes.reduce((sum, [, each]) => sum + elementCount(each), 0) > fileSize)
    throw new Error("the card's network is larger than the whole file")
  const weights = new Map<string, WeightTensor>()
  const missing: MissingWeight[] = []
  for (const [name, shape] of shapes) {
    const constant = constants.find(name, { shape, dtype: 'float32' })
    if (!constant) missing.push({ name, shape })
    const data = constant ? numbersOf(constant) : new Float32Array(elementCount(shape)).fill(1)
    weights.set(name, { shape, data: data as Float32Array })
  }
  const inside = timesteps
    ? ({ kind: 'folded', network, timesteps, weights } as const)
    : ({ kind: 'whole', network, weights } as const)
  const [first, second] = missing
  if (!first) return inside
  const recovered =
    timesteps && !second ? recoverBias(constants, graphOf(inside), first, fileSize) : undefined
  if (!recovered) throw new Error(constants.whyMissing(first))
  weights.set(first.name, recovered)
  return inside
}

/** Recovers a bias whose products with the steps' shares another tool left, if one number fits them and the digest. */
function recoverBias(
  constants: CardConstants,
  expected: Graph,
  { name, shape }: MissingWeight,
  fileSize: number,
): WeightTensor | undefined {
  const products: Product[][] = Array.from({ length: elementCount(shape) }, () => [])
  requireSameGraph(constants.graph, expected, fileSize, {
    name,
    onProduct(actual, shares) {
      for (const [k, share] of shares.entries())
        if (share !== 0) products[k % products.length]?.push({ share, product: actual[k]! })
    },
  })
  const candidates = products.map(factorsOf)
  const count = candidates.reduce((product, { length }) => product * length, 1)
  for (let k = 0; k < Math.min(count, maxCombinations); k++) {
    let rest = k
    const data = Float32Array.from(candidates, (factors) => {
      const choice = factors[rest % factors.length]!
      rest = Math.floor(rest / factors.length)
      return choice
    })
    if (digestOf(constantOf(shape, data, 'float32').bytes) === constants.digest(name)) return { shape, data }
  }
  return undefined
}

type Product = Readonly<Record<'share' | 'product', number>>

/** Several numbers may have the same products, but few do with more than one step. */
const maxCombinations = 4096

/** Returns the float32 numbers with these products: the quotient, or neighbours of it. */
function factorsOf(products: readonly Product[]): number[] {
  const none: Product = { share: 0, product: 0 }
  const largest = products.reduce((a, b) => (Math.abs(b.share) > Math.abs(a.share) ? b : a), none)
  const bits = new Int32Array(Float32Array.of(largest.product / largest.share).buffer)[0]!
  const near = [0, 1, -1, 2, -2].map((step) => new Float32Array(Int32Array.of(bits + step).buffer)[0]!)
  return near.filter((x) => products.every(({ share, product }) => Math.fround(x * share) === product))
}
