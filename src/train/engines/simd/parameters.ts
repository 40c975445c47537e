import { type ChainLayer, rowOf, strideOf } from '../../../kernels/chain.ts'
import type { Layout } from '../../../kernels/memory.ts'
import { linearLayers, type Network, stateWidth, timeEncoder, weightShapes } from '../../../model/network.ts'
import { elementCount } from '../../../model/weights.ts'

/** A part of the flat parameters whose rows are further apart in the kernels' memory: numbers, not bytes. */
interface Part {
  readonly flat: number
  readonly flatStep: number
  readonly rows: number
  readonly columns: number
  readonly at: number
}

/** Where a network's parameters lie in the kernels' memory: rows of `strideOf` their width, with zeros between. */
export interface PlacedNetwork {
  /** Numbers of all parameters. */
  readonly size: number
  readonly parts: readonly Part[]
  /** The layers that x_t goes through, and what is known; the first without the columns of the embedding of t. */
  readonly layers: readonly [ChainLayer, ...ChainLayer[]]
  /** The embedding's columns of the first layer's weight. It has that layer's bias. */
  readonly ofEmbedding: ChainLayer
  /** The layers that the features of t go through, one of one-hot features included. */
  readonly encoder: readonly ChainLayer[]
}

/** Takes room for the transposed weights; the parameters themselves are for the caller to place. */
export function placeNetwork(network: Network, layout: Layout): PlacedNetwork {
  const parts: Part[] = []
  let size = 0
  let flat = 0
  const flatOf = new Map(
    weightShapes(network).map(([name, shape]) => {
      flat += elementCount(shape)
      return [name, flat - elementCount(shape)]
    }),
  )
  const place = (part: Omit<Part, 'at'>): number => {
    parts.push({ ...part, at: size })
    size += part.rows * strideOf(part.columns)
    return 4 * parts.at(-1)!.at
  }
  /** Columns of a weight from one on, and its bias unless that is placed already. */
  const layerOf = (
    name: string,
    all: number,
    outputs: number,
    { from = 0, columns = all, bias }: { from?: number; columns?: number; bias?: number } = {},
  ): ChainLayer => {
    const start = flatOf.get(`${name}.weight`)! + from
    const weight = place({ flat: start, flatStep: all, rows: outputs, columns })
    const biasAt = flatOf.get(`${name}.bias`)!
    return {
      inputs: columns,
      outputs,
      weight,
      bias: bias ?? place({ flat: biasAt, flatStep: outputs, rows: 1, columns: outputs }),
      transposed: layout.take(columns * strideOf(outputs)),
    }
  }
  const encoder = timeEncoder(network).map(({ name, inputs, outputs }) => layerOf(name, inputs, outputs))
  const [{ name, inputs, outputs }, ...later] = linearLayers(network)
  const state = stateWidth(network)
  const first = layerOf(name, inputs, outputs, { columns: state })
  const ofEmbedding = layerOf(name, inputs, outputs, {
    from: state,
    columns: inputs - state,
    bias: first.bias,
  })
  const layers = later.map((layer) => layerOf(layer.name, layer.inputs, layer.outputs))
  return { size, parts, layers: [first, ...layers], ofEmbedding, encoder }
}

/** Copies flat parameters to their places. */
export function spread({ parts }: PlacedNetwork, flat: Float32Array, placed: Float32Array): void {
  for (const { flat: from, flatStep, rows, columns, at } of parts)
    for (let r = 0; r < rows; r++) {
      const start = from + r * flatStep
      placed.set(flat.subarray(start, start + columns), at + r * strideOf(columns))
    }
}

/** The flat parameters, from their places. */
export function gather({ parts }: PlacedNetwork, placed: Float32Array): Float32Array {
  const flat = new Float32Array(parts.reduce((sum, { rows, columns }) => sum + rows * columns, 0))
  for (const { flat: to, flatStep, rows, columns, at } of parts)
    for (let r = 0; r < rows; r++) {
      const start = at + r * strideOf(columns)
      flat.set(placed.subarray(start, start + columns), to + r * flatStep)
    }
  return flat
}

/** Rows of a weight, or other parameters, that are updated in one task. */
export interface UpdateTask {
  /** The first number, and how many. */
  readonly from: number
  readonly numbers: number
  /** What is transposed then: rows of a layer's weight. */
  readonly layer?: ChainLayer
  readonly row: number
  readonly rows: number
}

/** Numbers that a task of the update takes, about. */
const numbersOfTask = 8192

/** All parameters, in tasks: a few rows of a weight each, and what lies between the weights. */
export function updateTasks({ size, layers, ofEmbedding, encoder }: PlacedNetwork): UpdateTask[] {
  const tasks: UpdateTask[] = []
  let done = 0
  const upTo = (end: number) => {
    if (end > done) tasks.push({ from: done, numbers: end - done, row: 0, rows: 0 })
    done = end
  }
  const all = [...layers, ofEmbedding, ...encoder].sort((a, b) => a.weight - b.weight)
  for (const layer of all) {
    upTo(layer.weight / 4)
    const stride = rowOf(layer.inputs) / 4
    const step = Math.max(1, Math.floor(numbersOfTask / stride))
    for (let row = 0; row < layer.outputs; row += step) {
      const rows = Math.min(step, layer.outputs - row)
      tasks.push({ from: done, numbers: rows * stride, layer, row, rows })
      done += rows * stride
    }
  }
  upTo(size)
  return tasks
}
