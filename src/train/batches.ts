import {
  forwardProcess,
  type LossWeighting,
  lossWeight,
  type PredictionType,
  predictionTarget,
} from '../diffusion/prediction.ts'
import type { Schedule } from '../diffusion/schedule.ts'
import { gatherRows, type Points } from '../numerics/points.ts'
import { standardNormals, streams, uniforms } from '../numerics/random.ts'
import type { Batch } from './engine.ts'

export interface BatchSource {
  /** The training points, scaled. */
  readonly x_0: Points
  readonly schedule: Schedule
  readonly predictionType: PredictionType
  readonly lossWeighting: LossWeighting
  readonly batchSize: number
  readonly seed: number
}

/**
 * The batch of a step (from 0): uniform t in 1..T and noise for each row; all rows in order if the batch has them all,
 * otherwise rows drawn with replacement. A pure function of (seed, step), so that a resumed run draws the same batches.
 * Row i of step k: words 0 and 1 of counter (i, k, 0, 3).
 */
export function drawBatch(source: BatchSource, step: number): Batch {
  const { x_0, schedule, predictionType, lossWeighting, batchSize: count, seed } = source
  const { t, rows } = drawRows(source, { step, T: schedule.T, count: x_0.count })
  const { dim } = x_0
  const clean = rows ? gatherRows(x_0, rows) : x_0
  const noise = standardNormals({ seed, stream: streams.trainingNoise, step, start: 0, count, dim })
  const epsilon: Points = { data: noise, count, dim }
  // a loop, because `from` and `map` take ten times as long
  const weights = lossWeighting === 'none' ? undefined : new Float32Array(count)
  if (weights)
    for (let i = 0; i < count; i++)
      weights[i] = lossWeight(lossWeighting, predictionType, schedule.alphaBars[t[i]!]!)
  return {
    x_t: forwardProcess(schedule, clean, t, epsilon),
    t,
    target: predictionTarget(predictionType, schedule, clean, t, epsilon),
    weights,
  }
}

/** Scaled training data: points, or a student's pairs of start and end points. */
export interface TrainingData {
  readonly x_0: Points
  readonly x_T?: Points | undefined
}

/**
 * A student's batch: rows of the pairs, drawn as in `drawBatch`. At its only timestep, 1, x_t is pure noise and the
 * target is x_0.
 */
export function drawPairs(
  { x_T, x_0 }: { readonly [part in keyof TrainingData]-?: Points },
  source: Pick<BatchSource, 'batchSize' | 'seed'>,
  step: number,
): Batch {
  const { t, rows } = drawRows(source, { step, T: 1, count: x_0.count })
  if (!rows) return { x_t: x_T, t, target: x_0 }
  return { x_t: gatherRows(x_T, rows), t, target: gatherRows(x_0, rows) }
}

/** For each row of a batch a timestep in 1..T and, if the batch doesn't have all rows, one of `count` rows. */
function drawRows(
  { batchSize, seed }: Pick<BatchSource, 'batchSize' | 'seed'>,
  { step, T, count }: { readonly step: number; readonly T: number; readonly count: number },
): { t: Int32Array; rows: Int32Array | undefined } {
  const all = batchSize >= count
  const dim = all ? 1 : 2
  const drawn = uniforms({ seed, stream: streams.batches, step, start: 0, count: batchSize, dim })
  const t = new Int32Array(batchSize)
  for (let i = 0; i < batchSize; i++) t[i] = 1 + Math.floor(drawn[dim * i]! * T)
  if (all) return { t, rows: undefined }
  const rows = new Int32Array(batchSize)
  for (let i = 0; i < batchSize; i++) rows[i] = Math.floor(drawn[dim * i + 1]! * count)
  return { t, rows }
}
