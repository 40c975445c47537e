import type { LossWeighting, PredictionType } from '../../src/diffusion/prediction.ts'
import { createSchedule, type Schedule } from '../../src/diffusion/schedule.ts'
import { type Network, postNetwork, type TimeEmbedding } from '../../src/model/network.ts'
import type { Points } from '../../src/numerics/points.ts'
import { batchesOf } from '../../src/train/batches.ts'
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

export interface PointSource {
  /** Scaled points. */
  readonly x_0: Points
  readonly schedule: Schedule
  readonly predictionType: PredictionType
  readonly lossWeighting: LossWeighting
  readonly batchSize: number
  readonly seed: number
}

/** The batches of points. */
export function pointBatches({ x_0: codes, schedule, ...source }: PointSource): (step: number) => Batch {
  const network = postNetwork({ dim: codes.dim, hidden: [] }, schedule.alphaBars)
  const blocks = network.blocks.map((block, column) => ({ ...block, column, part: 'value' as const }))
  return batchesOf({ ...source, network, blocks, codes })
}

/** One of them. */
export function drawBatch(source: PointSource, step: number): Batch {
  return pointBatches(source)(step)
}

/** The factors of a mean squared error over a batch. */
export function meanFactors({ count, dim }: Points): Float32Array {
  return new Float32Array(count * dim).fill(2 / (count * dim))
}
