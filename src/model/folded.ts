import { digestOf } from '../core/bytes.ts'
import type { NoisePredictor, Process } from '../diffusion/process.ts'
import { forwardPass, referencePredictor, rowPredictor, timeEmbeddings } from './compute/reference.ts'
import { type LinearLayer, linearLayers, type Network, stateWidth, weightShapes } from './network.ts'
import { type NamedWeights, type WeightTensor, weightOf, writeSafetensors } from './weights.ts'

/** A network as stored in model.onnx. */
export interface WholeNetwork {
  readonly kind: 'whole'
  readonly network: Network
  /** By their names in the state dict. */
  readonly weights: NamedWeights
}

/**
 * A network as stored in sampler.onnx: its layers take x_t alone, and the first one has a bias for each timestep of the
 * process, W [x_t; e(t)] + b = W_x x_t + (W_e e(t) + b). The first layer's weights of a condition are
 * separate too, because their product is the same in every call.
 */
export interface FoldedNetwork {
  readonly kind: 'folded'
  readonly network: Network
  /** The timesteps it is called at, each once. */
  readonly timesteps: readonly number[]
  /** By the names of `foldedShapes`. */
  readonly weights: NamedWeights
}

/** The timesteps at which a process calls the network, each once. */
export function callTimesteps({ stages }: Process): number[] {
  return [...new Set(stages.map(({ t }) => t))]
}

/** Names and shapes of the folded weights: W_x, the later layers unchanged, and a bias for each timestep. */
export function foldedShapes(
  network: Network,
  timesteps: readonly number[],
): [name: string, shape: readonly number[]][] {
  const [first, ...later] = layersOnState(network)
  const { weight, known } = firstLayerNames(network, 0)
  const laterNames = later.flatMap(({ name }) => [`${name}.weight`, `${name}.bias`])
  return [
    [weight, [first.outputs, network.dim]],
    ...(network.takesCondition
      ? [[known, [first.outputs, first.inputs - network.dim]] as [string, number[]]]
      : []),
    ...weightShapes(network).filter(([name]) => laterNames.includes(name)),
    ...timesteps.map((t): [string, number[]] => [firstLayerNames(network, t).bias, [first.outputs]]),
  ]
}

/** Folds the embedding of each timestep into the first layer's bias. */
export function foldNetwork(
  network: Network,
  weights: NamedWeights,
  timesteps: readonly number[],
): FoldedNetwork {
  const { dim } = network
  const width = stateWidth(network)
  const [{ name, inputs, outputs }] = linearLayers(network)
  const full = weightOf(weights, `${name}.weight`).data
  const bias = weightOf(weights, `${name}.bias`).data
  const embeddings = timeEmbeddings(network, weights)
  const biasAt = (t: number) => {
    const embedding = embeddings[t - 1]!
    return Float32Array.from(bias, (b, o) => {
      let sum = b
      // the embedding's columns come after all others
      for (let k = width; k < inputs; k++) sum += full[o * inputs + k]! * embedding[k - width]!
      return sum
    })
  }
  /** Columns of the weight. */
  const columns = (from: number, count: number) =>
    Float32Array.from(
      { length: outputs * count },
      (_, k) => full[Math.floor(k / count) * inputs + from + (k % count)]!,
    )
  const { weight, known } = firstLayerNames(network, 0)
  const firstLayer = new Map<string, Float32Array>([
    [weight, columns(0, dim)],
    ...(network.takesCondition ? [[known, columns(dim, width - dim)] as const] : []),
    ...timesteps.map((t) => [firstLayerNames(network, t).bias, biasAt(t)] as const),
  ])
  const folded = foldedShapes(network, timesteps).map(
    ([key, shape]) => [key, { shape, data: firstLayer.get(key) ?? weightOf(weights, key).data }] as const,
  )
  return { kind: 'folded', network, timesteps, weights: new Map(folded) }
}

/** The linear layers applied to x_t and the condition: the first without the embedding's columns. */
export function layersOnState(network: Network): [LinearLayer, ...LinearLayer[]] {
  const [first, ...later] = linearLayers(network)
  return [{ ...first, inputs: stateWidth(network) }, ...later]
}

/** The weights of `layersOnState` at a timestep, by their usual names. */
export function weightsAt({ network, weights }: FoldedNetwork, t: number): NamedWeights {
  const [{ name }] = linearLayers(network)
  const { weight, known, bias } = firstLayerNames(network, t)
  const ofState = weightOf(weights, weight)
  return new Map(weights)
    .set(`${name}.weight`, network.takesCondition ? joinColumns(ofState, weightOf(weights, known)) : ofState)
    .set(`${name}.bias`, weightOf(weights, bias))
}

function joinColumns(a: WeightTensor, b: WeightTensor): WeightTensor {
  const [rows = 0, left = 0] = a.shape
  const right = b.shape[1] ?? 0
  const data = new Float32Array(rows * (left + right))
  for (let o = 0; o < rows; o++) {
    data.set(a.data.subarray(o * left, (o + 1) * left), o * (left + right))
    data.set(b.data.subarray(o * right, (o + 1) * right), o * (left + right) + left)
  }
  return { shape: [rows, left + right], data }
}

/** The names of the first layer's weights at a timestep. */
export function firstLayerNames(
  network: Network,
  t: number,
): { weight: string; known: string; bias: string } {
  const [{ name }] = linearLayers(network)
  return { weight: `${name}.weight.x_t`, known: `${name}.weight.known`, bias: `${name}.bias.t_${t}` }
}

/** A model file's network in float64 and plain TypeScript; a folded one works at the timesteps of its process. */
export function referenceOf(inside: WholeNetwork | FoldedNetwork): NoisePredictor<Float64Array> {
  if (inside.kind === 'whole') return referencePredictor(inside.network, inside.weights)
  const layers = layersOnState(inside.network)
  const passes = new Map(
    inside.timesteps.map((t) => [t, forwardPass(layers, weightsAt(inside, t), inside.network)]),
  )
  return rowPredictor(inside.network, (row, t) => {
    const pass = passes.get(t)
    if (!pass) throw new Error(`the network was folded without t = ${t}`)
    return pass(row)
  })
}

/**
 * The SHA-256 by which a student's card names its teacher: that of the weights.safetensors that `train` writes. A
 * folded network has none.
 */
export function digestOfWeights(inside: WholeNetwork | FoldedNetwork): string | undefined {
  return inside.kind === 'whole' ? digestOf(writeSafetensors(inside.weights)) : undefined
}
