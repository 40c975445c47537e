import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { streams, uniforms } from '../numerics/random.ts'
import type { Block } from '../table/encodings/encoding.ts'
import { type HeadName, headOf } from './heads/index.ts'
import { elementCount, type NamedWeights } from './weights.ts'

/** LeakyReLU's slope below zero: PyTorch's default. */
export const negativeSlope = 0.01

export const timeEmbeddingKinds = ['one_hot_linear', 'sinusoidal_mlp'] as const

/**
 * How the network takes t: one-hot, then a linear layer to one number (as in the post); `width` sinusoids, then two
 * linear layers of that width with LeakyReLU between them; or `width` sinusoids of the noise level's logarithm.
 */
export type TimeEmbedding =
  | { readonly kind: 'one_hot_linear' }
  | { readonly kind: 'sinusoidal_mlp'; readonly width: number }
  | { readonly kind: 'log_sigma'; readonly width: number }

/** The default width of a sinusoidal embedding. */
export const sinusoidalWidth = 32

export const activationNames = ['leaky_relu', 'silu'] as const
export type ActivationName = (typeof activationNames)[number]

/** What distinguishes one network from another, each independent of the others. */
export interface NetworkTraits {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[]
  /** Follows each layer but the last. */
  readonly activation: ActivationName
  /** Whether each hidden layer but the first adds its input to its result. */
  readonly residual: boolean
  readonly time: TimeEmbedding
  /** Whether it also takes the known cells of a row (`inputs.ts`). */
  readonly takesCondition: boolean
  readonly head: HeadName
}

/**
 * The noise predictor: the embedding of t is concatenated to x_t (and to the condition, if the network takes one), and
 * all go through linear layers of the `hidden` widths to one output for each dimension, which the head interprets.
 */
export interface Network extends NetworkTraits {
  /** The dimensions that belong together. A point's dimensions are blocks of size 1. */
  readonly blocks: readonly Span[]
  /** The number of dimensions. */
  readonly dim: number
  readonly T: number
  /** The schedule's, t = 0..T: the noise level is sqrt((1 - alphaBar) / alphaBar). */
  readonly alphaBars: readonly number[]
}

/** A block's place among the model's dimensions. */
export type Span = Pick<Block, 'size' | 'start'>

/** The traits of the post's network beside its widths and embedding; cards of format 1 take them for granted. */
export const postTraits = {
  activation: 'leaky_relu',
  residual: false,
  takesCondition: false,
  head: 'raw',
} as const satisfies Partial<NetworkTraits>

/** Those of recipe `table`; cards of format 2 take them for granted. */
export const tableTraits = {
  activation: 'silu',
  residual: true,
  takesCondition: true,
  head: 'estimate',
} as const satisfies Partial<NetworkTraits>

/** The network with these traits, on dimensions in these blocks and the levels of a schedule. */
export function createNetwork(
  traits: NetworkTraits,
  blocks: readonly Span[],
  alphaBars: readonly number[],
): Network {
  const { hidden, activation, residual, time, takesCondition, head } = traits
  const spans = blocks.map(({ size, start }) => ({ size, start }))
  const dim = spans.reduce((sum, { size }) => sum + size, 0)
  const T = alphaBars.length - 1
  return { hidden, activation, residual, time, takesCondition, head, blocks: spans, dim, T, alphaBars }
}

/** The post's network on points of `dim` numbers, with other widths and another embedding if given. */
export function postNetwork(
  {
    dim,
    hidden = seedHidden,
    time = { kind: 'one_hot_linear' },
  }: Pick<Network, 'dim'> & Partial<Pick<Network, 'hidden' | 'time'>>,
  alphaBars: readonly number[],
): Network {
  return createNetwork({ ...postTraits, hidden, time }, singleBlocks(dim), alphaBars)
}

/** Blocks of size 1. */
function singleBlocks(dim: number): Span[] {
  return Array.from({ length: dim }, (_, start) => ({ size: 1, start }))
}

/** The blocks by which a network's loss and result are computed: without logits, each dimension is a number. */
export function headBlocks(network: Network): readonly Span[] {
  return headOf(network).hasLogits ? network.blocks : singleBlocks(network.dim)
}

/** A category's logits are clamped to this distance from 0, so that exp stays within float32. */
export const maxLogit = 60

/** Number of sines, and of cosines, that a network takes of each known number: at pi, 2 pi and 4 pi. */
export const knownWaves = 3

/** Number of inputs of the first layer beside the embedding of t. */
export function stateWidth({ dim, blocks, takesCondition }: Network): number {
  if (!takesCondition) return dim
  const numbers = blocks.filter(({ size }) => size === 1).length
  return 2 * dim + blocks.length + 2 * knownWaves * numbers
}

/** The number of blocks of a condition; undefined if the network takes none. */
export function conditionBlocks({ takesCondition, blocks }: Network): number | undefined {
  return takesCondition ? blocks.length : undefined
}

/** Size of the embedding of t. */
export function embeddingWidth({ time }: Pick<Network, 'time'>): number {
  return time.kind === 'one_hot_linear' ? 1 : time.width
}

/** The post's hidden widths. */
export const seedHidden: readonly number[] = [100, 100, 100, 20]

export interface LinearLayer {
  /** Prefix of its weights' names. */
  readonly name: string
  readonly inputs: number
  readonly outputs: number
}

/** The linear layers applied to the features of t. nn.Sequential counts the activations too. */
export function timeEncoder({ T, time }: Network): LinearLayer[] {
  if (time.kind === 'log_sigma') return []
  if (time.kind === 'one_hot_linear') return [{ name: 't_encoder', inputs: T, outputs: 1 }]
  const { width } = time
  return ['t_encoder.0', 't_encoder.2'].map((name) => ({ name, inputs: width, outputs: width }))
}

/** The linear layers applied to x_t and the embedding of t, first to last: an nn.Sequential if none is residual. */
export function linearLayers(network: Network): [LinearLayer, ...LinearLayer[]] {
  const { dim, hidden, residual } = network
  const widths = [stateWidth(network) + embeddingWidth(network), ...hidden, dim]
  const nameOf = (i: number) => {
    if (!residual) return `model.${2 * i}`
    return i === 0 ? 'input' : i === hidden.length ? 'output' : `hidden.${i - 1}`
  }
  const layers = widths.slice(1).map((outputs, i) => ({ name: nameOf(i), inputs: widths[i]!, outputs }))
  return layers as [LinearLayer, ...LinearLayer[]]
}

/** The weights' names and shapes in the order of PyTorch's state dict. */
export function weightShapes(network: Network): [name: string, shape: readonly number[]][] {
  return [...timeEncoder(network), ...linearLayers(network)].flatMap(
    ({ name, inputs, outputs }): [string, readonly number[]][] => [
      [`${name}.weight`, [outputs, inputs]],
      [`${name}.bias`, [outputs]],
    ],
  )
}

export function parameterCount(network: Network): number {
  return weightShapes(network).reduce((sum, [, shape]) => sum + elementCount(shape), 0)
}

/** The post's network that weights of these names belong to. Throws if names or shapes don't fit it. */
export function networkOf(weights: NamedWeights, alphaBars: readonly number[]): Network {
  const hidden: number[] = []
  let dim = 0
  for (let i = 0; ; i++) {
    const weight = weights.get(`model.${2 * i}.weight`)
    if (!weight) break
    if (weights.has(`model.${2 * i + 2}.weight`)) hidden.push(weight.shape[0] ?? 0)
    else dim = weight.shape[0] ?? 0
  }
  const sinusoidal = weights.get('t_encoder.0.weight')
  const width = sinusoidal?.shape[1] ?? 0
  if (sinusoidal && (width < 2 || width % 2 !== 0))
    throw new InputError(
      `t_encoder.0.weight takes ${counted(width, 'sinusoid')}: the number must be even`,
      'bad-model',
    )
  const time: TimeEmbedding = sinusoidal ? { kind: 'sinusoidal_mlp', width } : { kind: 'one_hot_linear' }
  const network = postNetwork({ dim, hidden, time }, alphaBars)
  checkWeights(network, weights)
  return network
}

/** Throws if weights are missing, left over, or of another shape than the network's. */
export function checkWeights(network: Network, weights: NamedWeights): void {
  const expected = weightShapes(network)
  for (const [name, shape] of expected) {
    const weight = weights.get(name)
    if (!weight) throw new InputError(`the weights lack ${name} [${shape}]`, 'bad-model')
    if (weight.shape.join() !== shape.join())
      throw new InputError(
        `the weight ${name} has the shape [${weight.shape}]: the network needs [${shape}]`,
        'bad-model',
      )
  }
  const names = new Set(expected.map(([name]) => name))
  for (const name of weights.keys())
    if (!names.has(name))
      throw new InputError(`the weights hold ${name}, which the network does not have`, 'bad-model')
}

/**
 * PyTorch's default initialisation of nn.Linear: weights and bias uniform on +-1 / sqrt(inputs); the last layer is 0 if its
 * head has `beginsAtZero`.
 * Philox stream 2; element e of the k-th tensor is word e mod 4 of counter (0, k, floor(e / 4), 2).
 */
export function initialWeights(network: Network, seed: number): NamedWeights {
  const last = linearLayers(network).at(-1)!.name
  const { beginsAtZero } = headOf(network)
  let inputs = 1
  return new Map(
    weightShapes(network).map(([name, shape], k) => {
      // a layer's weight [out, in] comes just before its bias [out]
      inputs = shape[1] ?? inputs
      const bound = beginsAtZero && name.startsWith(`${last}.`) ? 0 : 1 / Math.sqrt(inputs)
      const dim = elementCount(shape)
      const drawn = uniforms({ seed, stream: streams.initialWeights, step: k, start: 0, count: 1, dim })
      return [name, { shape, data: Float32Array.from(drawn, (u) => bound * (2 * u - 1)) }] as const
    }),
  )
}
