import { linearCombination, type Points, toFloat32 } from '../../../src/core/points.ts'
import { toEpsilon } from '../../../src/diffusion/prediction.ts'
import { scheduleOf } from '../../../src/diffusion/process.ts'
import type { ModelFile } from '../../../src/onnx/read.ts'
import { plainPredictor } from './plain-predictor.ts'

/** Where the network would move each point: the negative noise that it predicts at timestep t, whatever it predicts it by. */
export async function noiseField(file: ModelFile, { data, count, dim }: Points, t: number): Promise<Points> {
  const { card } = file
  const x_t = { data: Float64Array.from(data), count, dim }
  const output = await plainPredictor(file).predict(x_t, t)
  const epsilon = toEpsilon(card.predictionType, scheduleOf(card).alphaBars[t] ?? 1)
  return toFloat32(
    linearCombination([
      { coefficient: -epsilon.x_t, points: x_t },
      { coefficient: -epsilon.output, points: output },
    ]),
  )
}
