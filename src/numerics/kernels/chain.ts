import { floatsAt, type Kernels, type Layout } from './memory.ts'

/** Returns a row's length in numbers: whole vectors, but no power of two, which would map all rows to few cache sets. */
export function strideOf(width: number): number {
  const vectors = 4 * vectorsOf(width)
  return vectors % 64 === 0 ? vectors + 16 : vectors
}

/** Returns the vectors of four numbers per row. */
export function vectorsOf(width: number): number {
  return Math.ceil(width / 4)
}

/** Returns a matrix's row stride in bytes. */
export function rowOf(width: number): number {
  return 4 * strideOf(width)
}

/** A linear layer in the kernels' memory. */
export interface ChainLayer {
  readonly inputs: number
  readonly outputs: number
  /** Byte offset of its weight [outputs, inputs] in the parameters and in a gradient; the stride is `rowOf(inputs)`. */
  readonly weight: number
  /** Byte offset of its bias. */
  readonly bias: number
  /** Address of the transposed weight. */
  readonly transposed: number
}

/** What follows each layer but the last, and whether each from the second on then adds its input. */
export interface ChainTraits {
  readonly activation: 'leaky_relu' | 'silu'
  readonly residual: boolean
}

/** Addresses of a chain's values for some rows. */
export interface ChainRoom {
  /** Each layer's input. */
  readonly inputs: readonly number[]
  /** The last layer's output. */
  readonly output: number
  /** The activation's slopes by layer; empty if no gradient is needed, or the slopes follow from the results. */
  readonly slopes: readonly number[]
  /** Memory for the gradient of the layers' inputs, and a row of zeros. */
  readonly gradients: readonly [number, number]
  readonly zeros: number
}

/** Whether the slopes must be stored: only LeakyReLU's slopes follow from its results. */
function keepsSlopes({ activation, residual }: ChainTraits): boolean {
  return activation === 'silu' || residual
}

const end = { nothing: 0, leaky: 1, slope: 2 } as const

/** A chain of linear layers, forward and backward, on rows in the kernels' memory. */
export class Chain {
  readonly #kernels: Kernels
  readonly #layers: readonly ChainLayer[]
  readonly #traits: ChainTraits

  constructor(kernels: Kernels, layers: readonly ChainLayer[], { activation, residual }: ChainTraits) {
    this.#kernels = kernels
    this.#layers = layers
    this.#traits = { activation, residual }
  }

  /** Allocates memory for at most `rows` rows. */
  static room(
    layout: Layout,
    layers: readonly ChainLayer[],
    rows: number,
    { traits, withGradient }: { traits: ChainTraits; withGradient: boolean },
  ): ChainRoom {
    const take = (width: number) => layout.take(rows * strideOf(width))
    // the widest layer may have shorter rows: 256 numbers are padded to 272, 262 to 264
    const longest = Math.max(...layers.flatMap(({ inputs, outputs }) => [inputs, outputs]).map(strideOf))
    const spare = () => (withGradient ? layout.take(rows * longest) : 0)
    return {
      inputs: layers.map(({ inputs }) => take(inputs)),
      output: take(layers.at(-1)!.outputs),
      slopes:
        withGradient && keepsSlopes(traits) ? layers.slice(0, -1).map(({ outputs }) => take(outputs)) : [],
      gradients: [spare(), spare()],
      zeros: layout.take(longest),
    }
  }

  /**
   * Computes the output for the rows in `room.inputs[0]`. With `isBegun`, the first layer adds to a bias per row that
   * its output's memory already has.
   */
  forward(rows: number, parameters: number, room: ChainRoom, isBegun: boolean): void {
    const last = this.#layers.length - 1
    const isLeaky = this.#traits.activation === 'leaky_relu'
    for (const [i, { inputs, outputs, bias, transposed }] of this.#layers.entries()) {
      const from = room.inputs[i]!
      const to = i === last ? room.output : room.inputs[i + 1]!
      const row = rowOf(outputs)
      const [init, rowInit] = i === 0 && isBegun ? [to, row] : [parameters + bias, 0]
      const then = i < last && isLeaky ? end.leaky : end.nothing
      const [rowIn, n] = [rowOf(inputs), vectorsOf(outputs)]
      this.#kernels.product(
        rows,
        n,
        inputs,
        from,
        rowIn,
        4,
        transposed,
        row,
        init,
        rowInit,
        to,
        row,
        then,
        0,
        0,
      )
      if (i === last) break
      const [numbers, added] = [(rows * row) / 4, this.#traits.residual && i > 0 ? from : 0]
      if (!isLeaky) this.#kernels.silu(numbers, to, added, room.slopes[i] ?? 0)
      else if (this.#traits.residual) {
        if (room.slopes[i]) this.#slopesOfLeaky(numbers, to, room.slopes[i])
        if (added) this.#kernels.add(numbers, added, to)
      }
    }
  }

  /** LeakyReLU's slopes, before a sum hides the sign of its results. */
  #slopesOfLeaky(numbers: number, results: number, slopes: number): void {
    const from = floatsAt(this.#kernels.memory, results, numbers)
    const to = floatsAt(this.#kernels.memory, slopes, numbers)
    for (let k = 0; k < numbers; k++) to[k] = from[k]! > 0 ? 1 : 0.01
  }

  /**
   * After `forward` on the same rows: reads the output's gradient from the output's place, and adds the gradients of weights
   * and biases at `gradient`. Returns the address of the gradient of the first layer's output. With `isBegun`, skips the
   * first bias.
   */
  backward(rows: number, parameters: number, gradient: number, room: ChainRoom, isBegun: boolean): number {
    const last = this.#layers.length - 1
    const ofLayer = (i: number, dz: number) => this.#ofLayer(i, dz, rows, gradient, room, isBegun)
    let dz = room.output
    ofLayer(last, dz)
    if (last === 0) return dz
    let [next, free] = room.gradients
    const { zeros } = room
    if (!keepsSlopes(this.#traits)) {
      for (let i = last; i > 0; i--) {
        this.#byInputs(i, dz, rows, parameters, { init: zeros, to: next, h: room.inputs[i]! })
        const done = dz
        dz = next
        next = i === last ? free : done
        ofLayer(i - 1, dz)
      }
      return dz
    }
    const dh = next
    dz = free
    this.#byInputs(last, room.output, rows, parameters, { init: zeros, to: dh, h: 0 })
    for (let i = last - 1; i >= 0; i--) {
      this.#kernels.multiply(rows * strideOf(this.#layers[i]!.outputs), dh, room.slopes[i]!, dz)
      ofLayer(i, dz)
      const init = this.#traits.residual ? dh : zeros
      if (i > 0) this.#byInputs(i, dz, rows, parameters, { init, to: dh, h: 0 })
    }
    return dz
  }

  /** Adds the gradient of a layer's weight and bias. */
  #ofLayer(i: number, dz: number, rows: number, gradient: number, room: ChainRoom, isBegun: boolean): void {
    const { inputs, outputs, weight, bias } = this.#layers[i]!
    const [rowIn, rowOut, to] = [rowOf(inputs), rowOf(outputs), gradient + weight]
    const n = vectorsOf(inputs)
    this.#kernels.product(
      outputs,
      n,
      rows,
      dz,
      4,
      rowOut,
      room.inputs[i]!,
      rowIn,
      to,
      rowIn,
      to,
      rowIn,
      0,
      0,
      0,
    )
    if (i > 0 || !isBegun) this.#kernels.sumRows(rows, vectorsOf(outputs), dz, rowOut, gradient + bias)
  }

  /** The gradient of a layer's input: `init` (zeros or the result's own rows) plus dz W, times the slope at h, if any. */
  #byInputs(
    i: number,
    dz: number,
    rows: number,
    parameters: number,
    { init, to, h }: { init: number; to: number; h: number },
  ): void {
    const { inputs, outputs, weight } = this.#layers[i]!
    const [rowIn, rowOut] = [rowOf(inputs), rowOf(outputs)]
    const [n, w, rowInit] = [vectorsOf(inputs), parameters + weight, init === to ? rowIn : 0]
    const then = h === 0 ? end.nothing : end.slope
    this.#kernels.product(rows, n, outputs, dz, rowOut, 4, w, rowIn, init, rowInit, to, rowIn, then, h, rowIn)
  }
}
