import { createSchedule, type Schedule } from '../../src/diffusion/schedule.ts'
import { type Network, postNetwork, type TimeEmbedding } from '../../src/model/network.ts'
import type { Points } from '../../src/numerics/points.ts'
import { type BatchSource, batchesOf } from '../../src/train/batches.ts'
import type { Batch } from '../../src/train/engine.ts'

/** alphaBar of t = 0..T, for networks whose levels do not matter. */
export function levelsOf(T: number): readonly number[] {
  return createSchedule({ kind: 'linear', betaStart: 0.01, betaEnd: 0.02 }, T).alphaBars
}

/** What distinguishes one network of points from another. */
export interface PointShape {
  readonly dim: number
  readonly T: number
  readonly hidden: readonly number[]
  readonly timeEmbedding: TimeEmbedding
}

/** The post's network in another shape. */
export function pointNetwork({ dim, T, hidden, timeEmbedding: time }: PointShape): Network {
  return postNetwork({ dim, hidden, time }, levelsOf(T))
}

export interface PointSource extends Omit<BatchSource, 'network' | 'blocks' | 'codes'> {
  /** Scaled points. */
  readonly x_0: Points
  readonly schedule: Schedule
  /** Default: one without hidden layers. */
  readonly network?: Network
}

/** Points as training takes them. */
export function pointSource({ x_0: codes, schedule, ...source }: PointSource): BatchSource {
  const network = postNetwork({ dim: codes.dim, hidden: [] }, schedule.alphaBars)
  const split = (code: number) => code
  const blocks = network.blocks.map((block, column) => ({ ...block, column, part: 'value' as const, split }))
  return { network, ...source, blocks, codes }
}

/** One batch of points. */
export function drawBatch(source: PointSource, step: number): Batch {
  return batchesOf(pointSource(source))(step)
}

/** The factors of a mean squared error over a batch. */
export function meanFactors({ count, dim }: Points): Float32Array {
  return new Float32Array(count * dim).fill(2 / (count * dim))
}
