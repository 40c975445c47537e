import { toEpsilon } from '../../../src/diffusion/prediction.ts'
import { type NoisePredictor, scheduleOf } from '../../../src/diffusion/process.ts'
import { createSchedule, type Schedule } from '../../../src/diffusion/schedule.ts'
import { referencePredictor } from '../../../src/model/compute/reference.ts'
import { describedNetwork } from '../../../src/model/network.ts'
import { linearCombination, type Points, toFloat32 } from '../../../src/numerics/points.ts'
import type { ModelFile } from '../../../src/onnx/read.ts'
import { encodingOf } from '../../../src/table/encodings/encoding.ts'
import type { LiveSamples } from '../../../src/train/live-samples.ts'
import { plainPredictor } from './plain-predictor.ts'

/** A network during training. */
export type Learning = Pick<LiveSamples, 'config' | 'weights'>

/** Where the network would move each point: its negative predicted noise at t, for any prediction type. */
export async function noiseField(file: ModelFile, points: Points, t: number): Promise<Points> {
  const { card } = file
  return fieldOf(plainPredictor(file), scheduleOf(card), card.predictionType, points, t)
}

/** The same for a network in training. */
export async function learningField(
  { config, weights }: Learning,
  points: Points,
  t: number,
): Promise<Points> {
  const { T, schedule, predictionType } = config
  const made = createSchedule(schedule, T)
  const network = describedNetwork({ ...config, alphaBars: made.alphaBars, encoding: encodingOf(config) })
  return fieldOf(referencePredictor(network, weights), made, predictionType, points, t)
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
