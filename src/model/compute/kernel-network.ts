import type { NoisePredictor } from '../../diffusion/process.ts'
import {
  Chain,
  type ChainLayer,
  type ChainRoom,
  rowOf,
  strideOf,
  vectorsOf,
} from '../../numerics/kernels/chain.ts'
import { createKernels, createMemory, floatsAt, type Kernels, Layout } from '../../numerics/kernels/memory.ts'
import type { Condition, FloatArray, Points } from '../../numerics/points.ts'
import {
  type FoldedNetwork,
  firstLayerNames,
  foldNetwork,
  layersOnState,
  type WholeNetwork,
} from '../folded.ts'
import { headOf } from '../heads/index.ts'
import { inputsOf } from '../inputs.ts'
import { headBlocks, type Network } from '../network.ts'
import { type WeightTensor, weightOf } from '../weights.ts'
import { resultOf } from './reference.ts'

/** Rows that go through all layers together, so that their activations stay in a core's cache. */
const tile = 64

/** Folded at all timesteps. */
function foldAll({ network, weights }: WholeNetwork): FoldedNetwork {
  return foldNetwork(
    network,
    weights,
    Array.from({ length: network.T }, (_, i) => i + 1),
  )
}

/**
 * A network on our own WASM kernels, on one thread. The first layer's bias at each timestep is computed once; the
 * condition costs a product only if any block is known. Throws if the engine has no WASM with SIMD.
 */
export class KernelNetwork implements NoisePredictor {
  readonly #network: Network
  readonly #timesteps: readonly number[]
  readonly #kernels: Kernels
  readonly #chain: Chain
  readonly #layers: readonly ChainLayer[]
  readonly #room: ChainRoom
  readonly #at: {
    numbers: number
    biases: number
    rows: number
    conditionWeights: number
    condition: number
    powers: number
    blocks: number
  }
  /** The row of the biases for each timestep, from 1. */
  readonly #biasOf: ReadonlyMap<number, number>

  constructor(inside: WholeNetwork | FoldedNetwork) {
    const folded = inside.kind === 'folded' ? inside : foldAll(inside)
    const { network, timesteps } = folded
    const { dim } = network
    const blocks = headBlocks(network)
    const [first, ...later] = layersOnState(network)
    const layout = new Layout()
    const placed = [{ ...first, inputs: dim }, ...later].map(({ inputs, outputs }) => ({
      inputs,
      outputs,
      // a forward pass reads only the transpose; the first layer has many biases
      weight: 0,
      bias: layout.take(strideOf(outputs)),
      transposed: layout.take(inputs * strideOf(outputs)),
    }))
    const conditionWidth = first.inputs - dim
    const stride = strideOf(first.outputs)
    this.#network = network
    this.#timesteps = timesteps
    this.#layers = placed
    this.#room = Chain.room(layout, placed, tile, { traits: network, withGradient: false })
    this.#at = {
      numbers: layout.take(tile),
      biases: layout.take(timesteps.length * stride),
      rows: layout.take(tile * Math.max(dim, conditionWidth)),
      // the first layer's weights of the condition, transposed, and a tile of the condition
      conditionWeights: layout.take(conditionWidth * stride),
      condition: layout.take(tile * strideOf(conditionWidth)),
      powers: layout.take(strideOf(dim)),
      blocks: layout.take(2 * blocks.length),
    }
    const memory = createMemory(layout.bytes)
    this.#kernels = createKernels(memory)
    this.#chain = new Chain(this.#kernels, placed, network)
    this.#biasOf = new Map(timesteps.map((t, i) => [t, i + 1]))
    new Int32Array(memory.buffer, this.#at.blocks, 2 * blocks.length).set(
      blocks.flatMap(({ size, start }) => [size, start]),
    )
    this.load(folded)
  }

  /** Loads other weights of the same network. */
  load(inside: WholeNetwork | FoldedNetwork): void {
    const { weights } = inside.kind === 'folded' ? inside : foldAll(inside)
    const { memory } = this.#kernels
    const [first, ...later] = layersOnState(this.#network)
    const names = firstLayerNames(this.#network, this.#timesteps[0]!)
    const transpose = ({ shape, data }: WeightTensor, to: number) => {
      const [outputs = 0, inputs = 0] = shape
      const target = floatsAt(memory, to, inputs * strideOf(outputs))
      for (let o = 0; o < outputs; o++)
        for (let k = 0; k < inputs; k++) target[k * strideOf(outputs) + o] = data[o * inputs + k]!
    }
    const put = (address: number, { data }: WeightTensor) => floatsAt(memory, address, data.length).set(data)
    transpose(weightOf(weights, names.weight), this.#layers[0]!.transposed)
    if (this.#network.takesCondition) transpose(weightOf(weights, names.known), this.#at.conditionWeights)
    for (const [i, { name }] of later.entries()) {
      transpose(weightOf(weights, `${name}.weight`), this.#layers[i + 1]!.transposed)
      put(this.#layers[i + 1]!.bias, weightOf(weights, `${name}.bias`))
    }
    const stride = strideOf(first.outputs)
    for (const [i, t] of this.#timesteps.entries())
      put(this.#at.biases + 4 * i * stride, weightOf(weights, firstLayerNames(this.#network, t).bias))
  }

  async predict(x_t: Points, t: number | ArrayLike<number>, condition?: Condition): Promise<Points> {
    const { dim } = this.#network
    const { count } = x_t
    const hasKnown = condition?.known.data.includes(1) ?? false
    const inputs = hasKnown ? inputsOf(this.#network, x_t, condition) : x_t
    const isRaw = headOf(this.#network).toSample === undefined
    const [vectors, row] = [vectorsOf(dim), rowOf(dim)]
    const { blocks, powers } = this.#at
    const blockCount = headBlocks(this.#network).length
    const result = new Float32Array(count * dim)
    for (let from = 0; from < count; from += tile) {
      const rows = Math.min(tile, count - from)
      this.#begin(rows, from, t)
      this.#takeState(rows, from, inputs)
      if (hasKnown) this.#addCondition(rows, from, inputs)
      this.#chain.forward(rows, 0, this.#room, true)
      if (!isRaw) this.#kernels.softmax(rows, vectors, this.#room.output, row, blocks, blockCount, powers)
      this.#copyOutput(rows, from, result)
    }
    const output = { data: result, count, dim }
    return resultOf(this.#network, x_t, t, output, hasKnown ? condition : undefined, writeShares)
  }

  /** Fills the first layer's output with its bias at each row's timestep. */
  #begin(rows: number, from: number, t: number | ArrayLike<number>): void {
    const numbers = new Int32Array(this.#kernels.memory.buffer, this.#at.numbers, rows)
    for (let r = 0; r < rows; r++) {
      const at = typeof t === 'number' ? t : t[from + r]!
      const number = this.#biasOf.get(at)
      if (number === undefined) throw new Error(`the network was folded without t = ${at}`)
      numbers[r] = number
    }
    const { outputs } = this.#layers[0]!
    const [row, vectors] = [rowOf(outputs), vectorsOf(outputs)]
    this.#kernels.gatherRows(rows, vectors, this.#at.numbers, this.#at.biases, row, this.#firstOutput, row)
  }

  get #firstOutput(): number {
    return this.#room.inputs[1] ?? this.#room.output
  }

  #takeState(rows: number, from: number, inputs: Points): void {
    const { dim } = this.#network
    const staged = floatsAt(this.#kernels.memory, this.#at.rows, rows * dim)
    if (inputs.dim === dim) staged.set(inputs.data.subarray(from * dim, (from + rows) * dim))
    else
      for (let r = 0; r < rows; r++) {
        const start = (from + r) * inputs.dim
        staged.set(inputs.data.subarray(start, start + dim), r * dim)
      }
    this.#kernels.spreadRows(rows, 4 * dim, this.#at.rows, this.#room.inputs[0]!, rowOf(dim))
  }

  /** Adds the first layer's product with the condition, which follows the state in each row. */
  #addCondition(rows: number, from: number, inputs: Points): void {
    const { dim } = this.#network
    const width = inputs.dim - dim
    const staged = floatsAt(this.#kernels.memory, this.#at.rows, rows * width)
    for (let r = 0; r < rows; r++) {
      const start = (from + r) * inputs.dim + dim
      staged.set(inputs.data.subarray(start, start + width), r * width)
    }
    const { condition, conditionWeights: weights } = this.#at
    this.#kernels.spreadRows(rows, 4 * width, this.#at.rows, condition, rowOf(width))
    const { outputs } = this.#layers[0]!
    const [n, row, to] = [vectorsOf(outputs), rowOf(outputs), this.#firstOutput]
    this.#kernels.product(rows, n, width, condition, rowOf(width), 4, weights, row, to, row, to, row, 0, 0, 0)
  }

  #copyOutput(rows: number, from: number, result: Float32Array): void {
    const { dim } = this.#network
    const stride = strideOf(dim)
    const output = floatsAt(this.#kernels.memory, this.#room.output, rows * stride)
    for (let r = 0; r < rows; r++)
      for (let d = 0; d < dim; d++) result[(from + r) * dim + d] = output[r * stride + d]!
  }
}

/** Of outputs that the kernels have turned into probabilities p: 2 p - 1. */
function writeShares(result: FloatArray, shares: FloatArray, at: number, size: number): void {
  for (let k = at; k < at + size; k++) result[k] = 2 * shares[k]! - 1
}
