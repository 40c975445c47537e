import { type Network, stateWidth } from '../../../model/network.ts'
import type { Points } from '../../../numerics/points.ts'
import { type Batch, errorFactor } from '../../engine.ts'
import type { RowFeeds, RowSizes, StepTensor } from './session.ts'

export function rowSizes(network: Network): RowSizes {
  const { dim, table } = network
  return { x_t: stateWidth(network), target: dim, t: 1, weights: table ? dim : 1 }
}

/** Allocates memory for rows, which each step refills to spare the garbage collector. */
export function roomForRows(sizes: RowSizes, rows: number): RowFeeds {
  const room = (size: number): StepTensor => ({ data: new Float32Array(size * rows), dims: [size, rows] })
  return { x_t: room(sizes.x_t), target: room(sizes.target), t: room(sizes.t), weights: room(sizes.weights) }
}

/** Fills the memory with rows of a batch, starting at row `from`. Throws if the batch's parts differ in size. */
export function fillRows(room: RowFeeds, batch: Batch, from = 0): void {
  const { x_t, target, t, weights } = batch
  const size = target.count * target.dim
  if (target.count !== x_t.count || t.length !== x_t.count)
    throw new Error(`a batch of ${x_t.count} rows, ${target.count} targets and ${t.length} timesteps`)
  fillColumns(room.x_t.data, x_t, from)
  fillColumns(room.target.data, target, from)
  const rows = room.t.data.length
  room.t.data.set(t.subarray(from, from + rows))
  const perRow = room.weights.dims[0]!
  if (weights && perRow > 1) {
    const points = { data: weights, count: x_t.count, dim: perRow }
    fillColumns(room.weights.data, points, from, 1 / x_t.count)
  } else if (!weights) room.weights.data.fill(errorFactor(1, size))
  else for (let i = 0; i < rows; i++) room.weights.data[i] = errorFactor(weights[from + i]!, size)
}

/** Transposes points [count, dim] to a matrix [dim, count]. */
function fillColumns(columns: Float32Array, { data, dim }: Points, from: number, factor = 1): void {
  const count = columns.length / dim
  for (let i = 0, k = from * dim; i < count; i++)
    for (let d = 0; d < dim; d++, k++) columns[d * count + i] = factor * data[k]!
}
