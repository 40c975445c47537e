import type { Kernels, Layout } from './memory.ts'

/** Numbers from row to row of a matrix: whole vectors, and no power of two, which would put all rows into a few sets of a cache. */
export function strideOf(width: number): number {
  const vectors = 4 * vectorsOf(width)
  return vectors % 64 === 0 ? vectors + 16 : vectors
}

/** Vectors of four numbers that a row takes. */
export function vectorsOf(width: number): number {
  return Math.ceil(width / 4)
}

/** Bytes from row to row. */
export function rowOf(width: number): number {
  return 4 * strideOf(width)
}

/** A linear layer in a memory. */
export interface ChainLayer {
  readonly inputs: number
  readonly outputs: number
  /** Where its weight [outputs, inputs] begins among the parameters and in a gradient, in bytes; a row is `rowOf(inputs)`. */
  readonly weight: number
  /** Likewise its bias. */
  readonly bias: number
  /** The address of the weight's transpose. */
  readonly transposed: number
}

/** What is between the layers of a chain: LeakyReLU; or SiLU, and from the second layer on the sum with what it takes. */
export type Activation = 'leaky_relu' | 'silu_sum'

/** Addresses of what a chain computes of some rows. */
export interface ChainRoom {
  /** What each layer takes. */
  readonly inputs: readonly number[]
  /** What the last one gives. */
  readonly output: number
  /** SiLU's slopes, by layer: none where no gradient is asked. */
  readonly slopes: readonly number[]
  /** For the gradient by what layers take; and a row of zeros. */
  readonly gradients: readonly [number, number]
  readonly zeros: number
}

const end = { nothing: 0, leaky: 1, slope: 2 } as const

/** Linear layers one after another, forward and backward, on rows that lie in a memory of the kernels. */
export class Chain {
  readonly #kernels: Kernels
  readonly #layers: readonly ChainLayer[]
  readonly #isLeaky: boolean

  constructor(kernels: Kernels, layers: readonly ChainLayer[], activation: Activation) {
    this.#kernels = kernels
    this.#layers = layers
    this.#isLeaky = activation === 'leaky_relu'
  }

  /** Room for so many rows at most. */
  static room(
    layout: Layout,
    layers: readonly ChainLayer[],
    rows: number,
    { activation, withGradient }: { activation: Activation; withGradient: boolean },
  ): ChainRoom {
    const take = (width: number) => layout.take(rows * strideOf(width))
    const widest = Math.max(...layers.flatMap(({ inputs, outputs }) => [inputs, outputs]))
    const spare = () => (withGradient ? take(widest) : 0)
    return {
      inputs: layers.map(({ inputs }) => take(inputs)),
      output: take(layers.at(-1)!.outputs),
      slopes:
        withGradient && activation === 'silu_sum'
          ? layers.slice(0, -1).map(({ outputs }) => take(outputs))
          : [],
      gradients: [spare(), spare()],
      zeros: layout.take(strideOf(widest)),
    }
  }

  /**
   * The output of rows that lie in `room.inputs[0]`. Where the chain is begun, what the first layer gives holds a bias for
   * each row already.
   */
  forward(rows: number, parameters: number, room: ChainRoom, isBegun: boolean): void {
    const last = this.#layers.length - 1
    for (const [i, { inputs, outputs, bias, transposed }] of this.#layers.entries()) {
      const from = room.inputs[i]!
      const to = i === last ? room.output : room.inputs[i + 1]!
      const row = rowOf(outputs)
      const [init, rowInit] = i === 0 && isBegun ? [to, row] : [parameters + bias, 0]
      const then = i < last && this.#isLeaky ? end.leaky : end.nothing
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
      if (i < last && !this.#isLeaky)
        this.#kernels.silu((rows * row) / 4, to, i > 0 ? from : 0, room.slopes[i] ?? 0)
    }
  }

  /**
   * Adds the gradient of weights and biases to the one at `gradient`, from that of the output, which lies there in its place,
   * after `forward` on the same rows. Returns where the gradient by what the first layer gives then lies. Where the chain
   * is begun, there is no gradient of the first bias.
   */
  backward(rows: number, parameters: number, gradient: number, room: ChainRoom, isBegun: boolean): number {
    const last = this.#layers.length - 1
    const ofLayer = (i: number, dz: number) => this.#ofLayer(i, dz, rows, gradient, room, isBegun)
    let dz = room.output
    ofLayer(last, dz)
    if (last === 0) return dz
    let [next, free] = room.gradients
    const { zeros } = room
    if (this.#isLeaky) {
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
      if (i > 0) this.#byInputs(i, dz, rows, parameters, { init: dh, to: dh, h: 0 })
    }
    return dz
  }

  /** The gradient of a layer's weight and bias. */
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

  /** The gradient by what a layer takes: `init`, a row of zeros or the result's own rows, and dz W; times the slope at h. */
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
