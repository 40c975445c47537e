import { timeFeatures } from '../../../model/compute/reference.ts'
import { embeddingWidth, type Network, postTraits } from '../../../model/network.ts'
import {
  Chain,
  type ChainLayer,
  type ChainRoom,
  rowOf,
  strideOf,
  vectorsOf,
} from '../../../numerics/kernels/chain.ts'
import { floatsAt, type Kernels, type Layout } from '../../../numerics/kernels/memory.ts'
import type { PlacedNetwork } from './parameters.ts'

/** Addresses of matrices whose rows are timesteps. */
export interface TimeRoom {
  /** The encoder's memory; its output is the embedding [T, width]. */
  readonly chain: ChainRoom
  /** The embedding's contribution to the first layer, including its bias: [T, outputs]. */
  readonly biases: number
}

/**
 * Embeds all timesteps once per step. A row of a batch then takes the first layer's bias at its timestep,
 * W [x_t; e(t)] + b = W_x x_t + (W_e e(t) + b). The rows' gradients of these biases are summed by timestep, and go back
 * through W_e and the encoder once.
 */
export class TimeEmbedding {
  readonly #kernels: Kernels
  readonly #network: Network
  readonly #placed: PlacedNetwork
  readonly #room: TimeRoom
  readonly #encoder: Chain | undefined

  constructor(kernels: Kernels, network: Network, placed: PlacedNetwork, room: TimeRoom) {
    this.#kernels = kernels
    this.#network = network
    this.#placed = placed
    this.#room = room
    const isChain = network.time.kind === 'sinusoidal_mlp'
    this.#encoder = isChain ? new Chain(kernels, placed.encoder, postTraits) : undefined
  }

  static place(network: Network, encoder: readonly ChainLayer[], outputs: number, layout: Layout): TimeRoom {
    const { T, time } = network
    const biases = layout.take(T * strideOf(outputs))
    if (time.kind === 'sinusoidal_mlp') {
      const room = { traits: postTraits, withGradient: true } as const
      return { biases, chain: Chain.room(layout, encoder, T, room) }
    }
    // one-hot features are never created; without layers, the features are the embedding
    const width = embeddingWidth(network)
    const [output, zeros] = [layout.take(T * strideOf(width)), layout.take(strideOf(width))]
    return { biases, chain: { inputs: [], output, slopes: [], gradients: [0, 0], zeros } }
  }

  /** [T, outputs of the first layer], row t - 1. */
  get biases(): number {
    return this.#room.biases
  }

  /** Writes the features of t, which never change. */
  fillFeatures(): void {
    if (this.#network.time.kind === 'one_hot_linear') return
    const { chain } = this.#room
    const to = chain.inputs[0] ?? chain.output
    for (const [i, row] of timeFeatures(this.#network).rows.entries())
      floatsAt(this.#kernels.memory, to + i * rowOf(row.length), row.length).set(row)
  }

  forward(parameters: number): void {
    const { T } = this.#network
    const { chain, biases } = this.#room
    const { inputs, outputs, transposed, bias } = this.#placed.ofEmbedding
    if (this.#encoder) this.#encoder.forward(T, parameters, chain, false)
    else if (this.#placed.encoder[0]) this.#pickOneHot(parameters, this.#placed.encoder[0])
    const [n, row] = [vectorsOf(outputs), rowOf(outputs)]
    const [from, rowIn, b] = [chain.output, rowOf(inputs), parameters + bias]
    this.#kernels.product(T, n, inputs, from, rowIn, 4, transposed, row, b, 0, biases, row, 0, 0, 0)
  }

  /** Embeds a one-hot t: the weight's column plus the bias. */
  #pickOneHot(parameters: number, { weight, bias }: ChainLayer): void {
    const { T } = this.#network
    const w = floatsAt(this.#kernels.memory, parameters + weight, T)
    const b = floatsAt(this.#kernels.memory, parameters + bias, 1)[0]!
    const stride = strideOf(1)
    const e = floatsAt(this.#kernels.memory, this.#room.chain.output, T * stride)
    for (let i = 0; i < T; i++) e[i * stride] = w[i]! + b
  }

  /** Adds to the gradient at `all` from the biases' gradients, one per share, which it sums into the first of them. */
  backward(parameters: number, { all, ofBiases }: { all: number; ofBiases: readonly number[] }): void {
    const { T } = this.#network
    const { chain } = this.#room
    const { inputs, outputs, weight, bias } = this.#placed.ofEmbedding
    const [sum, ...others] = ofBiases as [number, ...number[]]
    for (const other of others) this.#kernels.add(T * strideOf(outputs), other, sum)
    const [row, rowIn, n] = [rowOf(outputs), rowOf(inputs), vectorsOf(inputs)]
    this.#kernels.sumRows(T, vectorsOf(outputs), sum, row, all + bias)
    const to = all + weight
    this.#kernels.product(outputs, n, T, sum, 4, row, chain.output, rowIn, to, rowIn, to, rowIn, 0, 0, 0)
    if (this.#placed.encoder.length === 0) return
    const [w, zeros, d] = [parameters + weight, chain.zeros, chain.output]
    this.#kernels.product(T, n, outputs, sum, row, 4, w, rowIn, zeros, 0, d, rowIn, 0, 0, 0)
    if (this.#encoder) this.#encoder.backward(T, parameters, all, chain, false)
    else this.#spreadOneHot(all, this.#placed.encoder[0]!)
  }

  #spreadOneHot(all: number, { weight, bias }: ChainLayer): void {
    const { T } = this.#network
    const stride = strideOf(1)
    const d = floatsAt(this.#kernels.memory, this.#room.chain.output, T * stride)
    const w = floatsAt(this.#kernels.memory, all + weight, T)
    let sum = 0
    for (let i = 0; i < T; i++) {
      w[i] = d[i * stride]!
      sum += d[i * stride]!
    }
    floatsAt(this.#kernels.memory, all + bias, 1)[0] = sum
  }
}
