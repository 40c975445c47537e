import { type Network, stateWidth } from '../../../model/network.ts'
import type { Points } from '../../../numerics/points.ts'
import type { Batch } from '../../engine.ts'
import type { RowFeeds, RowSizes, StepTensor } from './session.ts'

export function rowSizes(network: Network): RowSizes {
  const { dim } = network
  return { x_t: stateWidth(network), target: dim, t: 1, factors: dim }
}

/** Allocates memory for rows, which each step refills to spare the garbage collector. */
export function roomForRows(sizes: RowSizes, rows: number): RowFeeds {
  const room = (size: number): StepTensor => ({ data: new Float32Array(size * rows), dims: [size, rows] })
  return { x_t: room(sizes.x_t), target: room(sizes.target), t: room(sizes.t), factors: room(sizes.factors) }
}

/** Fills the memory with rows of a batch, starting at row `from`. Throws if the batch's parts differ in size. */
export function fillRows(room: RowFeeds, batch: Batch, from = 0): void {
  const { x_t, target, t, factors } = batch
  if (target.count !== x_t.count || t.length !== x_t.count)
    throw new Error(`a batch of ${x_t.count} rows, ${target.count} targets and ${t.length} timesteps`)
  fillColumns(room.x_t.data, x_t, from)
  fillColumns(room.target.data, target, from)
  fillColumns(room.factors.data, { ...target, data: factors }, from)
  room.t.data.set(t.subarray(from, from + room.t.data.length))
}

/** Transposes points [count, dim] to a matrix [dim, count]. */
function fillColumns(columns: Float32Array, { data, dim }: Points, from: number): void {
  const count = columns.length / dim
  for (let i = 0, k = from * dim; i < count; i++)
    for (let d = 0; d < dim; d++, k++) columns[d * count + i] = data[k]!
}
