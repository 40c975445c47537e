import { toEpsilon } from '../../../src/diffusion/prediction.ts'
import type { NoisePredictor } from '../../../src/diffusion/process.ts'
import type { Schedule } from '../../../src/diffusion/schedule.ts'
import { referencePredictor } from '../../../src/model/compute/reference.ts'
import { describeConfig } from '../../../src/model/description.ts'
import { linearCombination, type Points, toFloat32 } from '../../../src/numerics/points.ts'
import type { ModelFile } from '../../../src/onnx/read.ts'
import type { LiveSamples } from '../../../src/train/live-samples.ts'
import { plainPredictor } from './plain-predictor.ts'

/** A network during training. */
export type Learning = Pick<LiveSamples, 'config' | 'weights'>

/** Where the network would move each point: its negative predicted noise at t, for any prediction type. */
export async function noiseField(file: ModelFile, points: Points, t: number): Promise<Points> {
  const { schedule, predictionType } = file.description
  return fieldOf(plainPredictor(file), schedule, predictionType, points, t)
}

/** The same for a network in training. */
export async function learningField(
  { config, weights }: Learning,
  points: Points,
  t: number,
): Promise<Points> {
  const { network, schedule, predictionType } = describeConfig(config)
  return fieldOf(referencePredictor(network, weights), schedule, predictionType, points, t)
}

async function fieldOf(
  predictor: NoisePredictor<Float64Array>,
  { alphaBars }: Schedule,
  predictionType: Parameters<typeof toEpsilon>[0],
  { data, count, dim }: Points,
  t: number,
): Promise<Points> {
  const x_t = { data: Float64Array.from(data), count, dim }
  const output = await predictor.predict(x_t, t)
  const epsilon = toEpsilon(predictionType, alphaBars[t] ?? 1)
  return toFloat32(
    linearCombination([
      { coefficient: -epsilon.x_t, points: x_t },
      { coefficient: -epsilon.output, points: output },
    ]),
  )
}
