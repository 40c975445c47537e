import { type LinearLayer, linearLayers, type Network, weightShapes } from '../model/network.ts'
import { weightsDigest } from '../model/safetensors.ts'
import { type NamedWeights, weightOf } from '../model/weights.ts'
import type { ModelFile } from '../onnx/read.ts'

/** What a model.onnx holds: the network's weights by the names of the state dict. */
export interface WholeNetwork {
  readonly kind: 'whole'
  readonly network: Network
  readonly weights: NamedWeights
}

/** What a sampler.onnx holds: layers on x_t alone, with the embedding of t in the first one's bias. */
export interface FoldedNetwork {
  readonly kind: 'folded'
  readonly network: Network
  readonly layers: readonly LinearLayer[]
  readonly timesteps: readonly number[]
  /** The layers' weights at a timestep. */
  weightsAt(t: number): NamedWeights
}

/** The network out of a model's initializers. */
export function networkIn({ card, initializers, isSampler }: ModelFile): WholeNetwork | FoldedNetwork {
  const network: Network = { dim: card.dim, T: card.T, ...card.network }
  if (!isSampler) {
    const weights = weightShapes(network).map(([name]) => [name, weightOf(initializers, name)] as const)
    return { kind: 'whole', network, weights: new Map(weights) }
  }
  const [first, ...later] = linearLayers(network)
  const { name } = first!
  return {
    kind: 'folded',
    network,
    layers: [{ ...first!, inputs: card.dim }, ...later],
    timesteps: card.sampler!.timesteps,
    weightsAt: (t) =>
      new Map(initializers)
        .set(`${name}.weight`, weightOf(initializers, `${name}.weight.x_t`))
        .set(`${name}.bias`, weightOf(initializers, `${name}.bias.t_${t}`)),
  }
}

/** What a student's card calls its teacher's sha256. Of a sampler.onnx there is none: its weights are folded. */
export function digestOfWeights(file: ModelFile): string | undefined {
  const inside = networkIn(file)
  return inside.kind === 'whole' ? weightsDigest(inside.weights) : undefined
}
