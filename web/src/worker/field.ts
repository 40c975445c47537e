import { toEpsilon } from '../../../src/diffusion/prediction.ts'
import { linearCombination, type Points, toFloat32 } from '../../../src/numerics/points.ts'
import type { LiveSamples } from '../../../src/train/live-samples.ts'
import type { PointsModel } from './points-model.ts'
import { inSlices } from './slices.ts'

/** A network during training. */
export type Learning = Pick<LiveSamples, 'config' | 'weights'>

/** Where the network would move each point: its negative predicted noise at t, for any prediction type. */
export async function noiseField(
  { description, predictor }: PointsModel,
  points: Points,
  t: number,
): Promise<Points> {
  const { schedule, predictionType } = description
  const { data, count, dim } = points
  const x_t = { data: Float64Array.from(data), count, dim }
  const output = await inSlices(predictor).predict(x_t, t)
  const epsilon = toEpsilon(predictionType, schedule.alphaBars[t] ?? 1)
  return toFloat32(
    linearCombination([
      { coefficient: -epsilon.x_t, points: x_t },
      { coefficient: -epsilon.output, points: output },
    ]),
  )
}
