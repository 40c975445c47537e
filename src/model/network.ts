import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { streams, uniforms } from '../numerics/random.ts'
import { type Block, blocksOf, dimensionsOf, type Encoding } from '../table/encodings/encoding.ts'
import { elementCount, type NamedWeights } from './weights.ts'

/** LeakyReLU's slope below zero: PyTorch's default. */
export const negativeSlope = 0.01

export const timeEmbeddingKinds = ['one_hot_linear', 'sinusoidal_mlp'] as const

/**
 * How the network takes t: one-hot, then a linear layer to one number (as in the post); `width` sinusoids, then two
 * linear layers of that width with LeakyReLU between them; or, for tables, `width` sinusoids of the noise level's
 * logarithm.
 */
export type TimeEmbedding =
  | { readonly kind: 'one_hot_linear' }
  | { readonly kind: 'sinusoidal_mlp'; readonly width: number }
  | { readonly kind: 'log_sigma'; readonly width: number }

/** The default width of a sinusoidal embedding. */
export const sinusoidalWidth = 32

/**
 * The noise predictor: the embedding of t is concatenated to x_t, and both go through linear layers of the `hidden`
 * widths, with LeakyReLU between them, to `dim` outputs. A network of tables (`table-network.ts`) also takes the known
 * cells of a row, uses SiLU, and has residual connections around every layer but the first.
 */
export interface Network {
  readonly dim: number
  readonly T: number
  readonly hidden: readonly number[]
  readonly timeEmbedding: TimeEmbedding
  /** Only of a network of tables. */
  readonly table?: TableShape | undefined
}

/** The table that a network of tables models. */
export interface TableShape {
  /** The blocks of its dimensions. */
  readonly blocks: readonly Pick<Block, 'size' | 'start'>[]
  /** The schedule's, t = 0..T: the noise level is sqrt((1 - alphaBar) / alphaBar). */
  readonly alphaBars: readonly number[]
}

/** A category's outputs are clamped to this distance from 0, so that exp stays within float32. */
export const maxLogit = 60

/** Number of sines, and of cosines, that a network of tables takes of each known number: at pi, 2 pi and 4 pi. */
export const knownWaves = 3

/** Number of inputs of the first layer beside the embedding of t. */
export function stateWidth({ dim, table }: Network): number {
  if (!table) return dim
  const numbers = table.blocks.filter(({ size }) => size === 1).length
  return 2 * dim + table.blocks.length + 2 * knownWaves * numbers
}

/** The network that a card or a run's config describes. */
export function describedNetwork(described: {
  readonly T: number
  readonly alphaBars: readonly number[]
  readonly encoding: Encoding
  readonly hidden: readonly number[]
  readonly timeEmbedding: TimeEmbedding
}): Network {
  const { T, alphaBars, encoding, hidden, timeEmbedding } = described
  const network = { dim: dimensionsOf(encoding), T, hidden, timeEmbedding }
  return timeEmbedding.kind === 'log_sigma'
    ? { ...network, table: { blocks: blocksOf(encoding), alphaBars } }
    : network
}

/** Size of the embedding of t. */
export function embeddingWidth(network: Network): number {
  const { timeEmbedding } = network
  return timeEmbedding.kind === 'one_hot_linear' ? 1 : timeEmbedding.width
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
export function timeEncoder({ T, timeEmbedding }: Network): LinearLayer[] {
  if (timeEmbedding.kind === 'log_sigma') return []
  if (timeEmbedding.kind === 'one_hot_linear') return [{ name: 't_encoder', inputs: T, outputs: 1 }]
  const { width } = timeEmbedding
  return ['t_encoder.0', 't_encoder.2'].map((name) => ({ name, inputs: width, outputs: width }))
}

/** The linear layers applied to x_t and the embedding of t, first to last. */
export function linearLayers(network: Network): [LinearLayer, ...LinearLayer[]] {
  const { dim, hidden, table } = network
  const widths = [stateWidth(network) + embeddingWidth(network), ...hidden, dim]
  const nameOf = (i: number) => {
    if (!table) return `model.${2 * i}`
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

/** The network that weights of these names belong to. Throws if names or shapes don't fit it. */
export function networkOf(weights: NamedWeights, T: number): Network {
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
  const timeEmbedding: TimeEmbedding = sinusoidal
    ? { kind: 'sinusoidal_mlp', width }
    : { kind: 'one_hot_linear' }
  const network: Network = { dim, T, hidden, timeEmbedding }
  checkWeights(network, weights)
  return network
}

/** Throws if weights are missing, left over, or of another shape than the network's. */
export function checkWeights(network: Network, weights: NamedWeights): void {
  const expected = weightShapes(network)
  for (const [name, shape] of expected) {
    const found = weights.get(name)
    if (!found) throw new InputError(`the weights lack ${name} [${shape}]`, 'bad-model')
    if (found.shape.join() !== shape.join())
      throw new InputError(
        `the weight ${name} has the shape [${found.shape}]: the network needs [${shape}]`,
        'bad-model',
      )
  }
  const known = new Set(expected.map(([name]) => name))
  for (const name of weights.keys())
    if (!known.has(name))
      throw new InputError(`the weights hold ${name}, which the network does not have`, 'bad-model')
}

/**
 * PyTorch's default initialisation of nn.Linear: weights and bias uniform on +-1 / sqrt(inputs); the last layer of a
 * network of tables begins as 0.
 * Philox stream 2; element e of the k-th tensor is word e mod 4 of counter (0, k, floor(e / 4), 2).
 */
export function initialWeights(network: Network, seed: number): NamedWeights {
  let inputs = 1
  return new Map(
    weightShapes(network).map(([name, shape], k) => {
      // a layer's weight [out, in] comes just before its bias [out]
      inputs = shape[1] ?? inputs
      const bound = network.table && name.startsWith('output.') ? 0 : 1 / Math.sqrt(inputs)
      const dim = elementCount(shape)
      const drawn = uniforms({ seed, stream: streams.initialWeights, step: k, start: 0, count: 1, dim })
      return [name, { shape, data: Float32Array.from(drawn, (u) => bound * (2 * u - 1)) }] as const
    }),
  )
}
