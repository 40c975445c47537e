import type { Points } from '../../core/points.ts'
import type { Batch } from '../engine.ts'
import { fedWeight } from './gradient.ts'
import type { StepTensor } from './session.ts'

/** The graph's inputs that hold rows of a batch. */
export type RowFeeds = Readonly<Record<'x_t' | 'target' | 't' | 'weights', StepTensor>>

/** Rows `from` (included) to `to` (excluded) of a batch, as the graph takes them: a column each. */
export function rowFeeds({ x_t, t, target, weights }: Batch, from = 0, to = x_t.count): RowFeeds {
  const dims = [1, to - from]
  const size = x_t.count * x_t.dim
  return {
    x_t: columnsOf(x_t, from, to),
    target: columnsOf(target, from, to),
    t: { data: new Float32Array(t.subarray(from, to)), dims },
    weights: {
      data: weights
        ? weights.subarray(from, to).map((weight) => fedWeight(weight, size))
        : new Float32Array(to - from).fill(fedWeight(1, size)),
      dims,
    },
  }
}

/** Points [count, dim] as a matrix [dim, count]. */
function columnsOf({ data, dim, count: all }: Points, from: number, to: number): StepTensor {
  const count = Math.min(to, all) - from
  const columns = new Float32Array(count * dim)
  for (let i = 0, k = from * dim; i < count; i++)
    for (let d = 0; d < dim; d++, k++) columns[d * count + i] = data[k]!
  return { data: columns, dims: [dim, count] }
}
