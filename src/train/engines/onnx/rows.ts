import { type Network, stateWidth } from '../../../model/network.ts'
import type { Points } from '../../../numerics/points.ts'
import type { Batch } from '../../engine.ts'
import type { RowFeeds, StepTensor } from './session.ts'

/** Numbers per row of each input that holds rows of a batch. */
export function rowSizes(network: Network): Readonly<Record<keyof RowFeeds, number>> {
  return { x_t: stateWidth(network), target: network.dim, t: 1, factors: network.dim }
}

/**
 * Returns a function that makes feeds of some rows of a batch. They are in memory that the next call with as many rows
 * refills, to spare the garbage collector.
 */
export function rowFeeder(network: Network): (batch: Batch, from: number, rows: number) => RowFeeds {
  const sizes = Object.entries(rowSizes(network))
  const rooms = new Map<number, RowFeeds>()
  const roomFor = (rows: number) => {
    const room = (size: number): StepTensor => ({ data: new Float32Array(size * rows), dims: [size, rows] })
    return Object.fromEntries(sizes.map(([name, size]) => [name, room(size)])) as RowFeeds
  }
  return ({ x_t, target, t, factors }, from, rows) => {
    const feeds = rooms.get(rows) ?? roomFor(rows)
    rooms.set(rows, feeds)
    fillColumns(feeds.x_t.data, x_t, from)
    fillColumns(feeds.target.data, target, from)
    fillColumns(feeds.factors.data, { ...target, data: factors }, from)
    feeds.t.data.set(t.subarray(from, from + rows))
    return feeds
  }
}

/** Transposes points [count, dim] to a matrix [dim, count]. */
function fillColumns(columns: Float32Array, { data, dim }: Points, from: number): void {
  const count = columns.length / dim
  for (let i = 0, k = from * dim; i < count; i++)
    for (let d = 0; d < dim; d++, k++) columns[d * count + i] = data[k]!
}
