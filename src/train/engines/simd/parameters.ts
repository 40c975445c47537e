import { linearLayers, type Network, stateWidth, timeEncoder, weightShapes } from '../../../model/network.ts'
import { elementCount } from '../../../model/weights.ts'
import { type ChainLayer, rowOf, strideOf } from '../../../numerics/kernels/chain.ts'
import type { Layout } from '../../../numerics/kernels/memory.ts'

/** A part of the flat parameters whose rows are padded in the kernels' memory; counted in numbers, not bytes. */
interface Part {
  readonly flat: number
  readonly flatStep: number
  readonly rows: number
  readonly columns: number
  readonly at: number
}

/** A network's parameters in the kernels' memory: rows padded with zeros to `strideOf` their width. */
export interface PlacedNetwork {
  /** Size of all parameters, in numbers. */
  readonly size: number
  readonly parts: readonly Part[]
  /** The layers for x_t and the condition; the first without the columns for the embedding of t. */
  readonly layers: readonly [ChainLayer, ...ChainLayer[]]
  /** The first layer's columns for the embedding. Shares that layer's bias. */
  readonly ofEmbedding: ChainLayer
  /** The layers for the features of t, including a layer for one-hot features. */
  readonly encoder: readonly ChainLayer[]
}

/** Allocates the transposed weights; the caller places the parameters. */
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
  /** Places some columns of a weight, and its bias unless already placed. */
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

/** Copies flat parameters to their padded rows. */
export function spread({ parts }: PlacedNetwork, flat: Float32Array, placed: Float32Array): void {
  for (const { flat: from, flatStep, rows, columns, at } of parts)
    for (let r = 0; r < rows; r++) {
      const start = from + r * flatStep
      placed.set(flat.subarray(start, start + columns), at + r * strideOf(columns))
    }
}

/** Collects the flat parameters from their padded rows. */
export function gather({ parts }: PlacedNetwork, placed: Float32Array): Float32Array {
  const flat = new Float32Array(parts.reduce((sum, { rows, columns }) => sum + rows * columns, 0))
  for (const { flat: to, flatStep, rows, columns, at } of parts)
    for (let r = 0; r < rows; r++) {
      const start = at + r * strideOf(columns)
      flat.set(placed.subarray(start, start + columns), to + r * flatStep)
    }
  return flat
}

/** Parameters to update in one task. */
export interface UpdateTask {
  /** The first number, and the number of them. */
  readonly from: number
  readonly numbers: number
  /** The rows of a layer's weight to transpose afterwards. */
  readonly layer?: ChainLayer
  readonly row: number
  readonly rows: number
}

/** Approximate numbers per update task. */
const numbersOfTask = 8192

/** Splits all parameters into tasks: a few rows of a weight each, and the parameters between weights. */
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
