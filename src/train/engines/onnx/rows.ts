import type { Points } from '../../../core/points.ts'
import type { Batch, EngineOptions } from '../../engine.ts'
import { fedWeight } from './gradient.ts'
import type { StepRuntime, StepTensor } from './session.ts'

/** The graph's inputs that hold rows of a batch, a column each. */
export type RowFeeds = Readonly<Record<'x_t' | 'target' | 't' | 'weights', StepTensor>>

/** Room for them: filled anew in each step, which spares the collector. */
export function roomForRows(dim: number, rows: number): RowFeeds {
  const room = (size: number): StepTensor => ({ data: new Float32Array(size * rows), dims: [size, rows] })
  return { x_t: room(dim), target: room(dim), t: room(1), weights: room(1) }
}

/** Fills the room with rows of a batch, from the `from`th on. Errors: a batch whose parts are of different sizes. */
export function fillRows(room: RowFeeds, batch: Batch, from = 0): void {
  const { x_t, target, t, weights } = batch
  const size = x_t.count * x_t.dim
  if (target.count !== x_t.count || t.length !== x_t.count)
    throw new Error(`a batch of ${x_t.count} rows, ${target.count} targets and ${t.length} timesteps`)
  fillColumns(room.x_t.data, x_t, from)
  fillColumns(room.target.data, target, from)
  const rows = room.t.data.length
  room.t.data.set(t.subarray(from, from + rows))
  if (!weights) room.weights.data.fill(fedWeight(1, size))
  else for (let i = 0; i < rows; i++) room.weights.data[i] = fedWeight(weights[from + i]!, size)
}

/** Points [count, dim] as a matrix [dim, count]. */
function fillColumns(columns: Float32Array, { data, dim }: Points, from: number): void {
  const count = columns.length / dim
  for (let i = 0, k = from * dim; i < count; i++)
    for (let d = 0; d < dim; d++, k++) columns[d * count + i] = data[k]!
}

export interface OnnxEngineOptions extends EngineOptions {
  readonly runtime: StepRuntime
}

/** The runtime's part of a step. */
export interface StepTaker {
  /**
   * The loss, and each state's next (`nextOf`), in the memory of `into` where the runtime fills it. `state` are the
   * inputs that aren't rows of the batch.
   */
  take(
    batch: Batch,
    state: Readonly<Record<string, StepTensor>>,
    into: Readonly<Record<string, StepTensor>>,
  ): Promise<{ readonly loss: number; readonly next: Readonly<Record<string, Float32Array>> }>
  release(): Promise<void>
}
